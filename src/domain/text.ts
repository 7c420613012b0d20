import { DomainError, type Fault } from './errors.ts';

/** Deeper than any record of the contract; what is deeper was made to hurt. */
export const DEEPEST = 32;

/** How many faults of one record or request are told; the rest would help nobody. */
export const MOST_FAULTS = 20;

const LONGEST_KEY = 100;

// Cc apart from tab and newline; the bidi embeddings, overrides and isolates of UAX #9.
const FORBIDDEN =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;

/**
 * A JSON value with every string in Unicode NFC (UAX #15): itself where they are all so, else a copy.
 * @throws DomainError `invalid_record` with a pointer to each string that holds a lone surrogate, a control character
 *   other than tab and newline or a bidi override, to what has such a key, to a `__proto__` key, and to what is nested
 *   too deep
 */
export function cleanJson(value: unknown): unknown {
  // Most records are clean, and need no copy.
  if (isClean(value, 0)) return value;
  const faults: Fault[] = [];
  const clean = walk(value, '', 0, faults);
  if (faults.length > 0)
    throw new DomainError(
      'invalid_record',
      'The record holds what no record may hold.',
      faults.slice(0, MOST_FAULTS),
    );
  return clean;
}

/** Whether a value is its own {@link cleanJson} for sure. */
function isClean(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isCleanText(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= DEEPEST) return false;
  if (Array.isArray(value))
    return value.every((item) => isClean(item, depth + 1));
  return Object.entries(value).every(
    ([key, item]) =>
      PLAIN.test(key) && key !== '__proto__' && isClean(item, depth + 1),
  );
}

const PLAIN = /^[\t\n -~]*$/;

function isCleanText(text: string): boolean {
  return (
    PLAIN.test(text) ||
    (!FORBIDDEN.test(text) &&
      text.isWellFormed() &&
      text.normalize('NFC') === text)
  );
}

function walk(
  value: unknown,
  pointer: string,
  depth: number,
  faults: Fault[],
): unknown {
  if (typeof value === 'string') {
    const fault = textFault(value);
    if (fault !== null) faults.push({ pointer, message: fault });
    return value.normalize('NFC');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (faults.length >= MOST_FAULTS) return null;
  if (depth >= DEEPEST) {
    faults.push({
      pointer,
      message: `is nested deeper than ${DEEPEST} levels`,
    });
    return null;
  }
  if (Array.isArray(value))
    return value.map((item, index) =>
      walk(item, `${pointer}/${index}`, depth + 1, faults),
    );
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const fault = textFault(key);
    const here = `${pointer}/${escapePointer(key)}`;
    if (fault !== null) {
      faults.push({ pointer, message: `has a key that ${fault}` });
      continue;
    }
    if (key === '__proto__') {
      faults.push({ pointer: here, message: 'is not a field of this record' });
      continue;
    }
    copy[key] = walk(item, here, depth + 1, faults);
  }
  return copy;
}

/** What is wrong with a text, as the end of a sentence, or null: lone surrogates, control characters, bidi overrides. */
export function textFault(text: string): string | null {
  if (!text.isWellFormed()) return 'holds half of a surrogate pair';
  const found = FORBIDDEN.exec(text);
  if (found === null) return null;
  const code = found[0].codePointAt(0) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return code > 0x2000
    ? `holds the bidirectional control character ${name}`
    : `holds the control character ${name}`;
}

/** A key as a reference token of a JSON Pointer (RFC 6901); of a key that no record has, only its begin. */
export function escapePointer(key: string): string {
  const told =
    key.length > LONGEST_KEY
      ? `${key.slice(0, LONGEST_KEY).toWellFormed()}…`
      : key;
  return told.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** What came in, short enough to be told back. */
export function shortened(received: unknown): unknown {
  if (typeof received === 'string')
    return received.length > 200
      ? `${received.slice(0, 200).toWellFormed()}…`
      : received.toWellFormed();
  if (typeof received === 'object' && received !== null)
    return Array.isArray(received) ? '[…]' : '{…}';
  return received;
}

/** A word with the article it takes. */
export function withArticle(word: string): string {
  return /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`;
}
