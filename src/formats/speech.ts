import { type CalendarDate } from '../domain/edtf.ts';
import { isUkrainian } from './words.ts';

/** How a language speaks of dates. A date is words from fine to coarse, so that what two share is said once. */
export interface Speech {
  /** As it stands alone, and as it stands after a preposition. */
  date(date: CalendarDate): string[];
  inflected(date: CalendarDate): string[];
  within(date: string): string;
  since(date: string): string;
  until(date: string): string;
  notAfter(date: string): string;
  notBefore(date: string): string;
  between(first: string, last: string): string;
  oneDay(choice: string): string;
  someTime(choice: string): string;
  either(choices: string[]): string;
  about(date: string): string;
  approximately: string;
  uncertain: string;
}

const english: Speech = {
  date({ unit, first }) {
    const month = enMonths[first.month - 1] ?? '';
    const year = String(first.year);
    switch (unit) {
      case 'day':
        return [String(first.day), month, year];
      case 'day-unspecified':
        return [`one day in ${month}`, year];
      case 'month':
        return [month, year];
      case 'season':
        return [enSeasons[first.month / 3 - 1] ?? '', seasonYear(first)];
      case 'year':
        return [year];
      default:
        return [`the ${year}s`];
    }
  },
  inflected: (date) => english.date(date),
  within: (date) => `within ${date}`,
  since: (date) => `since ${date}`,
  until: (date) => `until ${date}`,
  notAfter: (date) => `no later than ${date}`,
  notBefore: (date) => `no earlier than ${date}`,
  between: (first, last) => `between ${first} and ${last}`,
  oneDay: (choice) => `one day ${choice}`,
  someTime: (choice) => `some time ${choice}`,
  either: (choices) =>
    `either ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`,
  about: (date) => `about ${date}`,
  approximately: 'approximately',
  uncertain: 'uncertain',
};

const ukrainian: Speech = {
  date({ unit, first }) {
    const year = `${first.year} року`;
    switch (unit) {
      case 'day':
        return [String(first.day), ukMonthsOf[first.month - 1] ?? '', year];
      case 'day-unspecified':
        return [`один із днів ${ukMonthsOf[first.month - 1] ?? ''}`, year];
      case 'month':
        return [ukMonths[first.month - 1] ?? '', year];
      case 'season':
        return [ukSeasons[first.month / 3 - 1]?.[0] ?? '', ukSeasonYear(first)];
      case 'year':
        return [`${first.year} рік`];
      default:
        return [`${first.year}${decadeEnding(first.year)} роки`];
    }
  },
  inflected(date) {
    const { unit, first } = date;
    const year = `${first.year} року`;
    switch (unit) {
      case 'day-unspecified':
        return [`одного з днів ${ukMonthsOf[first.month - 1] ?? ''}`, year];
      case 'month':
        return [ukMonthsOf[first.month - 1] ?? '', year];
      case 'season':
        return [ukSeasons[first.month / 3 - 1]?.[1] ?? '', ukSeasonYear(first)];
      case 'year':
        return [year];
      case 'decade':
        return [`${first.year}-х років`];
      default:
        return ukrainian.date(date);
    }
  },
  within: (date) => `упродовж ${date}`,
  since: (date) => `від ${date}`,
  until: (date) => `до ${date} включно`,
  notAfter: (date) => `не пізніше ${date}`,
  notBefore: (date) => `не раніше ${date}`,
  between: (first, last) => `у проміжку від ${first} до ${last}`,
  oneDay: (choice) => `один день ${choice}`,
  someTime: (choice) => `колись ${choice}`,
  either: (choices) => choices.map((choice) => `або ${choice}`).join(', '),
  about: (date) => `близько ${date}`,
  approximately: 'приблизно',
  uncertain: 'непевно',
};

// prettier-ignore
const enMonths = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
  'November', 'December'];
// prettier-ignore
const ukMonths = ['січень', 'лютий', 'березень', 'квітень', 'травень', 'червень', 'липень', 'серпень', 'вересень', 'жовтень',
  'листопад', 'грудень'];
// prettier-ignore
const ukMonthsOf = ['січня', 'лютого', 'березня', 'квітня', 'травня', 'червня', 'липня', 'серпня', 'вересня', 'жовтня',
  'листопада', 'грудня'];
const enSeasons = ['spring', 'summer', 'autumn', 'winter'];
const ukSeasons = [
  ['весна', 'весни'],
  ['літо', 'літа'],
  ['осінь', 'осені'],
  ['зима', 'зими'],
] as const;

const isWinter = (first: CalendarDate['first']) => first.month === 12;
const seasonYear = (first: CalendarDate['first']) =>
  isWinter(first) ? `${first.year}–${first.year + 1}` : String(first.year);
const ukSeasonYear = (first: CalendarDate['first']) =>
  `${seasonYear(first)} ${isWinter(first) ? 'років' : 'року'}`;

function decadeEnding(year: number): string {
  if (year % 1000 === 0) return '-ні';
  return year % 100 === 40 ? '-ві' : '-ті';
}

/** How to speak of dates to who asked for this language. */
export function speechFor(lang: string | null): Speech {
  return isUkrainian(lang) ? ukrainian : english;
}
