import { anEvent } from '../support/builders.ts';
import { eventually } from '../support/command.ts';
import { cloneDatabase } from '../support/database.ts';
import {
  faultyNetwork,
  type FaultyNetwork,
} from '../support/faulty-network.ts';
import { holdTable } from '../support/held-table.ts';
import { startService, type TestService } from '../support/service.ts';
import { aWriter, type Writer } from '../support/writing.ts';

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let network: FaultyNetwork;
let service: TestService;
let writer: Writer;

beforeAll(async () => {
  clone = await cloneDatabase();
  network = await faultyNetwork(clone.url);
  service = await startService({ at: network.url });
  writer = await aWriter(service);
});

afterAll(async () => {
  await service?.stop();
  await network?.close();
  await clone?.drop();
});

afterEach(() => network.heal());

const enter = async (id: string) =>
  writer.send('POST', '/v1/events', {
    body: anEvent({ id }),
    headers: { 'idempotency-key': id },
  });

test('19: with a database whose packets get lost reads and writes are told so in time, and all is well when they come again', async () => {
  expect((await enter('before')).status).toBe(201);
  expect((await service.get('/v1/events')).status).toBe(200);
  network.drop();
  for (const ask of [
    async () => service.get('/v1/events'),
    async () => enter('lost'),
    async () => service.get('/readyz'),
  ]) {
    const began = Date.now();
    const { status, headers } = await ask();
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    // Four on a quiet machine.
    expect(Date.now() - began).toBeLessThan(9000);
  }
  expect((await service.get('/healthz')).status).toBe(200);
  network.heal();
  await eventually(async () => (await service.get('/readyz')).status === 200);
  await eventually(
    async () => (await service.get('/v1/events')).status === 200,
  );
  expect((await enter('lost')).status).toBe(201);
  expect(await service.ids('/v1/events')).toEqual(['before', 'lost']);
}, 60_000);

test('19: a write on whose way the packets get lost is given up, and the same key enters it once', async () => {
  const events = await holdTable(clone.url, 'event_version');
  const answer = enter('amid');
  await eventually(async () => (await events.waiting()) > 0);
  network.drop();
  const began = Date.now();
  const { status, headers } = await answer;
  expect([status, headers['retry-after']]).toEqual([503, '1']);
  expect(Date.now() - began).toBeLessThan(9000);
  network.heal();
  await events.release();
  await eventually(async () => (await enter('amid')).status === 201);
  const { json } = await service.get('/v1/changes?limit=500');
  const told = (json.data as { id: string }[]).filter(
    ({ id }) => id === 'amid',
  );
  expect(told).toHaveLength(1);
}, 60_000);
