/** JSON values between commas, one a line, each written when it comes. */
export async function* listed<Item>(
  items: AsyncIterable<Item>,
  write: (item: Item) => object,
): AsyncGenerator<string> {
  let before = '\n';
  for await (const item of items) {
    yield before + JSON.stringify(write(item));
    before = ',\n';
  }
}

/** A page of things, to be looked at as a whole. */
export async function collected<Item>(
  items: AsyncIterable<Item>,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
