/** The drawer of exact addresses for what is asked now; closing it is `go({ open: null })`. */
export function TakeAway() {
  return <p />;
}
