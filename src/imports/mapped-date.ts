import { DateTime } from 'luxon';

/** Reads a date as it is written in a cell: its EDTF, or null when it is not written so. */
export type DateReader = (text: string) => string | null;

/** Each sort of token stands once at most: names of two months, or a number of fifty digits, are in no date. */
const TOKENS: Readonly<Record<string, RegExp>> = {
  y: /^(yy|yyyy)$/,
  M: /^M{1,4}$/,
  L: /^L{1,4}$/,
  d: /^dd?$/,
  E: /^E{3,4}$/,
  c: /^c{3,4}$/,
  H: /^HH?$/,
  h: /^hh?$/,
  m: /^mm?$/,
  s: /^ss?$/,
  a: /^a$/,
  Z: /^Z{1,3}$/,
};

const LONGEST_DATE = 100;

/**
 * What is wrong with a format of dates, as the end of a sentence, or null. The tokens are those of Luxon
 * (https://moment.github.io/luxon/#/parsing), without those that stand for whole dates.
 */
export function formatFault(format: string): string | null {
  if (format === 'edtf') return null;
  const sorts: string[] = [];
  for (const token of tokensOf(format)) {
    const sort = token.charAt(0);
    if (TOKENS[sort]?.test(token) !== true)
      return `has the token ${token}, which is not read here; put words between apostrophes`;
    if (sorts.includes(sort)) return `has ${sort} twice`;
    sorts.push(sort);
  }
  const has = (...wanted: string[]) =>
    wanted.some((sort) => sorts.includes(sort));
  if (!has('y')) return 'has no year';
  if (has('d') && !has('M', 'L')) return 'has a day without a month';
  if (has('M') && has('L')) return 'has two months';
  if (has('H', 'h') && !has('d')) return 'has a time without a day';
  if (has('H') && has('h')) return 'has two hours';
  if (has('h') && !has('a')) return 'has an hour of twelve without a (am, pm)';
  if (has('m', 's', 'a', 'Z') && !has('H', 'h'))
    return 'has a part of a time without its hour';
  return null;
}

/** Reads dates that are written in one of these formats, in the words of this language. */
export function dateReader(
  formats: readonly string[],
  locale: string,
): DateReader {
  const readers = formats.map((format) => readerOf(format, locale));
  return (text) => {
    if (text.length > LONGEST_DATE && !formats.includes('edtf')) return null;
    for (const reader of readers) {
      const date = reader(text);
      if (date !== null) return date;
    }
    return null;
  };
}

function readerOf(format: string, locale: string): DateReader {
  // Whether it is EDTF is the domain's matter.
  if (format === 'edtf') return (text) => text;
  const parser = DateTime.buildFormatParser(format, { locale });
  const sorts = new Set(tokensOf(format).map((token) => token.charAt(0)));
  const offset = sorts.has('Z');
  const written =
    sorts.has('H') || sorts.has('h')
      ? `yyyy-MM-dd'T'HH:mm:ss${offset ? 'ZZ' : ''}`
      : sorts.has('d')
        ? 'yyyy-MM-dd'
        : sorts.has('M') || sorts.has('L')
          ? 'yyyy-MM'
          : 'yyyy';
  return (text) => {
    if (text.length > LONGEST_DATE) return null;
    const date = DateTime.fromFormatParser(text, parser, {
      locale,
      // Without an offset the clock's numbers are kept as they are; their zone is the event's.
      ...(offset ? { setZone: true } : { zone: 'utc' }),
    });
    return date.isValid
      ? date.setLocale('en').toFormat(written, { numberingSystem: 'latn' })
      : null;
  };
}

function tokensOf(format: string): string[] {
  return format.replace(/'[^']*'/g, ' ').match(/([A-Za-z])\1*/g) ?? [];
}
