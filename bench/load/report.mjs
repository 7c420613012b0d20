export function report(r) {
  return JSON.stringify(r.left, null, 1);
}
