import { createHash } from 'node:crypto';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { anActor, anEvent, aDocument } from '../support/builders.ts';
import { eventually } from '../support/command.ts';
import { sample, startService, type TestService } from '../support/service.ts';
import { aWriter } from '../support/writing.ts';

const services: TestService[] = [];
async function service(): Promise<TestService> {
  const one = await startService();
  services.push(one);
  return one;
}
afterAll(() => Promise.all(services.map((one) => one.stop())));

/** iCalendar folds lines by their length, and so by the length of an address. */
const unfolded = (text: string) => text.replaceAll('\r\n ', '');

const lines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { record: string; id: string });

describe('NDJSON is the import format', () => {
  test.each(['security-guarantees', 'us-leader-travels'] as const)(
    '%s exported, imported and exported again is the same, byte for byte',
    async (name) => {
      const [here, there] = [await service(), await service()];
      await here.load(sample(name));
      const { text } = await here.get('/v1/events.ndjson');
      const { report } = await there.load(text);
      expect(report).toMatchObject({
        received: lines(text).length,
        rejected: 0,
        stored: true,
      });
      expect((await there.get('/v1/events.ndjson')).text).toBe(text);
      expect((await here.load(text)).report).toMatchObject({
        created: 0,
        updated: 0,
        unchanged: lines(text).length,
      });
    },
  );

  test('what the events of a question need comes first, by id, and nothing else', async () => {
    const here = await service();
    await here.load([
      anActor('atlantis'),
      anActor('borduria'),
      anActor('nobody'),
      anActor('envoy', {
        kind: 'person',
        affiliations: [{ relation: 'represents', to: 'atlantis' }],
      }),
      anActor('teller', { kind: 'institution' }),
      anActor('author'),
      aDocument('draft', { authors: ['author'] }),
      aDocument('answer', { inReplyTo: ['draft'] }),
      aDocument('unasked'),
      anEvent({ id: 'far' }),
      anEvent({ id: 'near', links: [{ relation: 'follows', event: 'far' }] }),
      anEvent({
        id: 'asked',
        date: '2022-02-01',
        participants: [{ actor: 'envoy' }],
        documents: [{ document: 'answer', relation: 'handed-over' }],
        accounts: [{ party: 'teller', stance: 'no-comment-found' }],
        links: [{ relation: 'follows', event: 'near' }],
      }),
      anEvent({ id: 'unasked', participants: [{ actor: 'borduria' }] }),
    ]);
    const { text } = await here.get('/v1/events.ndjson?actor=atlantis');
    expect(lines(text).map(({ record, id }) => `${record} ${id}`)).toEqual([
      'actor atlantis',
      'actor author',
      'actor envoy',
      'actor teller',
      'document answer',
      'document draft',
      'event far',
      'event near',
      'event asked',
    ]);
    const there = await service();
    expect((await there.load(text)).report.rejected).toBe(0);
    const again = await there.get('/v1/events.ndjson?actor=atlantis');
    expect(again.text).toBe(text);
  });

  test('as of an instant it holds what stood then', async () => {
    const here = await service();
    await here.load([anEvent({ id: 'old', title: { en: 'Before' } })]);
    const { json } = await here.get('/v1/events/old');
    await sleep(5);
    await here.load([
      anEvent({ id: 'old', title: { en: 'After' } }),
      anEvent({ id: 'new' }),
    ]);
    const { text } = await here.get(
      `/v1/events.ndjson?asOf=${json.recordedAt}`,
    );
    expect(lines(text)).toMatchObject([{ id: 'old', title: { en: 'Before' } }]);
  });
});

describe('one list, every way to ask for it', () => {
  let one: TestService;
  beforeAll(async () => {
    one = await service();
    await one.load(sample('us-leader-travels'));
  });

  test('Accept is as good as a suffix', async () => {
    const asked = await one.get('/v1/events?type=visit.state', {
      accept: 'application/x-ndjson',
    });
    const named = await one.get('/v1/events.ndjson?type=visit.state');
    expect(asked.headers['content-type']).toBe('application/x-ndjson');
    expect(asked.text).toBe(named.text);
    expect(asked.headers['vary']).toContain('Accept');
    expect(named.headers['content-disposition']).toBe(
      'attachment; filename="events.ndjson"',
    );
  });

  test('it holds what the pages hold, in their order', async () => {
    for (const order of ['asc', 'desc']) {
      const query = `country=FR&from=1990&to=2000&order=${order}`;
      const { text } = await one.get(`/v1/events.ndjson?${query}`);
      const ids = await one.ids(`/v1/events?${query}&limit=500`);
      // Events that these link to stand before them.
      const last = lines(text).slice(-ids.length);
      expect(last.map(({ id }) => id)).toEqual(ids);
    }
  });

  test('it goes on after the last event that came, or from a cursor, without what came first', async () => {
    const all = lines((await one.get('/v1/events.ndjson')).text);
    const at = all.length - 321;
    const { id } = all[at] ?? { id: '' };
    const rest = await one.get(`/v1/events.ndjson?after=${id}`);
    expect(lines(rest.text)).toEqual(all.slice(at + 1));
    const page = await one.get('/v1/events?limit=500');
    const next = await one.get(
      `/v1/events.ndjson?cursor=${page.json.next as string}&limit=3`,
    );
    const events = all.filter(({ record }) => record === 'event');
    expect(lines(next.text)).toEqual(events.slice(500, 503));
  });

  test.each([
    ['actor=macro', 'unknown_value'],
    ['after=nowhere', 'unknown_value'],
    ['after=..', 'unknown_value'],
    ['cursor=x', 'invalid_cursor'],
    ['from=yesterday', 'invalid_parameter'],
    ['limit=501', 'invalid_parameter'],
    ['count=exact', 'unknown_parameter'],
    ['explain=true', 'unknown_parameter'],
  ])('%s is refused before anything is written', async (query, code) => {
    const { status, json, headers } = await one.get(
      `/v1/events.ndjson?${query}`,
    );
    expect(status).toBe(400);
    expect(json.type).toBe(`/problems/${code}`);
    expect(headers['content-disposition']).toBeUndefined();
    const csv = await one.get(`/v1/events.csv?${query}`);
    expect([csv.status, csv.json.type]).toEqual([400, `/problems/${code}`]);
  });

  test.each([
    ['csv', 'text/csv'],
    ['ics', 'text/calendar'],
    ['atom', 'application/atom+xml'],
    ['feed.json', 'application/feed+json'],
    ['geojson', 'application/geo+json'],
    ['jsonld', 'application/ld+json'],
  ])('.%s is what Accept: %s gets', async (suffix, accept) => {
    const query = 'type=visit.state&country=FR&lang=uk';
    const named = await one.get(`/v1/events.${suffix}?${query}`);
    const asked = await one.get(`/v1/events?${query}`, { accept });
    expect(named.status).toBe(200);
    // Feeds name their own address, and are named by it.
    const own = (text: string) =>
      text
        .replaceAll(/events(\.[a-z.]+)?\?/g, '')
        .replace(/urn:uuid:[0-9a-f-]+/, '');
    expect(own(unfolded(asked.text))).toBe(own(unfolded(named.text)));
    expect(asked.headers['content-type']).toBe(named.headers['content-type']);
    expect(named.headers['content-type']).toContain(accept);
  });

  test('CSV is shaped, by Accept too; nothing else is', async () => {
    const query = 'type=visit.state&country=FR';
    const rows = async (url: string, accept = '*/*') =>
      (await one.get(url, { accept })).text.trim().split('\r\n').length - 1;
    const events = await rows(`/v1/events.csv?${query}`);
    const shaped = `${query}&rows=participations&crosswalk=cameo`;
    const parts = await rows(`/v1/events.csv?${shaped}`);
    expect(parts).toBeGreaterThan(events);
    expect(await rows(`/v1/events?${shaped}`, 'text/csv')).toBe(parts);
    for (const accept of ['application/json', 'text/calendar']) {
      const { status, json } = await one.get(`/v1/events?${shaped}`, {
        accept,
      });
      expect([status, json.errors[0].parameter]).toEqual([400, 'rows']);
    }
    const ics = await one.get('/v1/events.ics?rows=participations');
    expect(ics.json.type).toBe('/problems/unknown_parameter');
  });

  test('feeds begin with the newest and lead on; all pages together hold the list', async () => {
    const ids: string[] = [];
    let url: string | null = '/v1/events.feed.json?country=FR&limit=100';
    while (url !== null) {
      const { json, headers } = await one.get(url);
      ids.push(
        ...(json.items as { url: string }[]).map(
          (item) => item.url.split('/').at(-1) ?? '',
        ),
      );
      const next = json.next_url as string | undefined;
      url = next === undefined ? null : next.replace(/^https?:\/\/[^/]+/, '');
      if (url !== null) expect(headers['link']).toContain(url);
    }
    const first = await one.ids('/v1/events?country=FR&limit=500&order=desc');
    expect(ids.slice(0, 500)).toEqual(first);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('a paged format has an ETag, and is not sent again', async () => {
    const url = '/v1/events.ics?country=FR&limit=5';
    const { headers } = await one.get(url);
    const again = await one.get(url, {
      'if-none-match': headers['etag'] ?? '',
    });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('what only JSON can tell is refused by Accept, too', async () => {
    const { status, json } = await one.get('/v1/events?count=exact', {
      accept: 'application/x-ndjson',
    });
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ parameter: 'count' }]);
  });

  test('HEAD reads nothing', async () => {
    const { exports } = one.database;
    // The export of the test before may still be letting go.
    await eventually(() => exports.totalCount === exports.idleCount);
    const head = async (url: string, accept = '*/*') =>
      one.app.inject({ method: 'HEAD', url, headers: { accept } });
    expect((await head('/v1/events.ndjson')).statusCode).toBe(405);
    const answer = await head('/v1/events', 'application/x-ndjson');
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(exports.totalCount).toBe(exports.idleCount);
  });
});

test('an event that was removed is cancelled for those who subscribe', async () => {
  const one = await service();
  const writer = await aWriter(one);
  await one.load([
    anActor('france'),
    anActor('russia'),
    anEvent({ id: 'stays', participants: [{ actor: 'france' }] }),
    anEvent({ id: 'goes', participants: [{ actor: 'france' }] }),
    anEvent({ id: 'other', participants: [{ actor: 'russia' }] }),
  ]);
  const url = '/v1/events.ics?actor=france';
  expect((await one.get(url)).text).not.toContain('STATUS:CANCELLED');
  for (const id of ['goes', 'other'])
    expect(
      (await writer.send('DELETE', `/v1/events/${id}?reason=mistake`)).status,
    ).toBe(204);
  const { text } = await one.get(url);
  const entries = text.split('BEGIN:VEVENT').slice(1);
  expect(
    entries.map((entry) => [
      /UID:([^@]+)@/.exec(entry)?.[1],
      /SEQUENCE:(\d+)/.exec(entry)?.[1],
      /STATUS:(\w+)/.exec(entry)?.[1],
    ]),
  ).toEqual([
    ['stays', '1', 'CONFIRMED'],
    ['goes', '2', 'CANCELLED'],
  ]);
});

test('merged is cancelled; made again, or standing as of then, is not', async () => {
  const one = await service();
  const writer = await aWriter(one, { scope: 'admin' });
  const participants = [{ actor: 'france' }];
  await one.load([
    anActor('france'),
    ...['again', 'left', 'into'].map((id) => anEvent({ id, participants })),
  ]);
  const url = '/v1/events.ics?actor=france';
  const entries = async (query = '') =>
    (await one.get(`${url}${query}`)).text
      .split('BEGIN:VEVENT')
      .slice(1)
      .map((entry) =>
        [/UID:([^@]+)@/, /STATUS:(\w+)/]
          .map((pattern) => pattern.exec(entry)?.[1])
          .join(' '),
      )
      .sort();
  const before = await entries();
  const then = new Date().toISOString();
  await writer.send('DELETE', '/v1/events/again?reason=mistake');
  await writer.put(anEvent({ id: 'again', participants }));
  await writer.send('POST', '/v1/events/left/merge', {
    body: { into: 'into' },
  });
  expect(await entries()).toEqual([
    'again CONFIRMED',
    'into CONFIRMED',
    'left CANCELLED',
  ]);
  expect(await entries(`&asOf=${then}`)).toEqual(before);
});

describe('while others write, leave and dawdle', () => {
  let one: TestService;
  let port: number;
  const events = Array.from({ length: 4000 }, (_, index) =>
    anEvent({
      id: `e${String(index).padStart(5, '0')}`,
      summary: {
        // Not to be squeezed: what a slow reader leaves unread must not fit into the buffers of the system.
        en: createHash('sha512').update(String(index)).digest('hex').repeat(20),
      },
    }),
  );
  beforeAll(async () => {
    one = await service();
    await one.load(events);
    await one.app.listen({ port: 0, host: '127.0.0.1' });
    port = (one.app.server.address() as AddressInfo).port;
  });

  /** Asks for everything and reads no more than what comes first. */
  async function begin(): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /v1/events.ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise<void>((resolve) =>
      socket.once('data', () => {
        socket.pause();
        resolve();
      }),
    );
    return socket;
  }

  async function rest(socket: Socket): Promise<string> {
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    socket.resume();
    while (!text.endsWith('\r\n0\r\n\r\n')) await sleep(10);
    socket.destroy();
    return text;
  }

  const running = () =>
    one.database.exports.totalCount - one.database.exports.idleCount;

  test('an export is of one moment', async () => {
    const socket = await begin();
    await one.load([
      anEvent({ id: 'e03999', title: { en: 'Written meanwhile' } }),
      anEvent({ id: 'e99999', title: { en: 'Written meanwhile' } }),
    ]);
    const text = await rest(socket);
    expect(text).toContain('Event e03999');
    expect(text).not.toContain('Written meanwhile');
    expect((await one.get('/v1/events.ndjson')).text).toContain('e99999');
  });

  test('whoever goes away frees the connection and ends the query within a second', async () => {
    const socket = await begin();
    expect(running()).toBe(1);
    socket.destroy();
    const left = Date.now();
    await eventually(() => running() === 0);
    expect(Date.now() - left).toBeLessThan(1000);
    const { rows } = await one.database.pool.query(
      `select count(*) as busy from pg_stat_activity
       where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()`,
    );
    expect(rows).toEqual([{ busy: 0 }]);
  });

  test('slow readers take nothing from a page, and one too many is told so', async () => {
    const most = one.database.exports.options.max;
    const sockets = [];
    for (let index = 0; index < most; index++) sockets.push(await begin());
    expect((await one.get('/v1/events?limit=50')).status).toBe(200);
    const { status, json, headers } = await one.get('/v1/events.ndjson');
    expect([status, json.type]).toEqual([503, '/problems/too_busy']);
    expect(headers['retry-after']).toBeDefined();
    for (const socket of sockets) socket.destroy();
    await eventually(() => running() === 0);
    expect((await one.get('/v1/events.ndjson')).status).toBe(200);
  });

  test('a connection that the database ends breaks the answer off, and nothing else', async () => {
    const socket = await begin();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    // While it runs a statement it is not idle: it becomes so when the reader has not read for a while.
    await eventually(async () => {
      const { rowCount } = await one.database.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and state = 'idle in transaction'`,
      );
      return (rowCount ?? 0) > 0;
    });
    socket.resume();
    await closed;
    expect((await one.get('/v1/events.ndjson')).status).toBe(200);
  });
});
