import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import { startExplorer, type TestExplorer } from '../support/explorer.ts';
import { sample } from '../support/service.ts';

let explorer: TestExplorer;
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

beforeAll(async () => {
  explorer = await startExplorer();
  await explorer.service.load(sample('security-guarantees'));
}, 120_000);
afterAll(() => explorer?.stop(), 30_000);

const PARTS: readonly [part: string, path: string, seen: string][] = [
  ['the lanes and the list', '/?actor=russia', '.list [data-row]'],
  [
    'the card',
    '/?event=call-macron-putin-2022-01-28',
    '#card .chain, #card .copies',
  ],
  ['the drawer', '/?open=take-away&actor=russia', '#take-away pre'],
  ['the ledger', '/?ledger=france,russia', '#ledger .years'],
  ['the help', '/?open=help', '#help .keys'],
  ['an empty result', '/?actor=macron&type=handover', '.notice.empty li'],
];

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  test.each(PARTS)('axe finds nothing serious in %s', async (_, path, seen) => {
    const { page, faults, close } = await explorer.open(
      `${path}${path.includes('?') ? '&' : '?'}theme=${theme}`,
    );
    try {
      await page.locator(seen).first().waitFor();
      // Not as a script of the page: its policy lets none in.
      await page.evaluate(axe);
      const { violations } = await page.evaluate<AxeResults>(
        'axe.run(document, { resultTypes: ["violations"] })',
      );
      const serious = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes.map(
            ({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`,
          ),
        );
      expect(serious).toEqual([]);
      expect(faults).toEqual([]);
    } finally {
      await close();
    }
  });
});

test.each([
  [1280, 800],
  [390, 844],
])(
  'at %s px nothing is wider than the page, card open or not',
  async (width, height) => {
    for (const path of [
      '/?actor=russia',
      '/?event=call-macron-putin-2022-01-28',
      '/?open=take-away&actor=russia',
    ]) {
      const { page, close } = await explorer.open(path, {
        viewport: { width, height },
      });
      try {
        await page.locator('.list [data-row]').first().waitFor();
        const wide = await page.evaluate(() =>
          Math.max(
            document.documentElement.scrollWidth,
            ...[...document.querySelectorAll('.panel')].map(
              (one) => one.scrollWidth,
            ),
          ),
        );
        expect([path, wide <= width]).toEqual([path, true]);
      } finally {
        await close();
      }
    }
  },
);

test('every text of the record has its language, and names stand apart from the text around them', async () => {
  const { page, close } = await explorer.open(
    '/?event=call-macron-putin-2022-01-28&hl=en',
  );
  try {
    await page.locator('#card .chain').waitFor();
    const original = page.locator('#card .original bdi').first();
    expect(await original.getAttribute('lang')).toBe('uk');
    const capacity = page.locator('#card .capacity bdi').first();
    expect(await capacity.getAttribute('lang')).toBe('uk');
    expect(await capacity.textContent()).toBe('президент Франції');
  } finally {
    await close();
  }
});
