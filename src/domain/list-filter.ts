import { type Fault } from './errors.ts';
import { nearest } from './nearest.ts';
import { ID_PATTERN } from './schemas.ts';
import { shortened, textFault } from './text.ts';

/** One list filter, by the one rule (contract §4): each group must be met by any of its values, none of `none` may be. */
export interface ListCondition<Value = string> {
  each: Value[][];
  none: Value[];
}

/** So many values a list filter takes at most, in all its repetitions. */
export const MOST_VALUES = 100;

/** What is wrong with a value of a filter, or null. */
export type Check = (
  value: string,
) => Omit<Fault, 'parameter' | 'received'> | null;

/** Only these values. */
export const among =
  (allowed: readonly string[]): Check =>
  (value) =>
    allowed.includes(value)
      ? null
      : {
          message: 'is not one of the known values',
          allowed,
          ...near(value, allowed),
        };
/** Only values of this form. */
export const matching =
  (pattern: RegExp, message: string): Check =>
  (value) =>
    pattern.test(value) ? null : { message };
/** Only what can be an id. */
export const anId = matching(new RegExp(ID_PATTERN), 'is not an id');

/** The condition in a filter's values, as often as it was given; what is wrong with them is added to the faults. */
export function listCondition(
  parameter: string,
  given: readonly string[],
  check: Check,
  faults: Fault[],
): ListCondition {
  const condition: ListCondition = { each: [], none: [] };
  let count = 0;
  for (const text of given) {
    const any: string[] = [];
    for (const { value, minus } of splitValues(text)) {
      count++;
      const fault =
        value === ''
          ? { message: 'is empty' }
          : (asText(value) ?? check(value));
      if (fault !== null)
        faults.push({ parameter, received: shortened(value), ...fault });
      (minus ? condition.none : any).push(value);
    }
    if (any.length > 0) condition.each.push(any);
  }
  if (count > MOST_VALUES)
    faults.splice(0, faults.length, {
      parameter,
      message: `has more than ${MOST_VALUES} values`,
    });
  return condition;
}

function asText(value: string): { message: string } | null {
  const message = textFault(value);
  return message === null ? null : { message };
}

/** The values in `a,-b,c\,d`: a comma parts them, a minus before one excludes it, a backslash takes the next sign as it is. */
function splitValues(text: string): { value: string; minus: boolean }[] {
  const values: { value: string; minus: boolean }[] = [];
  let value = '';
  let minus = false;
  let fresh = true;
  for (let index = 0; index < text.length; index++) {
    const sign = text[index] ?? '';
    if (sign === ',') {
      values.push({ value, minus });
      [value, minus, fresh] = ['', false, true];
      continue;
    }
    if (sign === '-' && fresh) minus = true;
    else
      value += sign === '\\' && index + 1 < text.length ? text[++index] : sign;
    fresh = false;
  }
  values.push({ value, minus });
  return values.map((one) => ({ ...one, value: one.value.normalize('NFC') }));
}

/** The known values that look like one, as a fault tells them. */
export function near(
  value: string,
  known: readonly string[],
): { nearest?: string[] } {
  const found = nearest(value, known);
  return found.length > 0 ? { nearest: found } : {};
}

/** A sentence that names the first fault, for the `detail` of a problem. */
export function sentence(faults: readonly Fault[]): string {
  const [first] = faults;
  if (first === undefined) return 'The request cannot be read.';
  const nearby = first.nearest?.length
    ? ` Did you mean ${first.nearest.join(' or ')}?`
    : '';
  return `${first.parameter ?? first.pointer ?? ''} ${first.message}.${nearby}`.trim();
}
