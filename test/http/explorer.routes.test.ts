import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { startService, type TestService } from '../support/service.ts';

const BROWSER =
  'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const MOST_JAVASCRIPT = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'events-explorer-'));
let service: TestService;

beforeAll(async () => {
  execFileSync(process.execPath, ['src/web/build.mjs', folder]);
  service = await startService({ explorer: folder });
});
afterAll(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const inject = (url: string, headers: Record<string, string> = {}) =>
  service.app.inject({ method: 'GET', url, headers });

describe('the front page', () => {
  test.each([
    undefined,
    '*/*',
    'application/json',
    'application/json, text/html;q=0.9',
  ])('is an index of links for who accepts %s', async (accept) => {
    const answer = await inject('/', accept === undefined ? {} : { accept });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers.vary).toContain('Accept');
    expect(answer.json().links.events).toBe('/v1/events');
  });

  test('is the explorer for a browser, whatever its address asks', async () => {
    for (const url of ['/', '/?actor=russia&event=x&colour=7']) {
      const answer = await inject(url, { accept: BROWSER });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-cache',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      expect(answer.headers.vary).toContain('Accept');
      expect(answer.body).toBe(
        readFileSync(join(folder, 'index.html'), 'utf8'),
      );
    }
  });

  test('lets nothing in but its own files, and nothing inline', async () => {
    const answer = await inject('/', { accept: BROWSER });
    const policy = String(answer.headers['content-security-policy']).split(
      '; ',
    );
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.join()).not.toMatch(/unsafe|data:|https?:|\*/);
    expect(answer.body).not.toMatch(
      /<script(?![^>]* src=)|<style| on\w+=| style=/,
    );
  });

  test('that a browser has already is not sent again', async () => {
    const first = await inject('/', { accept: BROWSER });
    const again = await inject('/', {
      accept: BROWSER,
      'if-none-match': String(first.headers.etag),
    });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    // The index is another answer at the same address.
    const index = await inject('/', {
      'if-none-match': String(first.headers.etag),
    });
    expect(index.statusCode).toBe(200);
  });
});

describe('the files of the explorer', () => {
  const files = () =>
    readdirSync(folder).filter((name) => name !== 'index.html');

  test('are named by the page, and kept for ever', async () => {
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    const named = [...page.matchAll(/(?:src|href)="\/explorer\/([^"]+)"/g)];
    expect(named.map(([, name = '']) => name)).toEqual(
      expect.arrayContaining(files()),
    );
    expect(named).toHaveLength(files().length);
    for (const name of files()) {
      expect(name).toMatch(/-[0-9A-Z]{8}\.(js|css|svg)$/);
      const answer = await inject(`/explorer/${name}`);
      expect(answer.headers['cache-control']).toBe(
        'public, max-age=31536000, immutable',
      );
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.rawPayload.equals(readFileSync(join(folder, name)))).toBe(
        true,
      );
    }
  });

  test('come packed to who unpacks', async () => {
    for (const name of files()) {
      const answer = await inject(`/explorer/${name}`, {
        'accept-encoding': 'gzip, br',
      });
      expect(answer.headers['content-encoding']).toBe('gzip');
      expect(answer.headers.vary).toContain('Accept-Encoding');
      expect(
        gunzipSync(answer.rawPayload).equals(readFileSync(join(folder, name))),
      ).toBe(true);
    }
  });

  test.each([
    '/explorer/',
    '/explorer/index.html',
    '/explorer/../package.json',
    '/explorer/page.js',
  ])('there is nothing at %s', async (url) => {
    expect((await inject(url)).statusCode).toBe(404);
  });

  test('are not more than 60 kB of JavaScript, packed', () => {
    const scripts = files().filter((name) => name.endsWith('.js'));
    const sizes = scripts.map(
      (name) => gzipSync(readFileSync(join(folder, name))).length,
    );
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(
      MOST_JAVASCRIPT,
    );
  });
});

test('where the explorer was not built everybody gets the index', async () => {
  const bare = await startService();
  try {
    const { json } = await bare.get('/', { accept: BROWSER });
    expect(json.name).toBe('diplomatic-events');
  } finally {
    await bare.stop();
  }
});
