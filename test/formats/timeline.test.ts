import * as fc from 'fast-check';
import { type AnsweredEvent } from '../../src/domain/answered.ts';
import { type About } from '../../src/formats/format.ts';
import { timeline } from '../../src/formats/timeline.ts';
import {
  anyDate,
  answered,
  EVERY_DATE,
  HOSTILE,
  hostile,
  written,
} from '../support/formats.ts';
import { slidesIn, window } from '../support/timelinejs.ts';

const slidesOf = async (
  events: readonly AnsweredEvent[],
  over: Partial<About> = {},
) => slidesIn(await written(timeline, events, over));

const given = async (date: string) => {
  const event = answered({ date, timeZone: 'Europe/Kyiv' });
  return JSON.parse(await written(timeline, [event])).events[0];
};

const days = (year: number, month: number, day: number) => ({
  year,
  month,
  day,
});

test.each([
  ['2022-01-28', days(2022, 1, 28), undefined, '28 January 2022'],
  ['2022-01', { year: 2022, month: 1 }, undefined, 'January 2022'],
  [
    '2022-01-XX',
    { year: 2022, month: 1 },
    undefined,
    'one day in January 2022',
  ],
  ['1997', { year: 1997 }, undefined, '1997'],
  ['1997~', { year: 1997 }, undefined, 'about 1997'],
  ['199X', { year: 1990 }, { year: 1999 }, 'the 1990s'],
  [
    '2022-24',
    { year: 2022, month: 12 },
    { year: 2023, month: 2 },
    'winter 2022–2023',
  ],
  [
    '2022-01-10/2022-01-13',
    days(2022, 1, 10),
    days(2022, 1, 13),
    '10–13 January 2022',
  ],
  [
    '[2022-01-10..2022-01-13]',
    days(2022, 1, 10),
    days(2022, 1, 13),
    'one day between 10 and 13 January 2022',
  ],
  [
    '[2022-01-20,2021-12-17,2022-01-18]',
    days(2021, 12, 17),
    days(2022, 1, 20),
    'either 20 January 2022, 17 December 2021 or 18 January 2022',
  ],
  ['2022-02-24/..', days(2022, 2, 24), undefined, 'since 24 February 2022'],
  ['../1991', { year: 1991 }, undefined, 'until 1991'],
  [
    '[..2022-01-28]',
    days(2022, 1, 28),
    undefined,
    'no later than 28 January 2022',
  ],
  [
    '[2022-01-28..]',
    days(2022, 1, 28),
    undefined,
    'no earlier than 28 January 2022',
  ],
  [
    '2022-01-28T15:35:00-05:00',
    { ...days(2022, 1, 28), hour: 15, minute: 35, second: 0 },
    undefined,
    '28 January 2022, 15:35 (UTC-05:00)',
  ],
])('%s', async (date, start, end, words) => {
  const slide = await given(date);
  expect(slide.start_date).toEqual(start);
  expect(slide.end_date).toEqual(end);
  expect(slide.display_date).toBe(words);
});

test('a slide tells the event, under its own id, beside others of its kind', async () => {
  const [slide] = await slidesOf(
    [
      answered({
        id: 'talks.2022~1',
        type: 'talks.round',
        status: 'postponed',
        title: { uk: 'Раунд' },
        summary: { uk: 'Про все' },
      }),
    ],
    { lang: 'uk' },
  );
  expect(slide).toMatchObject({
    unique_id: 'talks.2022~1',
    group: 'переговори',
    display_date: '28 січня 2022 року',
    text: { headline: 'Відкладено: Раунд' },
  });
  expect(slide?.text.text).toContain('<p>Про все</p>');
});

test('the timeline has a title, which is escaped', async () => {
  const text = await written(timeline, [], { title: '<b>Russia</b>' });
  expect(JSON.parse(text).title.text.headline).toBe(
    '&lt;b&gt;Russia&lt;/b&gt;',
  );
});

test.each(HOSTILE)(
  'texts are shown as they went in, and are no markup (%#)',
  async (hurt) => {
    const [slide, other] = await slidesOf(
      [hostile(hurt, 'a'), hostile(hurt, 'b')],
      { title: hurt },
    );
    expect(other?.unique_id).toBe('b');
    const shown = window.document.createElement('div');
    shown.innerHTML = slide?.text.headline ?? '';
    expect(shown.textContent).toBe(
      hurt.replaceAll(/[\ufffe\uffff]/g, '\ufffd'),
    );
    expect(shown.children).toHaveLength(0);
    shown.innerHTML = slide?.text.text ?? '';
    const names = [...shown.querySelectorAll('*')].map(
      ({ tagName }) => tagName,
    );
    expect(
      names.filter((name) => !['P', 'B', 'BR', 'A'].includes(name)),
    ).toEqual([]);
    for (const link of shown.querySelectorAll('a'))
      expect(link.href).toMatch(/^https:/);
  },
);

test('every date makes one slide', async () => {
  const events = EVERY_DATE.map((date, index) =>
    answered({ id: `e${index}`, date, timeZone: 'Europe/Kyiv' }),
  );
  const slides = await slidesOf(events);
  expect(slides.map(({ unique_id: id }) => id).toSorted()).toEqual(
    events.map(({ id }) => id).toSorted(),
  );
});

test('any events are as many slides, none of which ends before it begins', async () => {
  const at = (date: Record<string, number>, open: number) =>
    [date['year'], date['month'] ?? open, date['day'] ?? open]
      .map((part) => String(part).padStart(5, '0'))
      .join();
  await fc.assert(
    fc.asyncProperty(fc.array(anyDate, { maxLength: 5 }), async (dates) => {
      const events = dates.map((date, index) =>
        answered({ id: `e${index}`, date, timeZone: 'Europe/Kyiv' }),
      );
      expect(await slidesOf(events)).toHaveLength(dates.length);
      for (const date of dates) {
        const { start_date: start, end_date: end } = await given(date);
        if (end !== undefined) expect(at(start, 1) <= at(end, 99)).toBe(true);
      }
    }),
  );
});
