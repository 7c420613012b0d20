import type { Event } from './shapes.ts';
import type { Words } from './words.ts';

const DAY = 86_400_000;
const SEASON = /^(\d{4})-(2[1-4])$/;
const CLOCK = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d))?[\d.]*(Z|[+-].+)?$/;

const SHAPES = {
  day: { day: 'numeric', month: 'long', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
  year: { year: 'numeric' },
} as const;
type Unit = keyof typeof SHAPES;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf({ locale }: Words, unit: Unit): Intl.DateTimeFormat {
  const key = `${locale} ${unit}`;
  const found =
    formats.get(key) ??
    new Intl.DateTimeFormat(locale, {
      ...SHAPES[unit],
      timeZone: 'UTC',
    });
  formats.set(key, found);
  return found;
}

/**
 * An EDTF date in words that keep what it leaves open: `10–13 January 2022 (4 days)` lasted, `one day: 10–13 January
 * 2022` did not. What is no date of the API is given back as it is.
 * @param zone the IANA zone of a clock time without an offset
 */
export function whenInWords(
  edtf: string,
  words: Words,
  zone: string | null = null,
): string {
  const [, value = edtf, qualifier] = /^(.+?)([~?%])?$/.exec(edtf) ?? [];
  const date = plain(value, words, zone);
  if (qualifier === '~') return words.say('date.about', { date });
  if (qualifier === '?') return words.say('date.uncertain', { date });
  return qualifier === '%' ? words.say('date.both', { date }) : date;
}

/** A stretch of time on calendar days, both included; null is an open end. */
export function spanInWords(
  from: string | null,
  until: string | null,
  words: Words,
): string {
  const open = words.say('when.open');
  const last = until === null ? null : Date.parse(until) - 1;
  if (from === null || last === null)
    return `${from === null ? open : dayInWords(from, words)} – ${last === null ? open : dayInWords(last, words)}`;
  return formatOf(words, 'day').formatRange(Date.parse(from), last);
}

/** What the bounds of an event say: when it certainly was, and when it may have been. */
export function boundsInWords(bounds: Event['bounds'], words: Words): string {
  const { begin, end } = bounds;
  const range = spanInWords(begin[0], end[1], words);
  if (begin[1] === null || end[0] === null || begin[1] >= end[0])
    return words.say('when.possibly', { range });
  const sure = spanInWords(begin[1], end[0], words);
  return range === sure
    ? words.say('when.certainly', { range })
    : words.say('when.both', { range, sure });
}

/** The day of an instant, in UTC. */
export function dayInWords(instant: string | number, words: Words): string {
  const time = typeof instant === 'number' ? instant : Date.parse(instant);
  return formatOf(words, 'day').format(time);
}

function plain(value: string, words: Words, zone: string | null): string {
  if (value.startsWith('[')) return choice(value.slice(1, -1), words);
  if (value.includes('/')) return stretch(value, words, zone);
  return moment(value, words, zone);
}

function choice(inner: string, words: Words): string {
  const members = inner.split(',');
  const [first = '', last] = inner.split('..');
  if (members.length > 1) {
    const each = members.map((one) =>
      one.includes('..') ? ends(one, words) : moment(one, words, null),
    );
    return words.say('date.oneOf', { date: each.join(words.say('date.or')) });
  }
  if (last === undefined) return moment(first, words, null);
  const date = ends(inner, words);
  if (first === '' || last === '') return date;
  return words.say(unitOf(first) === 'day' ? 'date.oneDay' : 'date.oneOf', {
    date,
  });
}

function ends(member: string, words: Words): string {
  const [first = '', last = ''] = member.split('..');
  if (first === '')
    return words.say('date.notAfter', { date: moment(last, words, null) });
  if (last === '')
    return words.say('date.notBefore', { date: moment(first, words, null) });
  return between(first, last, words, null);
}

function stretch(value: string, words: Words, zone: string | null): string {
  const [begin = '', end = ''] = value.split('/');
  if (begin === '..' || begin === '')
    return words.say('date.until', { date: moment(end, words, zone) });
  if (end === '..' || end === '')
    return words.say('date.since', { date: moment(begin, words, zone) });
  const date = between(begin, end, words, zone);
  if (unitOf(begin) !== 'day' || unitOf(end) !== 'day') return date;
  const n = Math.round((Date.parse(end) - Date.parse(begin)) / DAY) + 1;
  return words.say('date.lasted', { date, days: words.say('days', { n }) });
}

function between(
  first: string,
  last: string,
  words: Words,
  zone: string | null,
): string {
  const unit = unitOf(first);
  return unit !== null && unit === unitOf(last)
    ? formatOf(words, unit).formatRange(startOf(first), startOf(last))
    : `${moment(first, words, zone)} – ${moment(last, words, zone)}`;
}

function moment(value: string, words: Words, zone: string | null): string {
  const unit = unitOf(value);
  if (unit !== null) return formatOf(words, unit).format(startOf(value));
  const [, year, season] = SEASON.exec(value) ?? [];
  if (year && season) {
    const years =
      season === '24' ? `${year}–${Number(year) + 1}` : String(Number(year));
    return words.say(`season.${season as '21'}`, { year: years });
  }
  if (/^\d{3}X$/.test(value))
    return words.say('date.decade', {
      year: String(Number(value.replace('X', '0'))),
    });
  if (value.endsWith('-XX'))
    return words.say('date.dayIn', {
      date: moment(value.slice(0, -3), words, null),
    });
  const [, day, time, seconds, offset] = CLOCK.exec(value) ?? [];
  if (!day || !time) return value;
  const clock = seconds && seconds !== '00' ? `${time}:${seconds}` : time;
  const where = offset === 'Z' ? 'UTC' : offset ? `UTC${offset}` : zone;
  return `${moment(day, words, null)}, ${clock}${where ? ` (${where})` : ''}`;
}

function unitOf(value: string): Unit | null {
  if (/^\d{4}$/.test(value)) return 'year';
  if (/^\d{4}-(0\d|1[0-2])$/.test(value)) return 'month';
  return /^\d{4}-\d\d-\d\d$/.test(value) ? 'day' : null;
}

function startOf(value: string): number {
  return Date.parse(
    value.length === 4 ? `${value}-01-01` : `${value}-01`.slice(0, 10),
  );
}
