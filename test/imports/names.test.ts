import { csv } from '../../src/imports/csv.ts';
import { type ImportOptions } from '../../src/imports/run.ts';
import { anActor, anEvent, tied } from '../support/builders.ts';
import { emptyRecord, wholeRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter } from '../support/writing.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const named = (value: string, lang = 'en') => ({ names: [{ lang, value }] });
const actors = [
  anActor('france', named('France')),
  anActor('russia', named('Росія', 'uk')),
  {
    ...tied('person', 'macron', ['holds', 'fr-president', '2017-05-14', null]),
    ...named('Emmanuel Macron'),
  },
  {
    ...tied('person', 'hollande', [
      'holds',
      'fr-president',
      '2012-05-15',
      '2017-05-14',
    ]),
    ...named('François Hollande'),
  },
  {
    ...tied('office', 'fr-president', ['part-of', 'france', '1958', null]),
    ...named('President of France'),
  },
  anActor('bush-41', { kind: 'person', ...named('George Bush') }),
  anActor('bush-43', { kind: 'person', ...named('George Bush') }),
  anActor('lavrov', { kind: 'person', ...named('Сергій Лавров', 'uk') }),
];
beforeEach(async () => {
  await emptyRecord(service.database);
  await service.load(actors);
});

const load = (
  who: readonly (string | [string, string])[],
  { kind, ...options }: ImportOptions & { kind?: string } = {},
) =>
  service.load(
    ['id,date,who']
      .concat(
        who.map((one, index) => {
          const [name, date] =
            typeof one === 'string' ? [one, '2022-01-28'] : one;
          return `e${index},${date},${name}`;
        }),
      )
      .join('\n'),
    {
      keepGoing: true,
      ...options,
      source: csv,
      mapping: {
        id: 'id',
        type: { value: 'meeting' },
        date: 'date',
        title: { en: { template: 'Meeting {id}' } },
        participants: [
          {
            column: 'who',
            separator: ';',
            ...(kind === undefined ? {} : { kind }),
          },
        ],
      },
    },
  );
const whoIn = async (id: string): Promise<string[]> => {
  const { json } = await service.get(`/v1/events/${id}`);
  return (json.participants as { actor: string }[]).map(({ actor }) => actor);
};
const actorIds = () => service.ids('/v1/actors?limit=500');

test.each([
  ['an id', 'macron', 'macron'],
  ['a name', 'Emmanuel Macron', 'macron'],
  ['a name in capitals', 'EMMANUEL MACRON', 'macron'],
  ['a romanised name', 'Sergey Lavrov', 'lavrov'],
  ['another alphabet', 'Сергей Лавров', 'lavrov'],
])('%s is taken when it is sure', async (_, name, expected) => {
  const { report, rejected } = await load([name]);
  expect(rejected).toEqual([]);
  expect(report.names).toEqual([]);
  expect(await whoIn('e0')).toEqual([expected]);
});

test('who held an office is looked for at the date of the event', async () => {
  const { rejected } = await load(
    [
      ['President of France', '2014-06-06'],
      ['President of France', '2022-01-28'],
      ['President of France', '2014-06-06T21:00:00+02:00'],
    ],
    { kind: 'person' },
  );
  expect(rejected).toEqual([]);
  expect(await whoIn('e0')).toEqual(['hollande']);
  expect(await whoIn('e1')).toEqual(['macron']);
  expect(await whoIn('e2')).toEqual(['hollande']);
});

test('a doubtful name is told once with who may be meant, its rows are rejected, and nobody is made', async () => {
  const before = await actorIds();
  const { report, rejected } = await load(
    ['George Bush', 'Emmanuel Macron;George Bush', 'France'],
    { createActors: true },
  );
  expect(report).toMatchObject({ received: 3, created: 1, rejected: 2 });
  expect(report.names).toEqual([
    {
      name: 'George Bush',
      count: 2,
      candidates: [
        { id: 'bush-41', score: 100 },
        { id: 'bush-43', score: 100 },
      ],
    },
  ]);
  expect(rejected).toEqual([
    {
      line: 2,
      faults: [
        {
          pointer: '/participants/0/actor',
          message:
            'may mean several actors, or only resembles one (column “who”)',
          received: 'George Bush',
          nearest: ['bush-41', 'bush-43'],
        },
      ],
    },
    {
      line: 3,
      faults: [expect.objectContaining({ pointer: '/participants/1/actor' })],
    },
  ]);
  expect(await actorIds()).toEqual(before);
});

test('an unknown name is told, and made only when that is asked for', async () => {
  const file = ['Ursula Zzyzx', 'Ursula Zzyzx;france', 'URSULA  ZZYZX'];
  const { report } = await load(file);
  expect(report).toMatchObject({ created: 0, rejected: 3 });
  expect(report.names.map(({ name, count }) => [name, count])).toEqual([
    ['Ursula Zzyzx', 2],
    ['URSULA  ZZYZX', 1],
  ]);
  const made = await load(file, { createActors: true, kind: 'person' });
  expect(made.rejected).toEqual([]);
  expect(made.report.created).toBe(4);
  const { json } = await service.get('/v1/actors/ursula-zzyzx');
  expect(json).toMatchObject({
    kind: 'person',
    names: [{ lang: 'und', value: 'Ursula Zzyzx', alias: false }],
  });
  expect(await whoIn('e2')).toEqual(['ursula-zzyzx']);
});

test('what is made is a group unless the mapping says more, in Latin letters', async () => {
  await load(['Рада старійшин', '長老会議'], { createActors: true });
  const made = (await actorIds()).filter(
    (id) => !actors.some((one) => one.id === id),
  );
  expect(made).toEqual([
    expect.stringMatching(/^actor-[0-9a-f]{12}$/),
    'rada-stariishyn',
  ]);
  expect((await service.get('/v1/actors/rada-stariishyn')).json).toMatchObject({
    kind: 'group',
  });
});

test('ids that are taken, or once were, are not given again', async () => {
  await service.load([anActor('blue-circle', named('Yellow Square'))]);
  await load(['Blue Circle', 'Blue-Circle!'], { createActors: true });
  expect(await whoIn('e0')).toEqual(['blue-circle-2']);
});

test('two spellings of one new name make one actor; where that is not sure it is told', async () => {
  const { report, rejected } = await load(
    ['Kwame Zogbelemou', 'Zogbelemou Kwame', 'Zogbelemou'],
    { createActors: true, kind: 'person' },
  );
  expect(report.created).toBe(3);
  expect(await whoIn('e1')).toEqual(['kwame-zogbelemou']);
  expect(rejected).toEqual([
    {
      line: 4,
      faults: [expect.objectContaining({ nearest: ['kwame-zogbelemou'] })],
    },
  ]);
});

test('a row that is bad for another reason makes nobody', async () => {
  const before = await actorIds();
  await load([['Ursula Zzyzx', '2022-13-01']], { createActors: true });
  await load(['Ursula Zzyzx;George Bush'], { createActors: true });
  expect(await actorIds()).toEqual(before);
});

test('with what was made, the same file again changes nothing', async () => {
  const who = Array.from({ length: 300 }, (_, index) => {
    const letter = (shift: number) =>
      String.fromCodePoint(97 + ((index * shift) % 26));
    return `${letter(1)}${letter(3)}ra${letter(5)}on ${letter(7)}um${letter(11)}o${index}`;
  });
  const first = await load([...who, ...who], {
    createActors: true,
    kind: 'person',
  });
  expect(first.report.created).toBeGreaterThan(400);
  const before = await wholeRecord(service.database);
  const again = await load([...who, ...who], {
    createActors: true,
    kind: 'person',
  });
  expect(again.report).toMatchObject({
    created: 0,
    updated: 0,
    rejected: first.report.rejected,
  });
  expect(await wholeRecord(service.database)).toEqual(before);
}, 60_000);

test('an atomic import with a name of nobody keeps nothing, nor the actors it made', async () => {
  const before = await wholeRecord(service.database);
  const { report } = await load(['Ursula Zzyzx', 'George Bush'], {
    createActors: true,
    keepGoing: false,
  });
  expect(report).toMatchObject({ stored: false, rejected: 1 });
  expect(await wholeRecord(service.database)).toEqual(before);
});

test('an id that another writer gives meanwhile is not taken from them', async () => {
  const writer = await aWriter(service);
  const rows = Array.from(
    { length: 600 },
    (_, index) => `m${index},2022-01-28,Ursula Zzyzx\n`,
  );
  const chunks = (async function* () {
    yield Buffer.from(`id,type,date,title,participants\n`);
    for (const one of rows)
      yield Buffer.from(one.replace(/^(m\d+),(.*),/, '$1,call,$2,A call,'));
    // Names are looked up for many rows at once: those of the first are known by now.
    await writer.put(anActor('ursula-zzyzx', named('Ursula of the Meadows')));
  })();
  await expect(
    service.load(chunks, { source: csv, createActors: true }),
  ).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('ursula-zzyzx'),
  });
  expect((await service.get('/v1/actors/ursula-zzyzx')).json).toMatchObject({
    names: [{ value: 'Ursula of the Meadows' }],
  });
});

test('NDJSON has no names to make actors of', async () => {
  await expect(
    service.load([anEvent()], { createActors: true }),
  ).rejects.toMatchObject({ code: 'invalid_parameter' });
});

test('however many rows, names are looked for in batches', async () => {
  const asked = jest.spyOn(service.database.pool, 'query');
  try {
    await load(Array.from({ length: 400 }, () => 'Emmanuel Macron'));
    expect(asked.mock.calls.length).toBeLessThan(10);
  } finally {
    asked.mockRestore();
  }
});

describe('events that may be others told again', () => {
  const call = (id: string, over: object = {}) =>
    anEvent({
      id,
      type: 'call',
      participants: [
        { actor: 'macron' },
        { actor: 'france', role: 'observer' },
      ],
      ...over,
    });

  test('are told with reasons and taken, those of the record before those of the file', async () => {
    await service.load([call('known')]);
    const { report } = await service.load([
      call('a', { participants: [{ actor: 'france' }, { actor: 'macron' }] }),
      call('b', { date: '2022-01-28T15:00:00+02:00' }),
      call('c', { date: '2022-01-29' }),
      call('d', { date: '2022-01-29/2022-01-30' }),
      call('e', { type: 'meeting' }),
      call('f', { participants: [{ actor: 'macron' }] }),
      call('g', { date: '2022-01', participants: [{ actor: 'macron' }] }),
      call('h', { date: '2022-01', participants: [{ actor: 'macron' }] }),
      call('i', { participants: [{ actor: 'macron', role: 'subject' }] }),
      call('j', { participants: [{ actor: 'macron', role: 'subject' }] }),
    ]);
    expect(report).toMatchObject({ created: 10, moreDuplicates: 0 });
    const reasons = (day: string) => [
      `same day: ${day}`,
      'same type: call',
      'same actors: france, macron',
    ];
    expect(report.duplicates).toEqual([
      { line: 1, id: 'a', like: 'known', reasons: reasons('2022-01-28') },
      { line: 2, id: 'b', like: 'known', reasons: reasons('2022-01-28') },
      { line: 4, id: 'd', like: 'c', reasons: reasons('2022-01-29') },
    ]);
  });

  test('are not those that the same file replaces, nor a row that was refused', async () => {
    await service.load([call('known')]);
    const { report } = await service.load(
      [
        call('known', { type: 'meeting' }),
        call('a'),
        call('b', { documents: [{ document: 'missing', relation: 'cited' }] }),
      ],
      { keepGoing: true },
    );
    expect(report.duplicates).toEqual([]);
  });

  test('are counted beyond those listed', async () => {
    const { report } = await service.load(
      Array.from({ length: 1103 }, (_, index) => call(`x${index}`)),
    );
    expect(report.duplicates).toHaveLength(1000);
    expect(report.moreDuplicates).toBe(102);
  });
});
