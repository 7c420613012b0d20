import { Socket } from 'node:net';
import * as fc from 'fast-check';
import { ByteClient } from '../../src/storage/byte-client.ts';
import { IN_BYTES } from '../../src/storage/page.ts';
import { testUrl } from '../support/database.ts';

/** A socket whose data comes in pieces of these sizes by turns, as a network may cut it. */
class CutSocket extends Socket {
  sizes: readonly number[] = [];

  override emit(name: string | symbol, ...given: unknown[]): boolean {
    const [chunk] = given;
    if (name !== 'data' || !Buffer.isBuffer(chunk) || this.sizes.length === 0)
      return super.emit(name, ...given);
    let at = 0;
    for (let turn = 0; at < chunk.length; turn++) {
      const size = this.sizes[turn % this.sizes.length] ?? 1;
      super.emit('data', Buffer.from(chunk.subarray(at, at + size)));
      at += size;
    }
    return true;
  }
}

const socket = new CutSocket();
const client = new ByteClient({
  connectionString: testUrl('postgres'),
  stream: () => socket,
});
beforeAll(() => client.connect());
afterAll(() => client.end());

async function inBytes(texts: readonly (string | null)[], columns = 1) {
  const { rows } = await client.query<(Buffer | null)[]>({
    text: `select ${Array.from({ length: columns }, () => 'text').join(', ')} from unnest($1::text[]) with ordinality as t (text, place) order by place`,
    values: [texts],
    name: `texts-${columns}`,
    ...IN_BYTES,
  });
  return rows;
}

const aText = fc
  .string({ unit: 'binary', maxLength: 60 })
  .map((text) => text.toWellFormed().replaceAll('\0', ''));

describe('values in bytes', () => {
  test('are those that are stored, however the network cuts them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(aText), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 3 }),
        async (texts, sizes, columns) => {
          socket.sizes = sizes;
          expect(await inBytes(texts, columns)).toEqual(
            texts.map((text) =>
              Array.from({ length: columns }, () =>
                text === null ? null : Buffer.from(text),
              ),
            ),
          );
        },
      ),
    );
  });

  test('stay what they are while others come', async () => {
    socket.sizes = [];
    const long = 'Київ — Москва '.repeat(30_000);
    const [[first] = []] = await inBytes([long]);
    for (let n = 0; n < 20; n++) await inBytes([`${n}`.repeat(50_000)]);
    expect(first?.toString() === long).toBe(true);
  });

  test('of a statement that fails are not there, and the next statement is answered', async () => {
    socket.sizes = [3];
    const failing = client.query({
      text: 'select (100 / (3 - n))::text from generate_series(1, 5) n',
      ...IN_BYTES,
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(await inBytes(['da'])).toEqual([[Buffer.from('da')]]);
  });
});

test('a statement that asks for none is answered as by any client', async () => {
  await inBytes(['before', null]);
  socket.sizes = [2, 9];
  const { rows } = await client.query(
    `select n, 'є' as text, array[n, n] as list, null as nothing from generate_series(1, 2) n`,
  );
  expect(rows).toEqual(
    [1, 2].map((n) => ({ n, text: 'є', list: [n, n], nothing: null })),
  );
  const both = await client.query('select 1 as one; select 2 as two');
  expect(both).toMatchObject([{ rows: [{ one: 1 }] }, { rows: [{ two: 2 }] }]);
});
