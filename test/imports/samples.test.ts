import { standingRecord, wholeRecord } from '../support/record.ts';
import { sample, startService, type TestService } from '../support/service.ts';

// What the record adds to a draft (contract §5): without it an answer can be written back.
const DERIVED = [
  'revision',
  'recordedAt',
  'revisedAt',
  'bounds',
  'corroboration',
];

/** Everything the service answers, as drafts. */
async function drafts(service: TestService): Promise<object[]> {
  const all: object[] = [];
  for (const noun of ['events', 'documents', 'actors'])
    for (let url: string | null = `/v1/${noun}?limit=500`; url !== null;) {
      const { status, json } = await service.get(url);
      expect(status).toBe(200);
      for (const record of json.data as object[])
        all.push(
          Object.fromEntries(
            Object.entries(record).filter(([key]) => !DERIVED.includes(key)),
          ),
        );
      url =
        json.next === null
          ? null
          : `/v1/${noun}?limit=500&cursor=${encodeURIComponent(String(json.next))}`;
    }
  return all;
}

describe('the two samples in one record', () => {
  let first: TestService;
  let second: TestService;
  beforeAll(async () => {
    [first, second] = await Promise.all([startService(), startService()]);
  }, 60_000);
  afterAll(() => Promise.all([first.stop(), second.stop()]));

  test('are taken in either order, and what they share is unchanged', async () => {
    const reports = await Promise.all([
      (async () => [
        await first.load(sample('security-guarantees')),
        await first.load(sample('us-leader-travels')),
      ])(),
      (async () => [
        await second.load(sample('us-leader-travels')),
        await second.load(sample('security-guarantees')),
      ])(),
    ]);
    for (const { report, rejected } of reports.flat()) {
      expect(rejected).toEqual([]);
      expect(report).toMatchObject({ updated: 0, rejected: 0, stored: true });
    }
    for (const [one, other] of reports) {
      expect(one?.report.unchanged).toBe(0);
      expect(other?.report.unchanged).toBeGreaterThan(10);
    }
    expect(await standingRecord(first.database)).toEqual(
      await standingRecord(second.database),
    );
  }, 60_000);

  test('change nothing when they are taken again', async () => {
    const before = await wholeRecord(first.database);
    for (const name of ['security-guarantees', 'us-leader-travels'] as const) {
      const { report } = await first.load(sample(name));
      expect(report).toMatchObject({ created: 0, updated: 0, rejected: 0 });
      expect(report.unchanged).toBe(report.received);
    }
    expect(await wholeRecord(first.database)).toEqual(before);
  }, 60_000);

  test('come back as they are answered, less what is derived, without a change', async () => {
    const before = await wholeRecord(first.database);
    const answered = await drafts(first);
    expect(answered.length).toBeGreaterThan(5000);
    const { report, rejected } = await first.load(answered);
    expect(rejected).toEqual([]);
    expect(report).toMatchObject({ created: 0, updated: 0 });
    expect(report.unchanged).toBe(answered.length);
    expect(await wholeRecord(first.database)).toEqual(before);
  }, 60_000);
});
