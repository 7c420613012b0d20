import * as fc from 'fast-check';
import { type ActorDraft } from '../../src/domain/actor.ts';
import {
  ACTOR_KINDS,
  type ActorGraph,
  CLIMBED,
  type Edge,
  reached,
  RELATIONS,
  SCOPE,
  sidesOf,
  standing,
  standingSpans,
  type Tenure,
} from '../../src/domain/affiliation.ts';
import { type Span } from '../../src/domain/bounds.ts';
import { listOf } from '../../src/domain/draft.ts';
import { understoodDate } from '../../src/domain/event.ts';
import { anActor, tied } from '../support/builders.ts';

function graphOf(...actors: ActorDraft[]): ActorGraph {
  return new Map(
    actors.map(({ id, kind, affiliations }) => [
      id,
      {
        kind,
        edges: listOf(affiliations).map((tie) => ({
          relation: tie.relation,
          to: tie.to,
          ...standingSpans(tie),
        })),
      },
    ]),
  );
}

interface When {
  date: string;
  timeZone?: string;
}

/** For whom a participation counts at a date: `actor` when certain, `actor?` when possible, in alphabetical order. */
function counts(
  part: { actor: string; onBehalfOf?: string | null },
  when: string | When,
  graph: ActorGraph,
  scope: 'self' | 'climb' | 'members' = 'climb',
): string {
  const { days, bounds } = understoodDate(
    typeof when === 'string' ? { date: when } : when,
  );
  const widest = { self: 0, climb: 1, members: 2 }[scope];
  const found = new Map<string, boolean>();
  for (const one of reached(part, days, bounds.qualified, graph))
    if (one.scope <= widest)
      found.set(one.actor, one.certain || found.get(one.actor) === true);
  return [...found]
    .map(([actor, certain]) => (certain ? actor : `${actor}?`))
    .sort()
    .join(' ');
}

const always: [string, null] = ['1900', null];

describe('whom a participation counts for', () => {
  const graph = graphOf(
    anActor('france', {
      affiliations: [
        { relation: 'member-of', to: 'nato', from: '1949', until: null },
        { relation: 'member-of', to: 'eu', from: '1993-11', until: null },
        { relation: 'succeeds', to: 'gaul', from: '0500', until: null },
      ],
    }),
    anActor('gaul'),
    anActor('russia'),
    tied('organization', 'nato', ['member-of', 'club', ...always]),
    anActor('eu', { kind: 'organization' }),
    anActor('club', { kind: 'format' }),
    tied('institution', 'elysee', ['part-of', 'france', ...always]),
    tied('institution', 'press-service', ['part-of', 'elysee', ...always]),
    tied('office', 'president', ['part-of', 'elysee', ...always]),
    tied(
      'office',
      'ambassador',
      ['part-of', 'france', ...always],
      ['accredited-to', 'russia', ...always],
    ),
    tied('person', 'macron', ['holds', 'president', '2017-05-14', null]),
    tied('person', 'envoy', ['holds', 'ambassador', '2020', null]),
    tied('person', 'spokesman', ['represents', 'press-service', '2020', null]),
    tied(
      'group',
      'delegation',
      ['part-of', 'france', ...always],
      ['member-of', 'club', ...always],
    ),
    anActor('nobody', { kind: 'person' }),
  );

  test.each([
    ['macron', 'elysee france macron president'],
    ['spokesman', 'elysee france press-service spokesman'],
    ['envoy', 'ambassador envoy france'],
    ['elysee', 'elysee france'],
    ['delegation', 'delegation france'],
    ['france', 'france'],
    ['nato', 'nato'],
    ['nobody', 'nobody'],
  ])(
    '%s counts for %s: no membership, accreditation or succession is climbed',
    (actor, expected) => {
      expect(counts({ actor }, '2022-01-28', graph)).toBe(expected);
    },
  );

  test.each([
    ['macron', 'club elysee eu france macron nato president'],
    ['france', 'club eu france nato'],
    ['nato', 'club nato'],
    ['delegation', 'club delegation eu france nato'],
    ['envoy', 'ambassador club envoy eu france nato'],
  ])(
    'with scope=members %s counts for %s: memberships are opened upward',
    (actor, expected) => {
      expect(counts({ actor }, '2022-01-28', graph, 'members')).toBe(expected);
    },
  );

  test('before its membership an event of a state does not count for the organization', () => {
    const part = { actor: 'france' };
    expect(counts(part, '1993-10-31', graph, 'members')).toBe(
      'club france nato',
    );
    expect(counts(part, '1993-11', graph, 'members')).toBe(
      'club eu? france nato',
    );
    expect(counts(part, '1993-12', graph, 'members')).toBe(
      'club eu france nato',
    );
  });

  test('with scope=self only those named count', () => {
    const part = { actor: 'macron', onBehalfOf: 'france' };
    expect(counts(part, '2022-01-28', graph, 'self')).toBe('france macron');
  });

  test('climbing stops at a state even where a tie goes on', () => {
    const within = graphOf(
      anActor('bavaria', {
        affiliations: [
          { relation: 'part-of', to: 'germany', from: '1949', until: null },
        ],
      }),
      anActor('germany'),
      tied('office', 'minister', ['part-of', 'bavaria', ...always]),
    );
    expect(counts({ actor: 'minister' }, '2022', within)).toBe(
      'bavaria minister',
    );
    expect(counts({ actor: 'bavaria' }, '2022', within)).toBe('bavaria');
  });

  test('the path leads from the actor, or the one it acts for, to the one it counts for', () => {
    const { days } = understoodDate({ date: '2022-01-28' });
    const paths = reached(
      { actor: 'macron', onBehalfOf: 'elysee' },
      days,
      false,
      graph,
    ).map(({ path }) => path.join('>'));
    expect(paths.sort()).toEqual([
      'elysee',
      'elysee>france',
      'elysee>france>eu',
      'elysee>france>nato',
      'elysee>france>nato>club',
      'macron',
      'macron>president',
    ]);
  });

  test('of two ways the certain one is told, however long', () => {
    const twice = graphOf(
      tied(
        'person',
        'p',
        ['represents', 'state', '2022-01', null],
        ['holds', 'o', '2000', null],
      ),
      tied('office', 'o', ['part-of', 'i', '2000', null]),
      tied('institution', 'i', ['part-of', 'state', '2000', null]),
      anActor('state'),
    );
    const { days } = understoodDate({ date: '2022-01' });
    const found = reached({ actor: 'p' }, days, false, twice);
    expect(found.find(({ actor }) => actor === 'state')).toEqual({
      actor: 'state',
      scope: SCOPE.climbed,
      certain: true,
      path: ['p', 'o', 'i', 'state'],
    });
  });

  test('an actor that is not in the book counts for itself', () => {
    expect(counts({ actor: 'unknown' }, '2022', graph)).toBe('unknown');
  });
});

describe('who speaks on behalf of another', () => {
  // He was prime minister of Norway until 2013 and secretary general of NATO from 2014.
  const graph = graphOf(
    anActor('nato', { kind: 'organization' }),
    tied('state', 'norway', ['member-of', 'nato', '1949', null]),
    tied('office', 'prime-minister', ['part-of', 'norway', ...always]),
    tied('office', 'secretary-general', ['part-of', 'nato', ...always]),
    tied('institution', 'headquarters', ['part-of', 'nato', ...always]),
    tied(
      'person',
      'stoltenberg',
      ['holds', 'prime-minister', '2005', '2013-10-16'],
      ['represents', 'norway', '1990', null],
      ['holds', 'secretary-general', '2014-10', '2024-10-01'],
    ),
  );

  test.each<[string, string | null, string, string?]>([
    [
      '2022-01-28',
      'nato',
      'nato secretary-general stoltenberg',
      'not for Norway, which he represents too',
    ],
    ['2010-01-28', 'nato', 'nato stoltenberg', 'no way led to NATO then'],
    [
      '2010-01-28',
      'norway',
      'norway prime-minister stoltenberg',
      'through the office he then held',
    ],
    ['2022-01-28', 'norway', 'norway stoltenberg', 'he held no office there'],
    ['2022-01-28', 'stoltenberg', 'nato norway secretary-general stoltenberg'],
    ['2022-01-28', null, 'nato norway secretary-general stoltenberg'],
    [
      '2022-01-28',
      'headquarters',
      'headquarters nato stoltenberg',
      'what the one acted for is part of counts too',
    ],
  ])('at %s on behalf of %s: %s', (date, onBehalfOf, expected) => {
    const part = { actor: 'stoltenberg', onBehalfOf };
    expect(counts(part, date, graph)).toBe(expected);
  });

  test('in the month he took office the way through it is possible, NATO itself certain', () => {
    const part = { actor: 'stoltenberg', onBehalfOf: 'nato' };
    expect(counts(part, '2014-10', graph)).toBe(
      'nato secretary-general? stoltenberg',
    );
  });

  test('acting for a state opens the memberships of that state alone', () => {
    const part = { actor: 'stoltenberg', onBehalfOf: 'norway' };
    expect(counts(part, '2022', graph, 'members')).toBe(
      'nato norway stoltenberg',
    );
  });

  test('what lies between is only possible when the way onward is', () => {
    const doubtful = graphOf(
      anActor('state'),
      tied('institution', 'ministry', ['part-of', 'state', '2022-01', null]),
      tied('person', 'clerk', ['represents', 'ministry', '2000', null]),
    );
    expect(
      counts({ actor: 'clerk', onBehalfOf: 'state' }, '2022-01', doubtful),
    ).toBe('clerk ministry? state');
    expect(counts({ actor: 'clerk' }, '2022-01', doubtful)).toBe(
      'clerk ministry state?',
    );
  });
});

describe('whether a tie stood', () => {
  test.each<[Tenure, string | When, 'certain' | 'possible' | 'none', string?]>([
    // Days.
    [{ from: '2017-05-14', until: null }, '2017-05-13', 'none'],
    [{ from: '2017-05-14', until: null }, '2017-05-14', 'certain'],
    [{ from: '2017-05-14', until: null }, '2099', 'certain', 'still so'],
    [{ from: '2017-05-14', until: '2022-05-13' }, '2022-05-13', 'certain'],
    [{ from: '2017-05-14', until: '2022-05-13' }, '2022-05-14', 'none'],
    [{ from: '2022-01-28', until: '2022-01-28' }, '2022-01-28', 'certain'],
    // Months and years leave their days open.
    [{ from: '2017', until: '2022' }, '2017-05-14', 'possible'],
    [{ from: '2017', until: '2022' }, '2017-12-31', 'certain', 'its last day'],
    [{ from: '2017', until: '2022' }, '2022-01-01', 'certain', 'its first day'],
    [{ from: '2017', until: '2022' }, '2022-01-02', 'possible'],
    [{ from: '2017', until: '2022' }, '2022-12-31', 'possible', 'inclusive'],
    [{ from: '2017', until: '2022' }, '2023-01-01', 'none'],
    [{ from: '2017', until: '2022' }, '2018/2021', 'certain'],
    [{ from: '2022-01-10', until: null }, '2022-01', 'possible'],
    [{ from: '2022-01-10', until: null }, '2022', 'possible'],
    [{ from: '2022-01-01', until: null }, '2022-01', 'certain'],
    [{ from: '2022-01', until: '2022-01' }, '2022-01-15', 'possible'],
    [{ from: '2022-21', until: null }, '2022-04-01', 'possible', 'spring'],
    [{ from: '2022-21', until: null }, '2022-05-31', 'certain'],
    [{ from: '199X', until: null }, '1995-01-01', 'possible', 'a decade'],
    // Not known is not "still so".
    [{ from: '2017' }, '2020', 'possible', 'until is not known'],
    [{ from: '2017' }, '2016', 'none'],
    [{ until: null }, '2020', 'possible', 'from is not known'],
    [{ from: null, until: '2020' }, '2019', 'possible'],
    [{ from: null, until: '2020' }, '2021', 'none'],
    [{}, '2020', 'possible', 'nothing is known'],
    // Qualified dates make nothing certain.
    [{ from: '2017~', until: null }, '2020', 'possible'],
    [{ from: '2017', until: '2022?' }, '2020', 'possible'],
    [{ from: '2017%', until: '2022' }, '2016', 'none'],
    // Sets, in tenures and in events.
    [{ from: '[..2013-07-29]', until: null }, '2013-07-29', 'certain'],
    [{ from: '[..2013-07-29]', until: null }, '1950', 'possible'],
    [{ from: '[2013,2015]', until: null }, '2014-06-01', 'possible'],
    [{ from: '2020', until: '[2022-01-28..]' }, '2022-01-28', 'certain'],
    [{ from: '2020', until: '[2022-01-28..]' }, '2022-01-29', 'possible'],
    [
      { from: '2022-01-11', until: '2022-01-12' },
      '[2022-01-10,2022-01-13]',
      'none',
      'it stood only in the hole',
    ],
    [
      { from: '2022-01-11', until: '2022-01-13' },
      '[2022-01-10,2022-01-13]',
      'possible',
    ],
    [
      { from: '2022-01-10', until: '2022-01-13' },
      '[2022-01-10,2022-01-13]',
      'certain',
    ],
    [
      { from: '2022-01-11', until: null },
      '[2022-01-10..2022-01-13]',
      'possible',
    ],
    // What lasts, and what is open.
    [{ from: '2022-01-11', until: null }, '2022-01-10/2022-01-13', 'possible'],
    [{ from: '2022-01-10', until: null }, '2022-01-10/2022-01-13', 'certain'],
    [{ from: '2022', until: '2023' }, '2022-02-24/..', 'possible'],
    [{ from: '2021', until: null }, '2022-02-24/..', 'certain'],
    [{ from: '../1991', until: '1991' }, '../1980', 'certain'],
    // A clock time belongs to the day that the clock on the spot showed.
    [
      { from: '2022-01-29', until: null },
      '2022-01-28T23:30:00-05:00',
      'none',
      'the 29th in Greenwich',
    ],
    [
      { from: '2022-01-28', until: '2022-01-28' },
      '2022-01-28T23:30:00-05:00',
      'certain',
    ],
    [
      { from: '2022-01-29', until: null },
      '2022-01-29T00:30:00+02:00',
      'certain',
      'the 28th in Greenwich',
    ],
    [
      { from: '2022-01-29', until: null },
      { date: '2022-01-29T00:30:00', timeZone: 'Europe/Kyiv' },
      'certain',
    ],
    [
      { from: '2022-01-28', until: '2022-01-28' },
      '2022-01-28T23:00:00Z/2022-01-29T01:00:00Z',
      'possible',
    ],
    [
      { from: '2022-01-28', until: '2022-01-29' },
      '2022-01-28T23:00:00Z/2022-01-29T01:00:00Z',
      'certain',
    ],
    [{ from: '2022-01-28', until: null }, '2022-01-28T23:00:00Z/..', 'certain'],
    [
      { from: '2022-01-28', until: null },
      '../2022-01-28T23:00:00Z',
      'possible',
    ],
    // Across the date line the clock at the end may show an earlier day than at the begin.
    [
      { from: '2022-01-29', until: '2022-01-29' },
      '2022-01-29T01:00:00+14:00/2022-01-28T12:00:00Z',
      'possible',
    ],
    [
      { from: '2022-01-28', until: '2022-01-29' },
      '2022-01-29T01:00:00+14:00/2022-01-28T12:00:00Z',
      'certain',
    ],
    [
      { from: '2022-01-30', until: null },
      '2022-01-29T01:00:00+14:00/2022-01-28T12:00:00Z',
      'none',
    ],
  ])('%j at %j: %s', (tenure, when, expected) => {
    const { days } = understoodDate(
      typeof when === 'string' ? { date: when } : when,
    );
    expect(standing(standingSpans(tenure), days)).toBe(expected);
  });

  test.each(['2020~', '2020?', '2020%', '2020-06-01~'])(
    'a doubtful date (%s) makes no tie certain',
    (date) => {
      const graph = graphOf(
        anActor('state'),
        tied('person', 'p', ['represents', 'state', '2000', null]),
      );
      expect(counts({ actor: 'p' }, date, graph)).toBe('p state?');
      expect(counts({ actor: 'p', onBehalfOf: 'state' }, date, graph)).toBe(
        'p state',
      );
    },
  );
});

test('the sides of an actor are the states and organizations it climbs to, not those they are members of', () => {
  const graph = graphOf(
    tied('state', 'france', ['member-of', 'nato', ...always]),
    anActor('nato', { kind: 'organization' }),
    tied('office', 'president', ['part-of', 'france', ...always]),
  );
  const { days } = understoodDate({ date: '2022' });
  const sides = (actor: string) => [
    ...sidesOf(reached({ actor }, days, false, graph), graph),
  ];
  expect(sides('president')).toEqual(['france']);
  expect(sides('france')).toEqual(['france']);
  expect(sides('nato')).toEqual(['nato']);
  expect(sides('unknown')).toEqual([]);
});

describe('climbing agrees with walking every path', () => {
  const size = 7;
  const dates = [undefined, '2000', '2010', '2010-06-15', '2020', '2015~'];
  const edge = fc.record({
    from: fc.nat(size - 2),
    to: fc.integer({ min: 1, max: size - 1 }),
    relation: fc.constantFrom(...RELATIONS, ...CLIMBED, ...CLIMBED),
    since: fc.constantFrom(...dates),
    until: fc.constantFrom(...dates, null, null, null),
  });
  const worlds = fc.record({
    kinds: fc.array(fc.constantFrom(...ACTOR_KINDS), {
      minLength: size,
      maxLength: size,
    }),
    edges: fc.array(edge, { maxLength: 16 }),
    date: fc.constantFrom(
      '2010',
      '2010-06-15',
      '2005/2012',
      '[2001,2019]',
      '2019~',
    ),
    onBehalfOf: fc.option(fc.nat(size - 1)),
  });

  interface Way {
    at: string;
    certain: boolean;
    path: string[];
  }

  function waysUp(
    start: string,
    graph: ActorGraph,
    days: Span[],
    sure: boolean,
  ) {
    const ways: Way[] = [];
    const walk = (way: Way, relations: readonly Edge['relation'][]) => {
      ways.push(way);
      const node = graph.get(way.at);
      const climbing = relations !== MEMBERSHIP;
      if (climbing && /^(state|organization)$/.test(node?.kind ?? '')) return;
      for (const one of node?.edges ?? []) {
        const stood = standing(one, days);
        if (!relations.includes(one.relation) || stood === 'none') continue;
        walk(
          {
            at: one.to,
            certain: way.certain && stood === 'certain' && sure,
            path: [...way.path, one.to],
          },
          relations,
        );
      }
    };
    return {
      climbing: () => {
        walk({ at: start, certain: true, path: [start] }, CLIMBED);
        return ways;
      },
      membership: (way: Way) => {
        walk(way, MEMBERSHIP);
        return ways;
      },
    };
  }
  const MEMBERSHIP = ['member-of'] as const;

  test('for whom it counts, and how certainly, whatever the ties', () => {
    fc.assert(
      fc.property(worlds, ({ kinds, edges, date, onBehalfOf }) => {
        const graph = new Map(
          kinds.map((kind, index) => [
            `a${index}`,
            {
              kind,
              edges: edges
                .filter(({ from, to }) => from === index && to > index)
                .map(({ relation, to, since, until }) => ({
                  relation,
                  to: `a${to}`,
                  ...standingSpans({
                    ...(since === undefined ? {} : { from: since }),
                    ...(until === undefined ? {} : { until }),
                  }),
                })),
            },
          ]),
        );
        const { days, bounds } = understoodDate({ date });
        const sure = !bounds.qualified;
        const up = (start: string) =>
          waysUp(start, graph, [...days], sure).climbing();
        const acted = onBehalfOf === null ? null : `a${onBehalfOf}`;
        const base: Way[] =
          acted === null
            ? up('a0')
            : [
                { at: 'a0', certain: true, path: ['a0'] },
                ...up(acted),
                ...up('a0')
                  .filter(({ at }) => at === acted)
                  .flatMap(({ certain, path }) =>
                    // The one acted for is named, and so certain, however one came there.
                    path.slice(0, -1).map((at, index) => ({
                      at,
                      certain: certain || index === 0,
                      path: path.slice(0, index + 1),
                    })),
                  ),
              ];
        const all = base.flatMap((way) =>
          waysUp(way.at, graph, [...days], sure).membership(way),
        );
        const best = (ways: Way[]) => {
          const found: Record<string, boolean> = {};
          for (const { at, certain } of ways)
            found[at] = certain || found[at] === true;
          return found;
        };
        const answer = reached(
          { actor: 'a0', onBehalfOf: acted },
          days,
          bounds.qualified,
          graph,
        );
        const ways = answer.map(({ actor, certain, path, scope }) => ({
          at: actor,
          certain,
          path: [...path],
          scope,
        }));
        expect(best(ways.filter(({ scope }) => scope < 2))).toEqual(best(base));
        expect(best(ways)).toEqual(best(all));
        // The path told is one that can be walked.
        for (const { at, path } of ways) {
          expect(path.at(-1)).toBe(at);
          expect(['a0', acted]).toContain(path[0]);
          path
            .slice(1)
            .forEach((to, index) =>
              expect(
                graph
                  .get(path[index] ?? '')
                  ?.edges.some(
                    (one) => one.to === to && standing(one, days) !== 'none',
                  ),
              ).toBe(true),
            );
        }
      }),
      { numRuns: 2000 },
    );
  });
});
