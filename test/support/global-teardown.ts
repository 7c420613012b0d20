/** Jest calls this once after all tests, in the process of the global setup, and wants a default export. */
// oxlint-disable-next-line import/no-default-export
export default async function stopTestDatabase(): Promise<void> {
  await globalThis.stopTestDatabase?.();
}
