import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';

/** A good answer as it was sent, and the state of the record that it tells of. */
export interface Remembered {
  state: string;
  /** The pattern of the route that gave it. */
  route: string | null;
  etag: string;
  /** Names and values of its headers by turns, for 200 and for 304. */
  headers: string[];
  headers304: string[];
  body: Buffer;
}

/** A question that is being answered, for which others with the same question may wait. */
interface Expected {
  key: string;
  state: string;
  done: Promise<void>;
  finish(): void;
}

/** The answers last given, by the request; bounded by bytes. It never tells how old they are: see {@link Remembered.state}. */
export interface AnswerMemory {
  get(key: string): Remembered | undefined;
  /** What is being answered just now, if anybody has asked it. */
  running(key: string): Pick<Expected, 'state' | 'done'> | undefined;
  /** Notes that what a request is answered with will be at least as new as this state. */
  expect(request: IncomingMessage, key: string, state: string): void;
  /** Others may wait for the answer to this request, for it depends on the record alone. */
  begin(request: IncomingMessage): void;
  /** Keeps an answer, if its state was known before it was made and the record alone decides it. */
  keep(request: IncomingMessage, answer: Omit<Remembered, 'state'>): void;
  /** There is nothing to wait for any more. */
  end(request: IncomingMessage): void;
  /** How many questions were answered from memory so far, and how many that might have been were not. */
  readonly counts: { hits: number; misses: number };
  /** What is held now. */
  size(): { answers: number; bytes: number };
}

/** What an answer takes beside its body, its key and its headers: their objects. */
const OVERHEAD = 2048;

/** Remembers answers of so many bytes together; none is larger than an eighth of it. */
export function answerMemory(bytes: number): AnswerMemory {
  const answers = new LRUCache<string, Remembered>({
    maxSize: bytes,
    maxEntrySize: Math.floor(bytes / 8),
    sizeCalculation: ({ body, headers }, key) =>
      body.length + 2 * key.length + headers.join('').length + OVERHEAD,
  });
  const expected = new WeakMap<IncomingMessage, Expected>();
  const running = new Map<string, Expected>();
  return {
    counts: { hits: 0, misses: 0 },
    size: () => ({ answers: answers.size, bytes: answers.calculatedSize }),
    get: (key) => answers.get(key),
    running: (key) => running.get(key),
    expect(request, key, state) {
      let finish = (): void => undefined;
      const done = new Promise<void>((resolve) => (finish = resolve));
      expected.set(request, { key, state, done, finish });
    },
    begin(request) {
      const one = expected.get(request);
      if (one === undefined) return;
      this.counts.misses++;
      running.set(one.key, one);
    },
    keep(request, answer) {
      const one = expected.get(request);
      if (one === undefined) return;
      const body = alone(answer.body);
      answers.set(one.key, { ...answer, body, state: one.state });
      this.end(request);
    },
    end(request) {
      const one = expected.get(request);
      if (one === undefined) return;
      if (running.get(one.key) === one) running.delete(one.key);
      one.finish();
    },
  };
}

/** Bytes that keep no others in memory: those from a compressor lie in 16 kB of its own, small ones in Node's pool. */
function alone(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
