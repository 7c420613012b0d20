import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import ICAL from 'ical.js';
import { anActor, anEvent } from '../support/builders.ts';
import { administer } from '../support/database.ts';
import { startExplorer, type TestExplorer } from '../support/explorer.ts';
import { sample } from '../support/service.ts';

const run = promisify(execFile);
let explorer: TestExplorer;

beforeAll(async () => {
  explorer = await startExplorer();
  await explorer.service.load(sample('security-guarantees'));
  await explorer.service.load(sample('us-leader-travels'));
  await explorer.service.database.pool.query('analyze');
}, 120_000);
afterAll(() => explorer?.stop(), 30_000);

/** Opens the page, lets a journey happen on it, and holds that nothing went wrong meanwhile. */
async function journey(
  path: string,
  travel: (page: Page) => Promise<void>,
  {
    expected = [],
    ...options
  }: Parameters<TestExplorer['open']>[1] & {
    expected?: RegExp[];
  } = {},
): Promise<void> {
  const { page, faults, close } = await explorer.open(path, options);
  try {
    await travel(page);
    const unexpected = faults.filter(
      (fault) => !expected.some((pattern) => pattern.test(fault)),
    );
    expect(unexpected).toEqual([]);
  } finally {
    await close();
  }
}

/** What the address says now. */
const asked = (page: Page) => new URL(page.url()).searchParams;

/** How many events the API has for a query. */
async function countOf(query: string): Promise<number> {
  const { json } = await explorer.service.get(
    `/v1/events?${query}&limit=1&count=exact`,
  );
  return json.count;
}

/** Types a name and takes the first who may be meant, all from the keyboard. */
async function choose(page: Page, typed: string): Promise<void> {
  await page.keyboard.press('/');
  const answered = page.waitForResponse(
    (response) => new URL(response.url()).searchParams.get('name') === typed,
  );
  await page.keyboard.type(typed);
  await answered;
  await page.locator('#candidate-0 small').waitFor();
  await page.keyboard.press('Enter');
}

/** Waits until the page counts as many events as the API. */
async function counts(page: Page, query: string): Promise<void> {
  const n = await countOf(query);
  const said = `${new Intl.NumberFormat('en').format(n)} event${n === 1 ? '' : 's'}`;
  await page
    .locator('.how-many')
    .filter({ hasText: new RegExp(`^${said}\\b`) })
    .waitFor();
}

describe('filters', () => {
  test.each([
    ['Cyrillic', 'Рябков', 'riabkov'],
    ['Latin', 'Rjabkow', 'riabkov'],
  ])('an actor is found by a name typed in %s', (_, typed, id) =>
    journey('/', async (page) => {
      await choose(page, typed);
      await page.waitForURL((url) => url.searchParams.get('actor') === id);
      await counts(page, `actor=${id}`);
    }),
  );

  test('a type, a status and dates narrow, and each can be left again', () =>
    journey('/?actor=russia', async (page) => {
      await page.getByRole('button', { name: /^handover/ }).click();
      await counts(page, 'actor=russia&type=handover');
      await page.locator('input[name=from]').fill('2022-01-20');
      await page.keyboard.press('Enter');
      await counts(page, 'actor=russia&type=handover&from=2022-01-20');
      await page.getByRole('button', { name: 'certain', exact: true }).click();
      await counts(
        page,
        'actor=russia&type=handover&from=2022-01-20&certainty=certain',
      );
      await page.getByRole('button', { name: /^handover/ }).click();
      await counts(page, 'actor=russia&from=2022-01-20&certainty=certain');
    }));

  test('back and forward go through what was asked', () =>
    journey('/?actor=russia', async (page) => {
      await page.getByRole('button', { name: /^handover/ }).click();
      await counts(page, 'actor=russia&type=handover');
      await page.goBack();
      await counts(page, 'actor=russia');
      await page.goForward();
      await counts(page, 'actor=russia&type=handover');
    }));

  test('an unknown parameter is kept, and told', () =>
    journey('/?actor=russia&colour=red', async (page) => {
      await page.getByRole('alert').getByText('colour=red').waitFor();
      await page.getByRole('button', { name: /^handover/ }).click();
      await counts(page, 'actor=russia&type=handover');
      expect(asked(page).get('colour')).toBe('red');
    }));

  test('nothing found: a hint says which filter to leave out, and one click does', () =>
    journey('/?actor=macron&type=handover', async (page) => {
      await page.getByText('Nothing matches all of this').waitFor();
      await page
        .getByRole('button', { name: /Leave out type=handover/ })
        .click();
      await counts(page, 'actor=macron');
      expect(asked(page).has('type')).toBe(false);
    }));
});

describe('looking', () => {
  test.each([
    ['of which only the end is known', 'actor=russia&from=1500&to=1501'],
    ['that is vaguer than the bars', 'actor=russia&type=signing,call'],
  ])('a date %s stands in the picture of all', (_, query) =>
    journey(`/?${query}`, async (page) => {
      const total = await countOf(query);
      expect(total).toBeGreaterThan(0);
      await page.locator('.head').first().waitFor();
      await page.locator('.list [data-row]').first().waitFor();
      expect(await page.locator('.list [data-row]').count()).toBe(total);
    }),
  );

  test('labels end within the picture, turn where it ends, and lie on no other', () =>
    journey('about:blank', async (page) => {
      await page.addInitScript(() => {
        const labels: [number, number, number][] = [];
        Reflect.set(window, 'labels', labels);
        const { prototype } = CanvasRenderingContext2D;
        prototype.clearRect = new Proxy(Reflect.get(prototype, 'clearRect'), {
          apply(clear, context: CanvasRenderingContext2D, box) {
            labels.length = 0;
            Reflect.apply(clear, context, box);
          },
        });
        prototype.fillText = new Proxy(Reflect.get(prototype, 'fillText'), {
          apply(
            write,
            context: CanvasRenderingContext2D,
            args: [string, number, number],
          ) {
            const [text, x, y] = args;
            const { width } = context.measureText(text);
            const left = context.textAlign === 'right' ? x - width : x;
            // Those of the axis are no labels.
            if (y > 24) labels.push([left, left + width, y]);
            Reflect.apply(write, context, args);
          },
        });
      });
      await page.goto(
        `${explorer.origin}/?actor=russia&window=2021-12-10/2022-02-03`,
      );
      await page.locator('.head').first().waitFor();
      await page.waitForLoadState('networkidle');
      const labels = (await page.evaluate('labels')) as [
        number,
        number,
        number,
      ][];
      const canvas = await page.locator('.lanes canvas').boundingBox();
      expect(labels.length).toBeGreaterThan(10);
      // How long a text is, is guessed by its letters.
      for (const [left, right] of labels) {
        expect(left).toBeGreaterThan(-20);
        expect(right).toBeLessThan((canvas?.width ?? 0) + 20);
      }
      const overlaps = labels.filter(([left, right, y], at) =>
        labels
          .slice(at + 1)
          .some(
            ([from, until, row]) => row === y && from < right && left < until,
          ),
      );
      expect(overlaps).toEqual([]);
    }));

  test('a brush over the histogram is the window, a double click is all', () =>
    journey('/', async (page) => {
      const picture = page.locator('.density svg');
      await picture.waitFor();
      const box = await picture.boundingBox();
      if (box === null) throw new Error('the histogram is not seen');
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x + box.width * 0.8, y);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.9, y, { steps: 4 });
      await page.mouse.up();
      await page.waitForURL((url) => url.searchParams.has('window'));
      const [from, until] = (asked(page).get('window') ?? '').split('/');
      expect(Date.parse(from ?? '')).toBeGreaterThan(Date.parse('1970'));
      expect(Date.parse(until ?? '')).toBeLessThan(Date.parse('2025'));
      await picture.dblclick();
      await page.waitForURL((url) => !url.searchParams.has('window'));
    }));

  test('zoomed in, single events can be seen and the list holds them', () =>
    journey('/?actor=russia&window=2022-01-01/2022-02-01', async (page) => {
      const row = page.getByRole('row', { name: /Macron and Vladimir Putin/ });
      await row.waitFor();
      const before = asked(page).get('window');
      await page.getByRole('button', { name: 'Zoom in' }).click();
      await page.waitForURL((url) => url.searchParams.get('window') !== before);
      const [from = '', until = ''] = (asked(page).get('window') ?? '').split(
        '/',
      );
      expect(Date.parse(until) - Date.parse(from)).toBeLessThan(
        31 * 86_400_000,
      );
    }));

  test('a sign on the canvas is clicked, and its card opens', () =>
    journey('/?actor=macron', async (page) => {
      const canvas = page.locator('canvas');
      await canvas.waitFor();
      await page.waitForFunction(() => {
        const found = document.querySelector('.lanes');
        return found !== null && !found.classList.contains('stale');
      });
      const box = await canvas.boundingBox();
      if (box === null) throw new Error('the lanes are not seen');
      // His first lane, from left to right, until something is under the hand.
      for (let x = 4; x < box.width && !asked(page).has('event'); x += 6)
        for (const y of [36, 52]) await page.mouse.click(box.x + x, box.y + y);
      expect(asked(page).get('event')).not.toBeNull();
      await page.locator('#card').waitFor();
    }));
});

describe('the card', () => {
  const card = '/?event=call-macron-putin-2022-01-28';

  test('is opened from the list, tells who says what and who is silent, and is closed', () =>
    journey('/?actor=macron', async (page) => {
      await page
        .getByRole('link', { name: /Macron and Vladimir Putin/ })
        .click();
      const open = page.getByRole('dialog', { name: /Macron and Vladimir/ });
      await open.getByText("у п'ятницю, 28 січня").waitFor();
      const accounts = open.locator('table.accounts');
      const kremlin = accounts.locator('tbody').filter({ hasText: 'Kremlin' });
      expect(await kremlin.locator('tr.asserts').count()).toBe(3);
      const silence = accounts.locator('tbody').filter({ hasText: 'Élysée' });
      expect(await silence.textContent()).toContain('no comment found');
      await open.getByText('told by one side').waitFor();
      await page.keyboard.press('Escape');
      await open.waitFor({ state: 'detached' });
      expect(asked(page).has('event')).toBe(false);
    }));

  test('tells each title with its language, and which is that of a source', () =>
    journey('/?event=call-macron-putin-2022-01-28', async (page) => {
      await page.locator('#card .original').first().waitFor();
      const titles = await page.locator('#card .original').allTextContents();
      expect(titles.filter((one) => /language of a source/.test(one))).toEqual([
        expect.stringMatching(/^Телефонні перемовини.* Ukrainian · /),
      ]);
      expect(titles.join()).toMatch(/Телефонные переговоры.* Russian/);
    }));

  test('a side that is taking part and of whom nothing is recorded stands there with its silence', () =>
    journey('/?event=handover-us-reply-2022-01-26', async (page) => {
      const { json: event } = await explorer.service.get(
        '/v1/events/handover-us-reply-2022-01-26',
      );
      expect(event.accounts.map((one: { party: string }) => one.party)).toEqual(
        ['kremlin'],
      );
      const silent = page.locator('table.accounts tr.silent');
      await silent.waitFor();
      expect(await silent.allTextContents()).toEqual([
        expect.stringMatching(/^United States.*No account of theirs/),
      ]);
    }));

  test('leads along the chain of replies, and back', () =>
    journey(card, async (page) => {
      const chain = page.locator('#card .chain');
      await chain
        .getByText(/reply to: Draft treaty.*, 40 days later/)
        .first()
        .waitFor();
      await chain
        .getByRole('link', { name: /ambassador handed.*reply of NATO/ })
        .click();
      await page.waitForURL(
        (url) =>
          url.searchParams.get('event') === 'handover-nato-reply-2022-01-26',
      );
      await page.getByRole('dialog', { name: /reply of NATO/ }).waitFor();
      await page.goBack();
      await page.getByRole('dialog', { name: /Macron and Vladimir/ }).waitFor();
    }));

  test('gives a curl command that runs, a citation, JSON and a calendar entry', () =>
    journey(
      card,
      async (page) => {
        await page.locator('#card .copies').waitFor();
        const copied = async (what: string) => {
          await page
            .locator('#card .copies')
            .getByRole('button', { name: what, exact: true })
            .click();
          await page.getByText(`Copied: ${what}`).waitFor();
          return page.evaluate(() => navigator.clipboard.readText());
        };
        const command = await copied('curl');
        const answer = execute(command);
        expect(JSON.parse(await answer)).toMatchObject({
          id: 'call-macron-putin-2022-01-28',
        });
        expect(JSON.parse(await copied('JSON'))).toEqual(
          JSON.parse(await answer),
        );
        expect(await copied('Link')).toBe(`${explorer.origin}${card}`);
        expect(await copied('Citation')).toMatch(
          /^Telephone talks between .*\. 28 January 2022\. .*revision 1\. http.*\)$/,
        );
        const calendar = new ICAL.Component(
          ICAL.parse(await copied('Calendar (.ics)')),
        );
        expect(
          calendar
            .getAllSubcomponents('vevent')
            .map((one) => one.getFirstPropertyValue('uid')),
        ).toEqual(['call-macron-putin-2022-01-28@diplomatic-events']);
      },
      { permissions: ['clipboard-read', 'clipboard-write'] },
    ));

  test('tells its revisions with their differences', () =>
    journey(card, async (page) => {
      const id = 'talks-us-nato-russia-2022-01';
      const { json: event } = await explorer.service.get(`/v1/events/${id}`);
      const {
        bounds,
        corroboration,
        revision,
        recordedAt,
        revisedAt,
        ...draft
      } = event;
      expect([
        bounds,
        corroboration,
        revision,
        recordedAt,
        revisedAt,
      ]).not.toContain(undefined);
      await explorer.service.load([
        { ...draft, title: { ...draft.title, en: 'Security talks, renamed' } },
      ]);
      await page.goto(`/?event=${id}`);
      const revisions = page.locator('#card .revisions');
      await revisions.getByText(/Revision 2: revised/).click();
      const row = revisions.locator('.differences tbody tr');
      await row.locator('ins').waitFor();
      expect(await row.locator('th').allTextContents()).toEqual(['/title/en']);
      expect(await row.locator('del').textContent()).toBe(event.title.en);
      expect(await row.locator('ins').textContent()).toBe(
        'Security talks, renamed',
      );
    }));

  test('tells what the record said earlier, where the address asks for that', () =>
    journey('about:blank', async (page) => {
      const id = 'statement-sherman-2022-01';
      const { json: before } = await explorer.service.get(`/v1/events/${id}`);
      await explorer.service.load([
        anEvent({ id, type: 'statement', title: { en: 'Said otherwise' } }),
      ]);
      await page.goto(`${explorer.origin}/?event=${id}`);
      await page.getByRole('dialog', { name: 'Said otherwise' }).waitFor();
      const asOf = encodeURIComponent(before.revisedAt);
      await page.goto(`${explorer.origin}/?event=${id}&asOf=${asOf}`);
      await page.getByRole('dialog', { name: before.title.en }).waitFor();
    }));

  test('is copied from also where the page has no right to the clipboard', () =>
    journey(card, async (page) => {
      await page.addInitScript(() =>
        Object.defineProperty(navigator, 'clipboard', { value: undefined }),
      );
      await page.reload();
      await page
        .locator('#card .copies')
        .getByRole('button', { name: 'Link', exact: true })
        .click();
      await page.getByText('Copied: Link').waitFor();
      await page.locator('#search').focus();
      await page.keyboard.press('Control+V');
      expect(await page.locator('#search').inputValue()).toBe(
        `${explorer.origin}${card}`,
      );
    }));

  test('of nobody says so', () =>
    journey(
      '/?event=no-such-event',
      async (page) => {
        await page.getByText('There is no such record.').waitFor();
      },
      { expected: [/404/] },
    ));
});

describe('taking away', () => {
  test('the addresses are exactly what is asked, the curl command runs, and the calendar is one', () =>
    journey('/?actor=russia&from=2022-01&to=2022-01', async (page) => {
      await page.getByRole('button', { name: 'Take it away' }).click();
      const drawer = page.locator('#take-away');
      const text = async (name: string) =>
        (await drawer.locator(`.${name} pre`).textContent()) ?? '';
      const page1 = JSON.parse(await execute(await text('curl')));
      expect(page1.data).toHaveLength(
        await countOf('actor=russia&from=2022-01&to=2022-01'),
      );
      const ids = page1.data.map((one: { id: string }) => one.id);

      const answer = await fetch(await text('ics'));
      expect(answer.headers.get('content-type')).toContain('text/calendar');
      const calendar = new ICAL.Component(ICAL.parse(await answer.text()));
      expect(
        calendar
          .getAllSubcomponents('vevent')
          .map((one) =>
            String(one.getFirstPropertyValue('uid')).replace(/@.*/, ''),
          ),
      ).toEqual(ids);
      const link = drawer.locator('.ics a');
      expect(await link.getAttribute('href')).toBe(
        (await text('ics')).replace('http:', 'webcal:'),
      );

      for (const name of ['csv', 'ndjson', 'atom', 'timelinejs', 'grafana'])
        expect([name, (await fetch(await text(name))).status]).toEqual([
          name,
          200,
        ]);
      const program = await text('js');
      const { stdout } = await run(process.execPath, [
        '--input-type=module',
        '--eval',
        program,
      ]);
      expect(stdout.trim()).toBe(String(ids.length));
    }));

  test('the ledger of two actors is told as the API counts it', () =>
    journey('/?actor=united-states&actor=russia', async (page) => {
      await page.getByRole('button', { name: 'Ledger of two actors' }).click();
      const ledger = page.getByRole('dialog', {
        name: /United States – Russia/,
      });
      const { json } = await explorer.service.get(
        '/v1/dyads/united-states/russia',
      );
      await ledger.getByText(`${json.total} contacts`).waitFor();
      await ledger
        .getByText(
          `${new Intl.NumberFormat('en').format(json.longestGap.days)} days, from`,
        )
        .waitFor();
      expect(await ledger.locator('.years rect').count()).toBeGreaterThan(10);
    }));
});

describe('languages and themes', () => {
  test('the page speaks the language of its reader, and another when asked', () =>
    journey(
      '/?actor=macron',
      async (page) => {
        await page.getByText(/^\d+ поді/).waitFor();
        expect(await page.locator('html').getAttribute('lang')).toBe('uk');
        await page
          .getByText('один із днів')
          .first()
          .waitFor({ state: 'detached' });
        await page.getByRole('button', { name: 'English' }).click();
        await page.getByText(/^\d+ events?/).waitFor();
        expect(asked(page).get('hl')).toBe('en');
        expect(await page.locator('html').getAttribute('lang')).toBe('en');
      },
      { locale: 'uk-UA' },
    ));

  test('the theme follows the device until another is asked for', () =>
    journey(
      '/',
      async (page) => {
        const ground = () =>
          page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const dark = await ground();
        await page.getByRole('button', { name: 'Light', exact: true }).click();
        await page.waitForURL(
          (url) => url.searchParams.get('theme') === 'light',
        );
        expect(await ground()).not.toBe(dark);
        await page.getByRole('button', { name: 'Dark', exact: true }).click();
        await page.waitForURL(
          (url) => url.searchParams.get('theme') === 'dark',
        );
        expect(await ground()).toBe(dark);
      },
      { colorScheme: 'dark' },
    ));
});

describe('keys alone', () => {
  test('search, choose, pan, zoom, open, read, close, help', () =>
    journey('/', async (page) => {
      await page.locator('.density .bar').first().waitFor();
      await choose(page, 'Macron');
      await counts(page, 'actor=macron');
      await page.locator('.list [data-row]').first().waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.lanes-frame').focus();
      await page.keyboard.press('+');
      await page.waitForURL((url) => url.searchParams.has('window'));
      const before = asked(page).get('window');
      await page.keyboard.press('ArrowRight');
      await page.waitForURL((url) => url.searchParams.get('window') !== before);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      // The focus went into the card.
      expect(
        await page.evaluate(() => document.activeElement?.closest('#card')?.id),
      ).toBe('card');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Help' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }));

  test('the list is walked with arrows, also where its rows are not there yet', () =>
    journey('/?type=visit&from=2000&to=2001', async (page) => {
      const rows = page.locator('.list [data-row]');
      await rows.first().waitFor();
      expect(await rows.count()).toBeLessThan(60);
      await page.locator('.list [data-row="0"] a').focus();
      for (let row = 1; row <= 70; row += 1) {
        await page.keyboard.press('ArrowDown');
        await page.locator(`.list [data-row="${row}"] a:focus`).waitFor();
      }
      expect(
        await page.locator('.list table').getAttribute('aria-rowcount'),
      ).toBe(String((await countOf('type=visit&from=2000&to=2001')) + 1));
    }));
});

test('of more events than are drawn one by one, the list brings page after page', () =>
  journey('/', async (page) => {
    const total = await countOf('');
    const table = page.locator('.list table');
    await page.locator('.list [data-row]').first().waitFor();
    expect(await table.getAttribute('aria-rowcount')).toBe(String(total + 1));
    const { json } = await explorer.service.get('/v1/events?limit=301');
    for (const row of [99, 199, 300]) {
      // As far as the pages reach that have come: on, until the row is there.
      await page.waitForFunction((at) => {
        document.querySelector('.list .rows')?.scrollTo({ top: at * 36 });
        return document.querySelector(`.list [data-row="${at}"]`) !== null;
      }, row);
      const link = page.locator(`.list [data-row="${row}"] a`);
      await link.waitFor();
      expect(await link.getAttribute('href')).toBe(
        `?event=${json.data[row].id}`,
      );
    }
  }));

describe('when the service cannot answer', () => {
  test('a database that is away: the last data stay, a countdown runs, and it recovers by itself', () =>
    journey(
      '/?actor=russia',
      async (page) => {
        await counts(page, 'actor=russia');
        const name = new URL(explorer.service.url).pathname.slice(1);
        const away = `${name}_away`;
        await administer(`alter database ${name} allow_connections false`);
        await administer(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
        );
        await administer(`alter database ${name} rename to ${away}`);
        try {
          await page.getByRole('button', { name: /^handover/ }).click();
          await page.getByText(/cannot answer just now/).waitFor();
          await page.getByText(/Asking again in \d+ second/).waitFor();
          expect(await page.locator('.lanes.stale').count()).toBe(1);
        } finally {
          await administer(`alter database ${away} rename to ${name}`);
          await administer(`alter database ${name} allow_connections true`);
        }
        await page
          .getByText(/cannot answer just now/)
          .waitFor({ state: 'detached', timeout: 20_000 });
        await counts(page, 'actor=russia&type=handover');
      },
      { expected: [/503/] },
    ));

  test('too many questions: it waits as long as it is told', () =>
    journey(
      '/?actor=russia',
      async (page) => {
        await counts(page, 'actor=russia');
        // Whatever stands before the service may say so; the service itself sets no limit.
        await page.route('**/v1/**', (route) =>
          route.fulfill({
            status: 429,
            headers: { 'retry-after': '2' },
            contentType: 'application/problem+json',
            body: JSON.stringify({
              type: 'about:blank',
              title: 'Too Many Requests',
              status: 429,
            }),
          }),
        );
        await page.getByRole('button', { name: /^handover/ }).click();
        await page.getByText(/asks for a pause/).waitFor();
        await page.unroute('**/v1/**');
        await page.getByText(/asks for a pause/).waitFor({ state: 'detached' });
        await counts(page, 'actor=russia&type=handover');
      },
      { expected: [/429/] },
    ));

  test('an API that is away at load is told, and asked again', () =>
    journey(
      'about:blank',
      async (page) => {
        await page.route('**/v1/**', (route) => route.abort());
        await page.goto(`${explorer.origin}/`);
        await page.getByText('The service does not answer.').waitFor();
        await page.unroute('**/v1/**');
        await page.getByRole('button', { name: 'Try again' }).first().click();
        await page.locator('.density .bar').first().waitFor();
      },
      { expected: [/ERR_FAILED/] },
    ));
});

test('an answer that is none of ours is told, and asked again', () =>
  journey('about:blank', async (page) => {
    await page.route('**/v1/timeline**', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<p>Log in first' }),
    );
    await page.goto(`${explorer.origin}/`);
    await page.getByText('The service does not answer.').waitFor();
    await page.unroute('**/v1/timeline**');
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.locator('.density .bar').first().waitFor();
  }));

describe('the pictures of the docs', () => {
  test.each([
    [
      'docs/explorer.png',
      '/?actor=russia&window=2021-12-08/2022-02-08&theme=light&hl=en',
      '.lanes:not(.stale) .head',
    ],
    [
      'docs/explorer-card.png',
      '/?actor=russia&window=2021-12-08/2022-02-08&event=call-macron-putin-2022-01-28&theme=dark&hl=uk',
      '#card tr.no-comment-found',
    ],
  ])('%s is one of this page, and is shown', (file, path, seen) =>
    journey(path, async (page) => {
      await page.locator(seen).first().waitFor();
      await page.waitForLoadState('networkidle');
      await page.locator(seen).first().scrollIntoViewIfNeeded();
      const picture = await page.screenshot();
      // Written only when asked for: a picture is never the same twice, byte for byte.
      if (process.env['WRITE_PICTURES'] === 'yes') writeFileSync(file, picture);
      const size = (png: Buffer) => [
        png.readUInt32BE(16),
        png.readUInt32BE(20),
      ];
      expect(size(readFileSync(file))).toEqual(size(picture));
      for (const text of ['README.md', 'docs/explorer.md'])
        expect(readFileSync(text, 'utf8')).toContain(
          file.replace(text.startsWith('docs') ? 'docs/' : '', ''),
        );
    }),
  );
});

/** Runs what was copied in a shell, as somebody would. */
async function execute(command: string): Promise<string> {
  const { stdout } = await run('sh', [
    '-c',
    `${command} --silent --show-error`,
  ]);
  return stdout;
}

test('a bare month makes the picture no wider than months', async () => {
  await explorer.service.load([
    anActor('north'),
    anEvent({
      id: 'some-day',
      date: '2031-04',
      participants: [{ actor: 'north' }],
    }),
    anEvent({
      id: 'that-day',
      date: '2031-03-10',
      participants: [{ actor: 'north' }],
    }),
  ]);
  await journey('/?actor=north', async (page) => {
    await page.locator('.list [data-row]').nth(1).waitFor();
    const seen = await page.locator('.density svg').getAttribute('aria-label');
    const [from = '', until = ''] = seen?.match(/\d{4}-\d\d-\d\d/g) ?? [];
    expect(from).toMatch(/^2031-02-2/);
    expect(until).toMatch(/^2031-05-0/);
  });
});
