import * as fc from 'fast-check';
import { type ActorDraft, type Affiliation } from '../../src/domain/actor.ts';
import { ROLES } from '../../src/domain/event-schema.ts';
import { STANCES } from '../../src/domain/account.ts';
import { type EventDraft } from '../../src/domain/event.ts';
import { anActor, anEvent, tied } from '../support/builders.ts';
import { emptyRecord, standingRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());
beforeEach(() => emptyRecord(service.database));

const of = (actor: string, more = '') =>
  service.ids(`/v1/events?actor=${actor}${more}`);

/** An event with its revision and corroboration. */
async function told(id: string): Promise<string> {
  const { json } = await service.get(`/v1/events/${id}`);
  return `${json.revision} ${json.corroboration}`;
}

const states = [
  anActor('france'),
  anActor('russia'),
  anActor('eu', { kind: 'organization' }),
];
const always: [string, null] = ['1900', null];

describe('when a tie changes', () => {
  const minister = (from: string, until: string | null) =>
    tied('person', 'p', ['holds', 'minister', from, until]);
  const events = ['2015', '2020', '2022'].map((year) =>
    anEvent({
      id: `in-${year}`,
      date: `${year}-06-15`,
      participants: [{ actor: 'p' }, { actor: 'russia' }],
    }),
  );
  const base = [
    ...states,
    tied('office', 'minister', ['part-of', 'france', ...always]),
    ...events,
  ];

  test('a tenure that is moved moves the events that count', async () => {
    await service.load([...base, minister('2014', '2016')]);
    expect(await of('france')).toEqual(['in-2015']);
    const { report } = await service.load([minister('2019', '2021')]);
    expect(report).toMatchObject({ received: 1, updated: 1 });
    expect(await of('france')).toEqual(['in-2020']);
    expect(await of('minister')).toEqual(['in-2020']);
    expect(await of('p')).toEqual(['in-2015', 'in-2020', 'in-2022']);
    await service.load([minister('2019', null)]);
    expect(await of('france')).toEqual(['in-2020', 'in-2022']);
  });

  test('a tenure that grows vague makes possible what was certain', async () => {
    await service.load([...base, minister('2014', '2016')]);
    expect(await of('france', '&certainty=certain')).toEqual(['in-2015']);
    await service.load([minister('2015', '2016')]);
    expect(await of('france', '&certainty=certain')).toEqual([]);
    expect(await of('france')).toEqual(['in-2015']);
  });

  test('an end that is no longer known makes possible what was certain, and "still so" makes it certain again', async () => {
    await service.load([...base, minister('2014', null)]);
    expect(await of('france', '&certainty=certain')).toHaveLength(3);
    await service.load([tied('person', 'p', ['holds', 'minister', '2014'])]);
    expect(await of('france', '&certainty=certain')).toEqual([]);
    expect(await of('france')).toHaveLength(3);
    await service.load([minister('2014', null)]);
    expect(await of('france', '&certainty=certain')).toHaveLength(3);
  });

  test('a tie taken away, and one put on above, count at once', async () => {
    await service.load([...base, minister('2014', null)]);
    await service.load([anActor('minister', { kind: 'office' })]);
    expect(await of('france')).toEqual([]);
    expect(await of('minister')).toHaveLength(3);
    await service.load([
      tied('office', 'minister', ['part-of', 'ministry', '2021', null]),
      tied('institution', 'ministry', ['part-of', 'france', ...always]),
    ]);
    expect(await of('france')).toEqual(['in-2022']);
    expect(await of('ministry')).toEqual(['in-2022']);
  });

  test('two ties of one path changed in one file count together', async () => {
    await service.load([...base, minister('2014', null)]);
    await service.load([
      tied('person', 'p', ['holds', 'envoy', '2014', null]),
      tied('office', 'envoy', ['part-of', 'eu', ...always]),
      tied('office', 'minister', ['part-of', 'russia', ...always]),
    ]);
    expect(await of('france')).toEqual([]);
    expect(await of('minister')).toEqual([]);
    expect(await of('eu')).toHaveLength(3);
  });

  test('a membership counts for the events of all who stand for the member', async () => {
    await service.load([...base, minister('2014', null)]);
    expect(await of('eu', '&scope=members')).toEqual([]);
    await service.load([
      tied('state', 'france', ['member-of', 'eu', '2019', '2021']),
    ]);
    expect(await of('eu', '&scope=members')).toEqual(['in-2020']);
    expect(await of('eu')).toEqual([]);
  });

  test('a kind that changes lets the climb go on, or stops it', async () => {
    await service.load([
      ...states,
      anActor('canton', { kind: 'state' }),
      tied('person', 'p', ['represents', 'canton', ...always]),
      ...events,
    ]);
    await service.load([
      tied('institution', 'canton', ['part-of', 'france', ...always]),
    ]);
    expect(await of('france')).toHaveLength(3);
    await service.load([anActor('canton', { kind: 'state' })]);
    expect(await of('france')).toEqual([]);
  });

  test('the one acted for is climbed from anew', async () => {
    await service.load([
      ...states,
      anActor('p', { kind: 'person' }),
      anActor('bureau', { kind: 'institution' }),
      anEvent({
        id: 'e',
        participants: [{ actor: 'p', onBehalfOf: 'bureau' }],
      }),
    ]);
    await service.load([
      tied('institution', 'bureau', ['part-of', 'eu', ...always]),
    ]);
    expect(await of('eu')).toEqual(['e']);
  });

  test('one who is only spoken of is climbed from anew', async () => {
    await service.load([
      ...states,
      anActor('p', { kind: 'person' }),
      anEvent({ id: 'e', participants: [{ actor: 'p', role: 'subject' }] }),
    ]);
    await service.load([tied('person', 'p', ['represents', 'eu', ...always])]);
    expect(await of('eu:subject')).toEqual(['e']);
    expect(await of('eu')).toEqual([]);
  });

  test('what it does not touch is left as it is', async () => {
    await service.load([
      ...base,
      minister('2014', null),
      anEvent({ id: 'elsewhere', participants: [{ actor: 'russia' }] }),
    ]);
    const rows = () =>
      service.database.pool.query<{ id: string; rows: number; open: number }>(
        `select id, count(*) as rows, count(*) filter (where superseded_at is null) as open
         from event_actor group by id order by id`,
      );
    const before = await rows();
    await service.load([minister('2019', null)]);
    const after = await rows();
    // In 2015 nothing above the minister counts any more, and the rows that still hold stand as they are; in 2020 and 2022
    // all counts as before.
    expect(after.rows.filter(({ id }) => id !== 'in-2015')).toEqual(
      before.rows.filter(({ id }) => id !== 'in-2015'),
    );
    expect(after.rows.find(({ id }) => id === 'in-2015')).toEqual({
      id: 'in-2015',
      rows: 4,
      open: 2,
    });
    const log = await service.database.pool.query(
      `select count(*) as count from change where record = 'event' and revision > 1`,
    );
    expect(log.rows).toEqual([{ count: 0 }]);
  });

  test('a new name or title of a post touches no event', async () => {
    await service.load([...base, minister('2014', null)]);
    const [tie] = minister('2014', null).affiliations ?? [];
    await service.load([
      anActor('p', {
        kind: 'person',
        names: [{ lang: 'en', value: 'Renamed' }],
        affiliations: [{ ...(tie as Affiliation), title: { en: 'Minister' } }],
      }),
    ]);
    const { rows } = await service.database.pool.query(
      'select count(*) as count from event_actor where superseded_at is not null',
    );
    expect(rows).toEqual([{ count: 0 }]);
  });
});

describe('corroboration follows the ties', () => {
  const meeting = anEvent({
    id: 'e',
    participants: [{ actor: 'france' }, { actor: 'russia' }],
    accounts: [
      { party: 'france', stance: 'asserts' },
      { party: 'spokesman', stance: 'confirms' },
    ],
  });
  const speaksFor = (...states: string[]) =>
    tied(
      'person',
      'spokesman',
      ...states.map((id): ['represents', string, string, null] => [
        'represents',
        id,
        ...always,
      ]),
    );

  test('of a party that does not take part itself, in a new revision', async () => {
    await service.load([...states, speaksFor(), meeting]);
    expect(await told('e')).toBe('1 one-sided');
    await service.load([speaksFor('russia')], { by: 'x', reason: 'found out' });
    expect(await told('e')).toBe('2 confirmed');
    expect(await service.ids('/v1/events')).toEqual(['e']);
    await service.load([speaksFor('france')]);
    expect(await told('e')).toBe('3 one-sided');
    await service.load([speaksFor('eu')]);
    expect(await told('e')).toBe('3 one-sided');

    const { rows } = await service.database.pool.query(
      `select revision, body::json ->> 'corroboration' as corroboration, superseded_at is null as current
       from event_version order by revision`,
    );
    expect(rows).toEqual([
      { revision: 1, corroboration: 'one-sided', current: false },
      { revision: 2, corroboration: 'confirmed', current: false },
      { revision: 3, corroboration: 'one-sided', current: true },
    ]);
    const log = await service.database.pool.query(
      `select revision, change, by, reason from change where record = 'event' order by position`,
    );
    expect(log.rows).toMatchObject([
      { revision: 1, change: 'created' },
      { revision: 2, change: 'revised', by: 'x', reason: 'found out' },
      { revision: 3, change: 'revised' },
    ]);
    const index = await service.database.pool.query(
      `select c.actor, v.revision from event_actor c join event_version v on v.key = c.event_key
       where c.superseded_at is null order by c.actor`,
    );
    expect(index.rows).toEqual([
      { actor: 'france', revision: 3 },
      { actor: 'russia', revision: 3 },
    ]);
  });

  test('of a participant whose state is found out', async () => {
    await service.load([
      ...states,
      anActor('envoy', { kind: 'person' }),
      anEvent({
        id: 'e',
        participants: [{ actor: 'envoy' }, { actor: 'france' }],
        accounts: [{ party: 'russia', stance: 'asserts' }],
      }),
    ]);
    expect(await told('e')).toBe('1 reported');
    await service.load([
      tied('person', 'envoy', ['represents', 'russia', ...always]),
    ]);
    expect(await told('e')).toBe('2 one-sided');
  });

  test('membership makes no side', async () => {
    await service.load([...states, speaksFor('russia'), meeting]);
    expect(await told('e')).toBe('1 confirmed');
    await service.load(
      ['france', 'russia'].map((id) =>
        tied('state', id, ['member-of', 'eu', ...always]),
      ),
    );
    expect(await told('e')).toBe('1 confirmed');
  });

  test('the names recorded stay through it', async () => {
    await service.load([...states, speaksFor(), meeting]);
    await service.load([
      anActor('france', { names: [{ lang: 'fr', value: 'La France' }] }),
      speaksFor('russia'),
    ]);
    const { json } = await service.get('/v1/events/e');
    expect(json).toMatchObject({
      revision: 2,
      participants: [{ name: { en: 'france' } }, { name: { en: 'russia' } }],
    });
  });

  test('an event revised in the same file is revised once', async () => {
    await service.load([...states, speaksFor(), meeting]);
    const { report } = await service.load([
      speaksFor('russia'),
      { ...meeting, status: 'cancelled' },
    ]);
    expect(report).toMatchObject({ received: 2, updated: 2 });
    expect(await told('e')).toBe('2 confirmed');
  });
});

describe('whatever actors became, one file after another', () => {
  const KINDS: Record<string, ActorDraft['kind']> = {
    s1: 'state',
    s2: 'state',
    g1: 'organization',
    i1: 'institution',
    i2: 'institution',
    o1: 'office',
    o2: 'office',
    p1: 'person',
    p2: 'person',
  };
  // Upward only, so that no file is refused for a circle.
  const UP: Record<string, [Affiliation['relation'], string][]> = {
    s1: [['member-of', 'g1']],
    s2: [['member-of', 'g1']],
    i1: [
      ['part-of', 's1'],
      ['part-of', 's2'],
      ['part-of', 'g1'],
    ],
    i2: [
      ['part-of', 'i1'],
      ['part-of', 's2'],
    ],
    o1: [
      ['part-of', 'i2'],
      ['part-of', 's1'],
      ['accredited-to', 's2'],
    ],
    o2: [
      ['part-of', 'i1'],
      ['part-of', 'g1'],
    ],
    p1: [
      ['holds', 'o1'],
      ['holds', 'o2'],
      ['represents', 's1'],
    ],
    p2: [
      ['holds', 'o2'],
      ['represents', 'i2'],
    ],
  };
  const dates = ['2000', '2010', '2010-06-15', '2015~'];
  const anyTie = (id: string) =>
    fc
      .record({
        tie: fc.constantFrom(...(UP[id] ?? [['member-of', 'g1'] as const])),
        from: fc.option(fc.constantFrom(...dates)),
        until: fc.constantFrom(null, null, undefined, '2010', '2020'),
      })
      .filter(({ from, until }) => !(from === '2015~' && until === '2010'))
      .map(({ tie: [relation, to], from, until }): Affiliation => ({
        relation,
        to,
        from,
        ...(until === undefined ? {} : { until }),
      }));
  const anyActor = fc
    .constantFrom(...Object.keys(KINDS).filter((id) => id !== 'g1'))
    .chain((id) =>
      fc
        .array(anyTie(id), { maxLength: 3 })
        .map((affiliations) =>
          anActor(id, { kind: KINDS[id] ?? 'group', affiliations }),
        ),
    );
  const someone = fc.constantFrom(...Object.keys(KINDS));
  const anyEvent = fc
    .record({
      id: fc.constantFrom('e1', 'e2', 'e3', 'e4'),
      date: fc.constantFrom('2010', '2010-06-15', '2005/2012', '2019~'),
      participants: fc.uniqueArray(
        fc.record({
          actor: someone,
          role: fc.constantFrom(...ROLES),
          onBehalfOf: fc.option(someone),
        }),
        { maxLength: 3, selector: (part) => JSON.stringify(part) },
      ),
      accounts: fc.array(
        fc.record({ party: someone, stance: fc.constantFrom(...STANCES) }),
        { maxLength: 3 },
      ),
    })
    .map((event) => anEvent(event));
  const unlike = { selector: ({ id }: { id: string }) => id };
  const files = fc.array(
    fc.record({
      actors: fc.uniqueArray(anyActor, { maxLength: 4, ...unlike }),
      events: fc.uniqueArray(anyEvent, { maxLength: 2, ...unlike }),
    }),
    { minLength: 1, maxLength: 4 },
  );

  test('the record is what the last state alone would have made it', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (all) => {
        const last = new Map<string, ActorDraft | EventDraft>(
          Object.entries(KINDS).map(([id, kind]) => [
            id,
            anActor(id, { kind }),
          ]),
        );
        await emptyRecord(service.database);
        await service.load([...last.values()]);
        for (const { actors, events } of all) {
          const file = [...events, ...actors];
          const { rejected } = await service.load(file);
          expect(rejected).toEqual([]);
          for (const record of file) last.set(record.id, record);
        }
        const grown = await standingRecord(service.database);
        await emptyRecord(service.database);
        await service.load([...last.values()]);
        expect(grown).toEqual(await standingRecord(service.database));
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
