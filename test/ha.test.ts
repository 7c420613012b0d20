import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { settings } from '../src/config.ts';

// What these files do is rehearsed by `npm run test:ha`, which takes minutes, and packages of the system.

const read = (name: string): string =>
  readFileSync(`deploy/ha/${name}`, 'utf8');

/** The names that a file of NAME=value lines sets. */
const namesIn = (name: string): string[] =>
  [...read(name).matchAll(/^([A-Z0-9_]+)=/gm)].map(([, found = '']) => found);

const {
  bootstrap: { dcs },
} = parse(read('patroni.yml')) as {
  bootstrap: {
    dcs: Record<string, unknown> & {
      ttl: number;
      loop_wait: number;
      retry_timeout: number;
      postgresql: { parameters: Record<string, string | number> };
    };
  };
};

test('Patroni lets nothing be acknowledged that one node alone has, and goes on without its lock service', () => {
  expect(dcs).toMatchObject({
    synchronous_mode: true,
    synchronous_mode_strict: true,
    failsafe_mode: true,
  });
  expect(dcs.postgresql.parameters['synchronous_commit']).toBe('on');
  // Patroni's own rule; a primary would lose its lock while it still tries to keep it.
  expect(dcs.loop_wait + 2 * dcs.retry_timeout).toBeLessThanOrEqual(dcs.ttl);
});

test('the lock is kept where Debian 12’s Patroni compares before it writes, and etcd has that open', () => {
  expect(namesIn('node.env')).toContain('PATRONI_ETCD_HOSTS');
  expect(namesIn('node.env')).not.toContain('PATRONI_ETCD3_HOSTS');
  expect(read('etcd.env')).toMatch(/^ETCD_ENABLE_V2=true$/m);
});

test('what HAProxy reads from its environment is set there, and nothing else', () => {
  const asked = [...read('haproxy.cfg').matchAll(/\$\{(\w+)\}/g)];
  const names = new Set(asked.map(([, name = '']) => name));
  expect([...names, 'EXTRAOPTS'].sort()).toEqual(namesIn('haproxy.env').sort());
});

test('HAProxy asks Patroni for the primary, and the service whether it is alive', () => {
  const [, primary = '', service = ''] = read('haproxy.cfg').split(/^listen /m);
  expect(primary).toMatch(/http-check send meth OPTIONS uri \/primary\n/);
  expect(service).toMatch(/option httpchk GET \/healthz\n/);
  expect(read('haproxy.cfg')).toMatch(/on-marked-down shutdown-sessions/);
});

test('a server of the service is given only settings it has, and no password but one to be replaced', () => {
  const known = settings.map(({ name }): string => name);
  expect(namesIn('service.env').filter((one) => !known.includes(one))).toEqual(
    [],
  );
  expect(namesIn('service.env')).toContain('DATABASE_URL');
  for (const file of ['service.env', 'node.env'])
    for (const [, secret] of read(file).matchAll(
      /(?:PASSWORD=|:)([^:@\s/]+)(?:@|$)/gm,
    ))
      if (!/^\d+$/.test(secret ?? '')) expect(secret).toBe('replace-me');
});

test('two servers of the service have connections enough on one primary', () => {
  const most = (name: string) =>
    Number(settings.find((one) => one.name === name)?.default);
  // Reads and exports; counting, writes, the state, the probe and the signal have a dozen of their own.
  const each = most('DATABASE_CONNECTIONS') + most('EXPORTS') + 12;
  expect(
    Number(dcs.postgresql.parameters['max_connections']),
  ).toBeGreaterThanOrEqual(2 * each);
});
