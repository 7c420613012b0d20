import {
  calendarOfOne,
  calendarQueryOf,
  citationOf,
  curlOf,
  permalinkOf,
} from '../../src/web/quote.ts';
import type { Event } from '../../src/web/shapes.ts';
import { wordsIn } from '../../src/web/words.ts';
import { anEvent } from '../support/builders.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** The event as the API answers it. */
async function answered(id: string): Promise<Event> {
  return (await service.get(`/v1/events/${id}`)).json;
}

test('an apostrophe cannot end the quotes of the shell', () => {
  expect(curlOf("http://h/v1/events?q=d'Orsay")).toBe(
    `curl 'http://h/v1/events?q=d%27Orsay'`,
  );
});

test('a permalink leads to the card and says nothing else', () => {
  expect(permalinkOf('a~b', 'http://h')).toBe('http://h/?event=a~b');
});

test('a citation names title, date, sources, version, address and day', async () => {
  await service.load([
    anEvent({
      id: 'quoted',
      title: { en: 'A call', uk: 'Розмова' },
      date: '[2022-01-10..2022-01-13]',
      sources: [
        { title: 'News', publisher: 'Agency', url: 'https://example.org/1' },
        { title: 'Other' },
      ],
    }),
  ]);
  const event = await answered('quoted');
  const now = Date.parse('2026-11-22T12:00:00Z');
  const text = citationOf(event, wordsIn('en'), 'http://h', now);
  expect(text.replaceAll(/\s?–\s?/g, '–')).toBe(
    'A call. one day: 10–13 January 2022. Agency, News, https://example.org/1. Other. ' +
      'Diplomatic events, revision 1. http://h/?event=quoted (read 22 November 2026)',
  );
  expect(citationOf(event, wordsIn('uk'), 'http://h', now)).toMatch(
    /^Розмова\. .* версія 1\. /,
  );
});

describe('the calendar of one event', () => {
  const long = `long-${'x'.repeat(100)}`;
  const ids = ['day', 'open', 'before', 'set', 'clock', long];

  beforeAll(() =>
    service.load([
      anEvent({ id: 'day', date: '2022-01-28' }),
      anEvent({ id: 'open', date: '2022-02-24/..' }),
      anEvent({ id: 'before', date: '[..2022-01-26]', status: 'announced' }),
      anEvent({ id: 'set', date: '[2022-01-10..2022-01-13]' }),
      anEvent({ id: 'clock', date: '2022-01-28T23:35:00-05:00' }),
      anEvent({ id: long, date: '1997' }),
    ]),
  );

  test.each(ids)('is found again where the service has it: %s', async (id) => {
    const query = calendarQueryOf(await answered(id));
    const { text, status } = await service.get(`/v1/events.ics?${query}`);
    expect(status).toBe(200);
    const one = calendarOfOne(text, id) ?? '';
    expect(one.match(/BEGIN:VEVENT/g)).toHaveLength(1);
    expect(one.replaceAll('\r\n ', '')).toContain(
      `UID:${id}@diplomatic-events\r\n`,
    );
    expect(one).toMatch(/^BEGIN:VCALENDAR\r\n[^]*END:VCALENDAR\r\n$/);
  });

  test('is none where the service does not have it', async () => {
    const { text } = await service.get('/v1/events.ics?type=meeting');
    expect(calendarOfOne(text, 'da')).toBeNull();
  });
});
