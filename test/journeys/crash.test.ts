import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startEmbedded } from '../../src/storage/embedded.ts';
import { anActor, anEvent, tied } from '../support/builders.ts';
import {
  eventually,
  killCommands,
  runCommand,
  type Running,
  startCommand,
} from '../support/command.ts';
import { postmasterOf, signal } from '../support/signals.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'events-crash-'));
const env = { DATA_DIR: dataDir, SAMPLES: 'off' };

afterAll(async () => {
  await killCommands();
  rmSync(dataDir, { recursive: true, force: true });
});

let service: Running;
let address = '';
let authorization = '';

async function start(): Promise<void> {
  service = startCommand(['serve', '--port', '0'], { env, cwd: dataDir });
  address = (await service.says(/listening at (\S+)/))[1] ?? '';
}

interface Written {
  id: string;
  revision: number;
}

/** Asks until there is an answer that is no "not now"; whoever was killed meanwhile is waited for. */
async function insist(
  method: string,
  path: string,
  payload?: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  for (;;) {
    try {
      const answer = await fetch(`${address}${path}`, {
        method,
        headers: {
          authorization,
          ...(payload === undefined
            ? {}
            : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
        signal: AbortSignal.timeout(5000),
      });
      if (answer.status === 503) throw new Error('not now');
      return answer;
    } catch {
      failures++;
      await sleep(50);
    }
  }
}

let failures = 0;
const over = new AbortController();
const acknowledged: Written[] = [];
const refused: string[] = [];

async function acknowledge(answer: Response): Promise<void> {
  if (answer.ok) acknowledged.push((await answer.json()) as Written);
  else refused.push(`${answer.status} ${await answer.text()}`);
}

/** Enters events with idempotency keys, revises some, and changes the ties of an actor, which derives events anew. */
async function writer(number: number): Promise<void> {
  for (let turn = 0; !over.signal.aborted; turn++) {
    const event = anEvent({
      id: `c-${number}-${turn}`,
      participants: [{ actor: 'france' }, { actor: `state-${number}` }],
    });
    await acknowledge(
      await insist('POST', '/v1/events', event, {
        'idempotency-key': `key-${number}-${turn}`,
      }),
    );
    const path =
      turn % 5 === 0 ? `/v1/actors/state-${number}` : `/v1/events/${event.id}`;
    const patch =
      turn % 5 === 0
        ? {
            affiliations:
              turn % 2 === 0 ? [] : [{ relation: 'member-of', to: 'league' }],
          }
        : { title: { en: `Revised ${turn}` } };
    if (turn % 3 === 1) continue;
    for (;;) {
      const { headers } = await insist('GET', path);
      const answer = await insist('PATCH', path, patch, {
        'if-match': headers.get('etag') ?? '',
      });
      // It was kept, and the answer was lost with the server.
      if (answer.status === 412) continue;
      await acknowledge(answer);
      break;
    }
  }
}

/** What a follower of the changes has seen, over all crashes. */
async function follower(seen: Written[], ended: () => boolean): Promise<void> {
  for (let after = ''; ;) {
    const last = ended();
    const answer = await insist('GET', `/v1/changes?limit=50${after}`);
    const { data, next } = (await answer.json()) as {
      data: Written[];
      next: string;
    };
    seen.push(...data);
    after = `&after=${next}`;
    if (data.length > 0) continue;
    if (last) return;
    await sleep(20);
  }
}

function nameOf({ id, revision }: Written): string {
  return `${id} ${revision}`;
}

test('a service and a PostgreSQL killed in the middle of writes lose nothing that was acknowledged, keep nothing by halves, and tell each change once', async () => {
  const key = await runCommand(
    ['keys', 'create', '--name', 'desk', '--scope', 'editor'],
    { env, cwd: dataDir },
  );
  expect(key).toMatchObject({ code: 0 });
  authorization = `Bearer ${key.out.trim()}`;
  await start();
  for (const actor of [
    anActor('league', { kind: 'organization' }),
    anActor('france'),
    ...[0, 1, 2, 3].map((n) =>
      tied('state', `state-${n}`, ['member-of', 'league', '1950', null]),
    ),
  ])
    await acknowledge(await insist('PUT', `/v1/actors/${actor.id}`, actor));

  const seen: Written[] = [];
  let written = false;
  const following = follower(seen, () => written);
  const writing = Promise.all([0, 1, 2, 3].map(writer));
  const more = async (): Promise<void> => {
    const before = acknowledged.length;
    // Each takes a new start and a commit on a disk that others use too.
    await eventually(() => acknowledged.length > before + 30, 30);
  };
  for (const victim of ['service', 'postgres', 'service', 'postgres']) {
    await more();
    const before = failures;
    if (victim === 'service') {
      service.child.kill('SIGKILL');
      await service.ended;
      await start();
    } else {
      signal(postmasterOf(join(dataDir, 'postgres')), 'SIGKILL');
      await eventually(() => failures > before);
    }
  }
  await more();
  over.abort();
  await writing;
  written = true;
  await following;

  expect(refused).toEqual([]);
  const told = new Set(seen.map(nameOf));
  expect(told.size).toBe(seen.length);
  expect(acknowledged.map(nameOf).filter((one) => !told.has(one))).toEqual([]);

  const { url } = await startEmbedded({ dataDir, ifRunning: 'join' });
  const client = new Client(url);
  await client.connect();
  try {
    const log = await client.query<Written>(
      'select id, revision from change order by position',
    );
    expect(seen.map(nameOf)).toEqual(log.rows.map(nameOf));
    const faults = await client.query<{ fault: string }>(`
      select 'no change: ' || id || ' ' || revision as fault from event_version v
        where not exists (select from change c where c.record = 'event' and c.id = v.id and c.revision = v.revision)
      union all select 'no version: ' || id || ' ' || revision from change c
        where record = 'event' and not exists (select from event_version v where v.id = c.id and v.revision = c.revision)
      union all select 'no actor version: ' || id || ' ' || revision from change c
        where record = 'actor' and not exists (select from actor_version v where v.id = c.id and v.revision = c.revision)
      union all select 'participants: ' || id || ' ' || revision from event_version v
        where (select count(*) from event_actor a where a.event_key = v.key and a.scope = 0
          and a.superseded_at is not distinct from v.superseded_at) <> 2
      union all select 'gap: ' || id from event_version group by id having max(revision) <> count(*)
      union all select 'standing: ' || id from event_version where superseded_at is null group by id having count(*) <> 1
      union all select 'standing: ' || id from actor_version where superseded_at is null group by id having count(*) <> 1
      union all select 'unanswered: ' || key from idempotency_key where answer is null
      union all select 'twice: ' || min(id) from event_version where revision = 1 group by id having count(*) <> 1`);
    expect(faults.rows).toEqual([]);
  } finally {
    await client.end();
  }
  service.child.kill('SIGTERM');
  expect(await service.ended).toMatchObject({ code: 0 });
}, 90_000);
