import * as fc from 'fast-check';
import { wordCondition } from '../../src/domain/words.ts';
import { migrate } from '../../src/storage/database.ts';
import { sql } from '../../src/storage/sql.ts';
import { eventWords, wordConditions } from '../../src/storage/words.ts';
import { fileWords } from '../../src/storage/words.writes.ts';
import { anActor, anEvent } from '../support/builders.ts';
import { sample, startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** Whether the database finds a question in a text of words. */
async function finds(words: string, question: string): Promise<boolean> {
  const condition = wordCondition(question, []);
  const [found] = wordConditions(condition, sql`e`);
  const statement = sql`select ${found} as found from (select ${words}::tsvector as words) e`;
  const { rows } = await service.database.pool.query<{ found: boolean }>(
    statement.compile(),
  );
  return rows[0]?.found === true;
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(...Array.from('\'"\\: ,-аїй’ßŉ½\u0301京𠮷')),
    maxLength: 60,
  }),
);

test('the database takes the words of any text, and finds each text by its own first words', async () => {
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.constantFrom('uk', 'ru', 'en', 'und'),
      async (value, language) => {
        const words = eventWords(anEvent({ title: { [language]: value } }));
        const quoted = `"${value
          .replace(/["“”„«»]/g, ' ')
          .slice(0, 20)
          .toWellFormed()}"`;
        const condition = wordCondition(quoted, []);
        // A text cut within a word is another word; only whole ones are asked for.
        const asked = condition?.each[0]?.slice(0, -1) ?? [];
        expect(typeof (await finds(words, 'anything'))).toBe('boolean');
        if (asked.length > 0)
          expect(await finds(words, `"${asked.join(' ')}"`)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('what is longer than a tsvector may be is stored all the same, and found by its begin', async () => {
  // Each of these has several stems, so that they need far more room than the texts, which one line of a file may hold.
  const letters = Array.from('бвгджзклмнпрстфхцчшщ');
  const word = (n: number) =>
    `${[8000, 400, 20, 1].map((unit) => letters[Math.floor(n / unit) % 20]).join('')}ік`;
  const long = (from: number) =>
    Array.from({ length: 2800 }, (_, n) => word(from + n)).join(' ');
  const event = anEvent({
    id: 'endless',
    title: { en: 'Endless talks' },
    participants: Array.from({ length: 24 }, (_, n) => ({
      actor: 'someone',
      as: { und: long(n * 2800) },
    })),
  });
  const { rejected } = await service.load([anActor('someone'), event]);
  expect(rejected).toEqual([]);
  const found = async (q: string) =>
    (await service.ids(`/v1/events?q=${encodeURIComponent(q)}`)).join(' ');
  for (const q of ['endless', '"endless talks"', word(0), word(15_000)])
    expect(await found(q)).toBe('endless');
  expect(await found(word(24 * 2800 - 1))).toBe('');
});

test('a word may stand more often than a tsvector can tell', async () => {
  const words = eventWords(
    anEvent({ title: { en: 'first' }, summary: { en: 'again '.repeat(3000) } }),
  );
  expect(await finds(words, 'again')).toBe(true);
  expect(await finds(words, '"again again"')).toBe(true);
  expect(await finds(words, '"first again"')).toBe(false);
});

test('versions without words are given them at the next start, the same as when they are written', async () => {
  const other = await startService();
  await other.load(sample('security-guarantees'));
  await other.load(
    Array.from({ length: 1500 }, (_, n) =>
      anEvent({ id: `more-${n}`, title: { en: `Meeting ${n}` } }),
    ),
  );
  const stored = async () =>
    (
      await other.database.pool.query<{ key: number; words: string | null }>(
        'select key, words::text from event_version order by key',
      )
    ).rows;
  const before = await stored();
  await other.database.writes.query('update event_version set words = null');
  expect((await stored()).every(({ words }) => words === null)).toBe(true);
  await migrate(other.url);
  expect(await stored()).toEqual(before);
  expect(before.length).toBeGreaterThan(1500);
  await other.stop();
});

test('what was written since is filed in the index of words, so that no search reads it beside', async () => {
  const { pool, writes } = service.database;
  const stillBeside = async (): Promise<unknown> =>
    (await pool.query(`select gin_clean_pending_list('event_found') as pages`))
      .rows;
  await service.load([anEvent({ id: 'filed-by-hand' })]);
  expect(await stillBeside()).toEqual([{ pages: 1 }]);
  await service.load([anEvent({ id: 'filed' })]);
  await fileWords(pool);
  expect(await stillBeside()).toEqual([{ pages: 0 }]);
  expect(await writes.query('show gin_pending_list_limit')).toEqual([
    { gin_pending_list_limit: '512kB' },
  ]);
});
