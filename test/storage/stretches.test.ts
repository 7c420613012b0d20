import * as fc from 'fast-check';
import { Client } from 'pg';
import { cloneDatabase } from '../support/database.ts';

const [BEFORE_ALL, FIRST, LAST] = [-1_000_000, -719_162, 2_932_896];

describe('a stretch of days in the words of the index', () => {
  let client: Client;
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;
  beforeAll(async () => {
    clone = await cloneDatabase();
    client = new Client({ connectionString: clone.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await clone.drop();
  });

  const day = fc.oneof(
    fc.integer({ min: FIRST, max: LAST }),
    fc.integer({ min: 10_000, max: 20_000 }),
    fc.constant(BEFORE_ALL),
  );
  const near = fc.integer({ min: -70, max: 70 });

  test('holds every day in it, none that is more than a month beyond its ends, and is told in few words', async () => {
    await fc.assert(
      fc.asyncProperty(
        day,
        fc.oneof(day, near),
        fc.array(fc.oneof(day, near), { minLength: 1, maxLength: 20 }),
        async (one, other, days) => {
          const at = Math.abs(other) <= 70 ? one + other : other;
          const [first = 0, last = 0] = [one, at].toSorted((a, b) => a - b);
          const asked = days
            .flatMap((n) => (Math.abs(n) <= 70 ? [first + n, last + n] : [n]))
            .filter((n) => n === BEFORE_ALL || (n >= FIRST && n <= LAST));
          const { rows } = await client.query<{
            n: number;
            found: boolean;
            words: number;
          }>(
            `select n, event_times(day_start(n), 0::smallint) && times_between($1, $2) as found,
               cardinality(times_between($1, $2)) as words from unnest($3::int[]) n`,
            [Math.max(first, BEFORE_ALL), last, asked],
          );
          for (const { n, found, words } of rows) {
            const within = n >= first && n <= last;
            const beyond = n < first - 31 || n > last + 31;
            if (within || beyond)
              expect({ first, last, n, found }).toEqual({
                first,
                last,
                n,
                found: within,
              });
            expect(words).toBeLessThan(365);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
