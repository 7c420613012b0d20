/** What the signs mean and which keys there are; closing it is `go({ open: null })`. */
export function Help() {
  return <p />;
}
