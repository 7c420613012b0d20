import { boundsOf } from './bounds.ts';
import { DateFault, parseEdtf } from './edtf.ts';
import { DomainError } from './errors.ts';
import { textFault } from './text.ts';

/** What a key may be for; each scope includes those before it. */
export const scopes = ['editor', 'admin'] as const;

/** One of {@link scopes}. */
export type Scope = (typeof scopes)[number];

/** Whether a key of one scope may do what needs another. */
export function allows(scope: Scope, needed: Scope): boolean {
  const rank = scopes.indexOf(scope);
  // A scope we do not know, as a newer version of the service may have stored it, allows nothing.
  return rank >= 0 && rank >= scopes.indexOf(needed);
}

/** What a key is made of: a public name to find it by, and the secret that proves it. */
export interface KeyParts {
  id: string;
  secret: string;
}

/** A key as its owner holds it. The prefix is for scanners that look for secrets in places where none belong. */
export function keyText({ id, secret }: KeyParts): string {
  return `det_${id}_${secret}`;
}

/** The parts of a key, or null for a text that cannot be one. */
export function parseKey(text: string): KeyParts | null {
  // 12 hexadecimal digits; 32 bytes in base64url, whose letters include the separator.
  const [, id, secret] =
    /^det_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

const LONGEST_NAME = 100;

/** What is wrong with the name of a key, as the end of a sentence, or null. It stands in tables and beside changes. */
export function keyNameFault(name: string): string | null {
  if (name.trim() === '') return 'is empty';
  if (name.length > LONGEST_NAME)
    return `is longer than ${LONGEST_NAME} characters`;
  return /[\t\n\u2028\u2029]/.test(name)
    ? 'holds a tab or a line break'
    : textFault(name);
}

/**
 * The instant at which a key expires (ISO 8601, UTC): a date-time is that instant, UTC unless it says; a date counts to
 * its last moment in UTC, as everywhere in the service.
 * @throws DateFault for anything else
 */
export function keyExpiry(text: string): string {
  const date = parseEdtf(text);
  if (
    (date.kind !== 'date' && date.kind !== 'datetime') ||
    date.qualifier !== null
  )
    throw new DateFault(
      'One date or date-time is expected, without a qualifier.',
      0,
    );
  const { begin, end } = boundsOf(date, 'UTC');
  // The moment before the next day, not its start: read back in a list it must show the day that was written.
  return new Date(date.kind === 'date' ? end[1] - 1 : begin[0]).toISOString();
}

/** Why somebody may not do what they ask. */
export type Refusal = 'no-key' | 'wrong-key' | 'narrow-scope';

// One sentence for every wrong key: an unknown, mistyped, revoked or expired one must not be told from another.
const sentences: Record<Refusal, (needed: Scope) => string> = {
  'no-key': (needed) =>
    `This needs a key with the scope ${needed}: send it as "Authorization: Bearer <key>".`,
  'wrong-key': () =>
    'The key is not valid: it may be mistyped, revoked or expired.',
  'narrow-scope': (needed) =>
    `This needs the scope ${needed}, which the key does not have.`,
};

/** Somebody asks for what they may not do: `unauthorized` without a valid key, `forbidden` with too narrow a one. */
export class AccessError extends DomainError {
  readonly refusal: Refusal;
  readonly needed: Scope;

  constructor(refusal: Refusal, needed: Scope) {
    super(
      refusal === 'narrow-scope' ? 'forbidden' : 'unauthorized',
      sentences[refusal](needed),
    );
    this.name = 'AccessError';
    this.refusal = refusal;
    this.needed = needed;
  }
}
