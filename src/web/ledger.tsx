/** The ledger of two actors under the filters of the page; closing it is `go({ ledger: null })`. */
export function Ledger({ pair }: { pair: readonly [string, string] }) {
  return <p>{pair.join(' – ')}</p>;
}
