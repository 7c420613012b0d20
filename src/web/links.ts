/** Whether an address is one of the web: anything else could run in the page. */
export function isWebAddress(href: string): boolean {
  try {
    return /^https?:$/.test(new URL(href).protocol);
  } catch {
    return false;
  }
}
