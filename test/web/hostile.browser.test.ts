import type { Page } from 'playwright-core';
import { anActor, aDocument, anEvent } from '../support/builders.ts';
import { startExplorer, type TestExplorer } from '../support/explorer.ts';

let explorer: TestExplorer;

const MARKUP = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`;
const CLOSING = `"'></bdi></title><svg onload=window.pwned=1>{{7*7}}\${7*7}`;
const HEBREW = 'שלום (1) <b>a</b>';

const title = { en: `Event ${MARKUP}`, uk: `Подія ${CLOSING}`, he: HEBREW };

beforeAll(async () => {
  explorer = await startExplorer();
  const { rejected } = await explorer.service.load([
    anActor('evil', {
      names: [
        { lang: 'en', value: `Evil ${MARKUP}` },
        { lang: 'he', value: HEBREW },
      ],
    }),
    anActor('worse', { names: [{ lang: 'en', value: CLOSING }] }),
    aDocument('paper', {
      title: { en: MARKUP },
      date: '2022-01-28',
      sources: [{ title: MARKUP }],
    }),
    anEvent({
      id: 'hostile',
      title,
      dateText: MARKUP,
      summary: { en: `${MARKUP} ${CLOSING}` },
      places: [{ name: { en: MARKUP } }],
      topics: ['x'],
      participants: [
        { actor: 'evil', as: { en: CLOSING }, onBehalfOf: 'worse' },
        { actor: 'worse', name: { en: MARKUP } },
      ],
      documents: [{ document: 'paper', relation: 'cited' }],
      accounts: [
        { party: 'evil', stance: 'asserts', text: { en: MARKUP }, source: 0 },
      ],
      sources: [
        {
          title: MARKUP,
          publisher: CLOSING,
          url: `https://example.org/?a='onclick='window.pwned=1&b=javascript:window.pwned=1`,
        },
        { title: 'javascript:window.pwned=1' },
      ],
    }),
    anEvent({
      id: 'cited',
      title: { en: 'Plain' },
      links: [{ relation: 'responds-to', event: 'hostile' }],
      participants: [{ actor: 'evil' }],
    }),
  ]);
  expect(rejected).toEqual([]);
}, 120_000);
afterAll(() => explorer?.stop(), 30_000);

/** Nothing ran, nothing became an element, nothing was asked elsewhere, and the policy was not even needed. */
async function unharmed(page: Page, faults: string[]): Promise<void> {
  expect(await page.evaluate('window.pwned')).toBeUndefined();
  expect(
    await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((one) =>
          one.matches(
            'img, script:not([src^="/explorer/"]), b, [onerror], [onload], [onclick], [onmouseover], a[href^="javascript:" i], iframe, object',
          ),
        )
        .map((one) => one.outerHTML),
    ),
  ).toEqual([]);
  expect(faults).toEqual([]);
}

test.each([
  ['the card', '/?event=hostile', '#card .copies'],
  ['the card in Ukrainian', '/?event=hostile&hl=uk', '#card .copies'],
  ['a chain with it', '/?event=cited', '#card .chain'],
  ['the list and the lanes', '/?actor=evil', '.list [data-row]'],
  ['the ledger', '/?ledger=evil,worse', '#ledger dl'],
  [
    'the drawer',
    `/?open=take-away&q=${encodeURIComponent(MARKUP)}`,
    '#take-away pre',
  ],
])('what is hostile in the record is text in %s', async (_, path, seen) => {
  const { page, faults, close } = await explorer.open(path);
  try {
    await page.locator(seen).first().waitFor();
    await page.waitForLoadState('networkidle');
    await unharmed(page, faults);
  } finally {
    await close();
  }
});

test('it is shown as it was written', async () => {
  const { page, close } = await explorer.open('/?event=hostile&hl=en');
  try {
    await page.locator('#card .copies').waitFor();
    expect(await page.locator('#card h2').textContent()).toBe(title.en);
    const card = (await page.locator('#card').textContent()) ?? '';
    for (const text of [title.uk, HEBREW, CLOSING])
      expect(card).toContain(text);
    // Right-to-left text stands apart: it cannot turn round what is written beside it.
    const hebrew = page.locator('#card .original bdi[lang=he]');
    expect(await hebrew.textContent()).toBe(HEBREW);
  } finally {
    await close();
  }
});

test.each([
  ['a name typed', '/', 'typed'],
  [
    'an actor asked for',
    `/?actor=${encodeURIComponent(MARKUP)}`,
    '.notice.problem',
  ],
  [
    'a parameter nobody knows',
    `/?x=${encodeURIComponent(MARKUP)}&${encodeURIComponent(CLOSING)}=1`,
    '.notice.warning',
  ],
  [
    'an event asked for',
    `/?event=${encodeURIComponent(`../${MARKUP}`)}`,
    '#card .refusal',
  ],
  [
    'a ledger asked for',
    `/?ledger=${encodeURIComponent(CLOSING)},evil`,
    '#ledger .refusal',
  ],
  ['words asked for', `/?q=${encodeURIComponent(MARKUP)}`, '.given, .notice'],
])('what is hostile in the address is text: %s', async (_, path, seen) => {
  const { page, faults, close } = await explorer.open(path);
  try {
    if (seen === 'typed') {
      await page.locator('#search').fill(CLOSING);
      await page.locator('#candidates li').first().waitFor();
    } else await page.locator(seen).first().waitFor();
    await unharmed(
      page,
      faults.filter((fault) => !/status of 4\d\d/.test(fault)),
    );
  } finally {
    await close();
  }
});

test('a source that is no address of the web is refused by the record', async () => {
  const { rejected } = await explorer.service.load(
    [anEvent({ id: 'run', sources: [{ url: 'javascript:alert(1)' }] })],
    { keepGoing: true },
  );
  expect(rejected).toHaveLength(1);
});

test('a bidi override is refused by the record, and one in the address turns nothing round', async () => {
  const { rejected } = await explorer.service.load(
    [anEvent({ id: 'turned', title: { en: 'a\u202eb' } })],
    { keepGoing: true },
  );
  expect(rejected).toHaveLength(1);
  const { page, close } = await explorer.open('/?q=a%E2%80%AEb');
  try {
    const chip = page.locator('.given bdi').first();
    await chip.waitFor();
    expect(
      await chip.evaluate((one) => getComputedStyle(one).unicodeBidi),
    ).toBe('isolate');
  } finally {
    await close();
  }
});

test('the policy of the page lets nothing in that is not its own', async () => {
  const { page, close } = await explorer.open('/');
  try {
    const answer = await page.request.get('/', {
      headers: { accept: 'text/html' },
    });
    const policy = answer.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|data:|https?:/);
    expect(answer.headers()['referrer-policy']).toBe('no-referrer');
    expect(answer.headers()['x-content-type-options']).toBe('nosniff');
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.pwned = 1';
      document.body.append(script);
      const elsewhere = await fetch('https://example.org/').catch(() => null);
      return [Reflect.get(window, 'pwned'), elsewhere];
    });
    expect(ran).toEqual([undefined, null]);
  } finally {
    await close();
  }
});
