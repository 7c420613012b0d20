import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { cloneDatabase } from '../support/database.ts';
import { type Listening, listenOn, opened } from '../support/listening.ts';

// Fault 59: two thousand follow the changes, and the connection that listens for them is lost. Five hundred here: they and
// the server share a process.
const FOLLOWERS = 500;
const HEARTBEAT = 4000;

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let server: Listening;
beforeAll(async () => {
  clone = await cloneDatabase();
  server = await listenOn(clone.url, {
    mostFollowers: FOLLOWERS,
    heartbeat: HEARTBEAT,
  });
});
afterAll(async () => {
  await clone.drop();
});

interface Follower {
  socket: Socket;
  text: string;
}

async function follow(): Promise<Follower> {
  const socket = await opened(
    server.port,
    'GET /v1/changes HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n',
  );
  const follower = { socket, text: '' };
  socket.on('data', (chunk) => (follower.text += chunk.toString()));
  return follower;
}

async function enter(id: string): Promise<void> {
  await server.database.writes.query(
    `insert into change (record, id, revision, change, at, by, reason) values ('event', $1, 1, 'created', now(), null, null)`,
    [id],
  );
  await server.database.writes.query('notify changes');
}

/** Until each of them was told something, or so many milliseconds have passed. */
async function told(
  followers: readonly Follower[],
  what: string,
  milliseconds: number,
): Promise<number> {
  const toldTo = () =>
    followers.filter(({ text }) => text.includes(what)).length;
  for (const end = Date.now() + milliseconds; Date.now() < end;)
    if (toldTo() === followers.length) break;
    else await sleep(50);
  return toldTo();
}

async function listeners(): Promise<number[]> {
  const { rows } = await server.database.pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and application_name = 'diplomatic-events changes'`,
  );
  return rows.map(({ pid }) => pid);
}

/** How often the log of changes was looked at so far. */
function countLooks(): () => number {
  const query = jest.spyOn(server.database.pool, 'query');
  return () =>
    query.mock.calls.filter(([statement]) =>
      (statement as unknown as { text?: string }).text?.includes(
        'from change where',
      ),
    ).length;
}

test('59: one connection listens for all, one statement looks for all, what was missed is caught up, and further ones get 503', async () => {
  const followers: Follower[] = [];
  for (let at = 0; at < FOLLOWERS; at += 50)
    followers.push(
      ...(await Promise.all(Array.from({ length: 50 }, () => follow()))),
    );
  expect(await told(followers, '200 OK', 10_000)).toBe(FOLLOWERS);
  const [listening, ...others] = await listeners();
  expect(others).toEqual([]);

  const further = await follow();
  expect(await told([further], '/problems/too_busy', 5000)).toBe(1);
  expect(further.text).toMatch(/^HTTP\/1\.1 503 [^]*\r\nretry-after: \d/i);
  further.socket.destroy();

  const looks = countLooks();
  await enter('one');
  expect(await told(followers, '"id" : "one"', 10_000)).toBe(FOLLOWERS);
  // One for the place they stood at, one for where they stand now; and those of the quiet meanwhile.
  expect(looks()).toBeLessThan(20);

  await server.database.pool.query('select pg_terminate_backend($1)', [
    listening,
  ]);
  await enter('two');
  await enter('three');
  expect(await told(followers, '"id" : "three"', 10_000)).toBe(FOLLOWERS);
  for (const { text } of followers)
    expect(text.match(/"id" : "(\w+)"/g)).toEqual([
      '"id" : "one"',
      '"id" : "two"',
      '"id" : "three"',
    ]);
  const [again, ...more] = await listeners();
  expect(more).toEqual([]);
  expect(again).not.toBe(listening);

  expect(await told(followers, ': still here', HEARTBEAT + 6000)).toBe(
    FOLLOWERS,
  );
  const stopped = server.stop();
  expect(await told(followers, 'event: end\ndata: {', 8000)).toBe(FOLLOWERS);
  await stopped;
}, 60_000);
