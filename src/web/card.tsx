/** The card of the event that is open; closing it is `go({ event: null })`. */
export function Card({ id }: { id: string }) {
  return <p>{id}</p>;
}
