import { SPEAKING, STANCES } from '../../src/domain/account.ts';
import { anActor, anEvent, tied } from '../support/builders.ts';
import { emptyRecord } from '../support/record.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const ids = (query: string) => service.ids(`/v1/events?${query}`);
const envoy = (from: string, until: string | null) =>
  tied('person', 'envoy', ['represents', 'france', from, until]);
const actors = [
  tied('state', 'france', ['member-of', 'eu', '1958', null]),
  anActor('russia'),
  anActor('eu', { kind: 'organization' }),
  tied('institution', 'elysee', ['part-of', 'france', '1900', null]),
  envoy('2020-01-01', '2021-12-31'),
];

describe('who gives an account of an event', () => {
  beforeAll(async () => {
    await emptyRecord(service.database);
    await service.load([
      ...actors,
      ...STANCES.map((stance, sequence) =>
        anEvent({
          id: stance,
          sequence,
          participants: [{ actor: 'france' }],
          accounts: [{ party: 'elysee', stance }],
        }),
      ),
      anEvent({ id: 'untold', sequence: 10 }),
      anEvent({
        id: 'both',
        sequence: 11,
        accounts: [
          { party: 'france', stance: 'declines-to-comment' },
          { party: 'russia', stance: 'asserts' },
        ],
      }),
    ]);
  });

  const silent = 'declines-to-comment no-comment-found untold both';
  test.each([
    ['accountBy=france', SPEAKING.join(' ')],
    ['accountBy=elysee', SPEAKING.join(' ')],
    ['accountBy=-france', silent],
    ['accountBy=russia', 'both'],
    ['accountBy=russia,elysee', `${SPEAKING.join(' ')} both`],
    ['accountBy=france&accountBy=russia', ''],
    ['accountBy=france:declines-to-comment&accountBy=russia', 'both'],
    ['accountBy=-france,-russia', silent.replace(' both', '')],
    ['accountBy=russia,-france:declines-to-comment', ''],
    [
      'accountBy=-france:no-comment-found',
      `${SPEAKING.join(' ')} declines-to-comment untold both`,
    ],
    ['accountBy=france&scope=self', ''],
    ['accountBy=elysee&scope=self', SPEAKING.join(' ')],
    ['accountBy=eu', ''],
    ['accountBy=eu&scope=members', SPEAKING.join(' ')],
    ['accountBy=-eu&scope=members', silent],
    ['actor=france&accountBy=-france', 'declines-to-comment no-comment-found'],
    ['accountBy=france&order=desc', SPEAKING.toReversed().join(' ')],
    ['corroboration=denied', 'denies'],
    ['corroboration=denied,contested', 'disputes denies'],
    ['corroboration=one-sided', 'asserts confirms'],
    ['corroboration=-denied,-contested,-one-sided', silent],
    ['corroboration=denied&corroboration=contested', ''],
  ])('%s finds %s', async (query, found) => {
    expect((await ids(query)).join(' ')).toBe(found);
  });

  test.each(STANCES)('a stance that is named, %s, is that one', async (one) => {
    const also = one === 'declines-to-comment' ? [one, 'both'] : [one];
    expect(await ids(`accountBy=france:${one}`)).toEqual(also);
  });

  test.each([
    ['accountBy=frence', { received: 'frence', nearest: ['france'] }],
    ['accountBy=-frence', { received: 'frence', nearest: ['france'] }],
    [
      'accountBy=france:denied',
      { received: 'france:denied', nearest: ['denies'], allowed: STANCES },
    ],
    ['accountBy=france:denies:no', { received: 'france:denies:no' }],
    ['accountBy=', { message: 'is empty' }],
    ['corroboration=disputed', { received: 'disputed' }],
  ])('%s is refused', async (query, fault) => {
    const { status, json } = await service.get(`/v1/events?${query}`);
    expect(status).toBe(400);
    expect(json.errors).toEqual([
      expect.objectContaining({ parameter: query.split('=')[0], ...fault }),
    ]);
  });
});

describe('through whom an account is given', () => {
  const told = ['2020-06-01', '2022', '2021-12-31/2022-01-01'].map((date) =>
    anEvent({
      id: `at-${date.slice(0, 10)}`,
      date,
      accounts: [{ party: 'envoy', stance: 'asserts' }],
    }),
  );
  beforeEach(async () => {
    await emptyRecord(service.database);
    await service.load([...actors, ...told]);
  });

  test('is decided by the ties at the date of the event', async () => {
    expect(await ids('accountBy=france')).toEqual([
      'at-2020-06-01',
      'at-2021-12-31',
    ]);
    expect(await ids('accountBy=envoy')).toHaveLength(3);
  });

  test('is certain where every tie stood on every day', async () => {
    expect(await ids('accountBy=france&certainty=certain')).toEqual([
      'at-2020-06-01',
    ]);
    expect(await ids('accountBy=envoy&certainty=certain')).toContain(
      'at-2020-06-01',
    );
    // What may be is excluded too.
    expect(await ids('accountBy=-france&certainty=certain')).toEqual([
      'at-2022',
    ]);
  });

  test('follows a tie that changes, without a new revision of the event', async () => {
    await service.load([envoy('2022-01-01', null)]);
    expect(await ids('accountBy=france')).toEqual(['at-2021-12-31', 'at-2022']);
    expect(await ids('accountBy=-france')).toEqual(['at-2020-06-01']);
    const { json } = await service.get('/v1/events/at-2022');
    expect(json.revision).toBe(1);
    await service.load([anActor('envoy', { kind: 'person' })]);
    expect(await ids('accountBy=france')).toEqual([]);
    expect(await ids('accountBy=envoy')).toHaveLength(3);
  });

  test('goes with the version that said it', async () => {
    await service.load([
      anEvent({
        id: 'at-2022',
        date: '2022',
        accounts: [{ party: 'russia', stance: 'denies' }],
      }),
    ]);
    expect(await ids('accountBy=envoy')).not.toContain('at-2022');
    expect(await ids('accountBy=russia')).toEqual(['at-2022']);
  });
});
