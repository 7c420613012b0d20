import * as fc from 'fast-check';
import { type ActorDraft, type Affiliation } from '../../src/domain/actor.ts';
import {
  type ActorNode,
  reached,
  standingSpans,
} from '../../src/domain/affiliation.ts';
import { listOf } from '../../src/domain/draft.ts';
import { understoodDate } from '../../src/domain/event.ts';
import { changedSpans } from '../../src/domain/tie-change.ts';
import { anActor, tied } from '../support/builders.ts';

const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
const minister = (from: string, until?: string | null) =>
  until === undefined
    ? tied('person', 'p', ['holds', 'minister', from])
    : tied('person', 'p', ['holds', 'minister', from, until]);

test.each([
  ['nothing', minister('2014', '2016'), minister('2014', '2016'), []],
  [
    'an end a year later',
    minister('2014-01-01', '2016-12-31'),
    minister('2014-01-01', '2017-12-31'),
    [{ from: day('2017-01-01'), until: day('2018-01-01') }],
  ],
  [
    'a tie more',
    anActor('p', { kind: 'person' }),
    minister('2014-01-01', '2016-12-31'),
    [{ from: day('2014-01-01'), until: day('2017-01-01') }],
  ],
  [
    'an end no longer known',
    minister('2014-01-01', null),
    minister('2014-01-01'),
    [{ from: day('2014-01-01'), until: Infinity }],
  ],
  [
    'a tie that nobody climbs',
    tied('office', 'o'),
    tied('office', 'o', ['accredited-to', 'france', '2014', null]),
    [],
  ],
  [
    'a kind',
    anActor('p', { kind: 'group' }),
    anActor('p', { kind: 'organization' }),
    [{ from: -Infinity, until: Infinity }],
  ],
])('where %s differs', (_, before, after, spans) => {
  expect(changedSpans(before, after)).toEqual(spans);
});

describe('outside of the spans', () => {
  const dates = ['2000', '2010', '2010-06-15', '2015~', '2016-03'];
  const ties = fc.array(
    fc
      .record({
        to: fc.constantFrom('a', 'b', 'c'),
        relation: fc.constantFrom<Affiliation['relation']>(
          'represents',
          'part-of',
          'member-of',
        ),
        from: fc.option(fc.constantFrom(...dates)),
        until: fc.constantFrom(null, null, undefined, '2010', '2016', '2020'),
      })
      .map(({ until, ...tie }): Affiliation => ({
        ...tie,
        ...(until === undefined ? {} : { until }),
      })),
    { maxLength: 4 },
  );
  const node = ({ kind, affiliations }: ActorDraft): ActorNode => ({
    kind,
    edges: listOf(affiliations).map((tie) => ({
      relation: tie.relation,
      to: tie.to,
      ...standingSpans(tie),
    })),
  });
  const above: [string, ActorNode][] = [
    ['a', node(tied('institution', 'a', ['part-of', 'c', '2005', null]))],
    ['b', node(tied('state', 'b', ['member-of', 'c', '2005', '2014']))],
    ['c', node(anActor('c', { kind: 'organization' }))],
  ];

  test('an event counts for the same actors, by the same ways', () => {
    let outside = 0;
    fc.assert(
      fc.property(
        ties,
        ties,
        fc.constantFrom(
          '2004',
          '2010-06-15',
          '2009/2011',
          '2019~',
          '[2001,2018]',
        ),
        fc.option(fc.constantFrom('c', 'b')),
        (was, is, date, onBehalfOf) => {
          const [before, after] = [was, is].map((affiliations) =>
            anActor('p', { kind: 'institution', affiliations }),
          ) as [ActorDraft, ActorDraft];
          const { days, bounds } = understoodDate({ date });
          const [from, until] = [bounds.begin[0], bounds.end[1]];
          if (
            changedSpans(before, after).some(
              (span) => span.from < until && span.until > from,
            )
          )
            return;
          outside++;
          const [old, now] = [before, after].map((actor) =>
            reached(
              { actor: 'p', onBehalfOf },
              days,
              bounds.qualified,
              new Map([...above, ['p', node(actor)]]),
            ),
          );
          expect(now).toEqual(old);
        },
      ),
      { numRuns: 2000 },
    );
    expect(outside).toBeGreaterThan(100);
  });
});
