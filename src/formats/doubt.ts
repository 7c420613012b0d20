import { type AnsweredEvent } from '../domain/answered.ts';
import {
  type CalendarDate,
  type ClockTime,
  type Interval,
  type OneOf,
  parseEdtf,
  type Qualifier,
} from '../domain/edtf.ts';
import { type Speech, speechFor } from './speech.ts';

/**
 * When an event took place, in words that keep what its date leaves open: `10–13 January 2022` lasted, `one day between
 * 10 and 13 January 2022` did not.
 * @param lang Ukrainian words for `uk`, else English ones
 */
export function whenInWords(
  { date, timeZone }: Pick<AnsweredEvent, 'date' | 'timeZone'>,
  lang: string | null,
): string {
  const speech = speechFor(lang);
  const edtf = parseEdtf(date);
  if (edtf.kind === 'date' && edtf.unit !== 'day-unspecified')
    return qualified(edtf, speech);
  const words =
    edtf.kind === 'interval'
      ? stretch(edtf, timeZone, speech)
      : edtf.kind === 'one-of'
        ? choice(edtf, speech)
        : momentIn(edtf, timeZone, speech);
  return beside(words, edtf.qualifier, speech);
}

function qualified(
  date: CalendarDate & { qualifier: Qualifier | null },
  speech: Speech,
): string {
  const words =
    date.qualifier === '~' || date.qualifier === '%'
      ? speech.about(speech.inflected(date).join(' '))
      : speech.date(date).join(' ');
  return date.qualifier === '?' || date.qualifier === '%'
    ? `${words} (${speech.uncertain})`
    : words;
}

function beside(
  words: string,
  qualifier: Qualifier | null,
  speech: Speech,
): string {
  const doubts = [
    ...(qualifier === '~' || qualifier === '%' ? [speech.approximately] : []),
    ...(qualifier === '?' || qualifier === '%' ? [speech.uncertain] : []),
  ];
  return doubts.length > 0 ? `${words} (${doubts.join(', ')})` : words;
}

function stretch(
  { begin, end }: Interval,
  timeZone: string | null,
  speech: Speech,
): string {
  const moment = (time: CalendarDate | ClockTime) =>
    time.kind === 'date'
      ? speech.inflected(time).join(' ')
      : momentIn(time, timeZone, speech);
  if (begin === null) return end === null ? '' : speech.until(moment(end));
  if (end === null) return speech.since(moment(begin));
  if (begin.kind === 'date' && end.kind === 'date') {
    const words = speech.date(begin).join(' ');
    if (words === speech.date(end).join(' '))
      return begin.unit === 'day'
        ? words
        : speech.within(moment(wholeOf(begin)));
    const [from, until] = together(speech.date(begin), speech.date(end));
    return dashed(from, until);
  }
  return clockStretch(moment(begin), moment(end));
}

// What began on one day of a month and ended on one lasted within the month.
const wholeOf = (date: CalendarDate): CalendarDate =>
  date.unit === 'day-unspecified' ? { ...date, unit: 'month' } : date;

/** `15:35–17:00`, with the day and the zone said once where they are the same. */
function clockStretch(begin: string, end: string): string {
  if (begin === end) return begin;
  const shape = /^(.*), (\d.*) \((.*)\)$/;
  const [, beginDay, beginTime, beginZone] = shape.exec(begin) ?? [];
  const [, endDay, endTime, endZone] = shape.exec(end) ?? [];
  if (beginDay !== endDay || beginZone !== endZone) return `${begin} – ${end}`;
  return `${beginDay ?? ''}, ${beginTime ?? ''}–${endTime ?? ''} (${endZone ?? ''})`;
}

function choice({ members }: OneOf, speech: Speech): string {
  const [only] = members;
  const isRange = ({ first, last }: OneOf['members'][number]) =>
    first === null || last === null || !isSame(first, last);
  if (members.length === 1 && only) {
    if (only.first === null || only.last === null) return edge(only, speech);
    if (!isRange(only)) return speech.date(only.first).join(' ');
    return only.first.unit === 'day'
      ? speech.oneDay(edge(only, speech))
      : speech.someTime(edge(only, speech));
  }
  if (members.some(isRange))
    return speech.either(
      members.map((one) =>
        isRange(one) || one.first === null
          ? edge(one, speech)
          : speech.date(one.first).join(' '),
      ),
    );
  const dates = members.flatMap(({ first }) =>
    first ? [speech.date(first)] : [],
  );
  return speech.either(
    dates.map((date, index) => together(date, dates[index + 1] ?? [])[0]),
  );
}

function edge(
  { first, last }: OneOf['members'][number],
  speech: Speech,
): string {
  if (first === null)
    return last === null
      ? ''
      : speech.notAfter(speech.inflected(last).join(' '));
  if (last === null) return speech.notBefore(speech.inflected(first).join(' '));
  return speech.between(
    ...together(speech.inflected(first), speech.inflected(last)),
  );
}

function isSame(one: CalendarDate, other: CalendarDate): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Two dates of which the first leaves out what it shares with the second: `10`, `13 January 2022`. */
function together(
  first: string[],
  second: string[],
): [first: string, second: string] {
  const own = [...first];
  let shared = second.length;
  // A date of another kind is said whole, and so is one that is the same.
  if (first.length === second.length)
    while (own.length > 1 && own.at(-1) === second[shared - 1]) {
      own.pop();
      shared -= 1;
    }
  return [own.join(' '), second.join(' ')];
}

function dashed(from: string, until: string): string {
  return from.includes(' ') || /\p{L}/u.test(from)
    ? `${from} – ${until}`
    : `${from}–${until}`;
}

function momentIn(
  time: CalendarDate | ClockTime,
  timeZone: string | null,
  speech: Speech,
): string {
  if (time.kind === 'date') return speech.date(time).join(' ');
  const { year, month, day } = time;
  const on = { year, month, day };
  const words = speech.date({ kind: 'date', unit: 'day', first: on, last: on });
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = time.second === 0 ? '' : `:${two(time.second)}`;
  const clock = `${two(time.hour)}:${two(time.minute)}${seconds}`;
  return `${words.join(' ')}, ${clock} (${zoneIn(time.offset, timeZone)})`;
}

function zoneIn(offset: number | null, timeZone: string | null): string {
  if (offset === null) return timeZone ?? '';
  if (offset === 0) return 'UTC';
  const minutes = Math.abs(offset);
  const two = (value: number) => String(value).padStart(2, '0');
  return `UTC${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
