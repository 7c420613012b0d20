import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { answerMemory } from '../../src/http/answer-memory.ts';

test('what is remembered takes the bytes that are counted for it, and no more', async () => {
  const memory = answerMemory(2 ** 20);
  const packed = await promisify(brotliCompress)('a text '.repeat(1000));
  for (const body of [packed, Buffer.from('a small one')]) {
    // The compressor's bytes lie in a larger piece, as do small ones of Node's.
    expect(body.buffer.byteLength).toBeGreaterThan(body.length);
    const request = new IncomingMessage(new Socket());
    memory.expect(request, 'key', '1');
    memory.keep(request, {
      route: null,
      etag: '"x"',
      headers: [],
      headers304: [],
      body,
    });
    const kept = memory.get('key')?.body;
    expect(kept?.equals(body)).toBe(true);
    expect(kept?.buffer.byteLength).toBe(body.length);
  }
});

test('long headers count', () => {
  const memory = answerMemory(2 ** 20);
  const request = new IncomingMessage(new Socket());
  memory.expect(request, 'key', '1');
  memory.keep(request, {
    route: null,
    etag: '"x"',
    headers: ['link', 'x'.repeat(2 ** 18)],
    headers304: [],
    body: Buffer.from(''),
  });
  expect(memory.get('key')).toBeUndefined();
});
