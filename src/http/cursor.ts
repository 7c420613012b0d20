import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../domain/errors.ts';
import {
  type PageLink,
  type PageRequest,
  type Position,
} from '../storage/page.ts';

/** Seals the places in a list that are handed to clients: they cannot be changed or used with another question. */
export interface Cursors {
  /** An opaque cursor for a place in the answer to a question. */
  seal(question: string, link: PageLink): string;
  /**
   * The page that a cursor asks for; without one, the first.
   * @throws DomainError `invalid_cursor` for anything that {@link Cursors.seal} did not make for this question
   */
  open(
    question: string,
    cursor: string | undefined,
    limit: number,
  ): PageRequest;
}

const MAC_BYTES = 18;

/**
 * Cursors sealed with a secret that all servers on one database share: HMAC-SHA-256 (RFC 2104).
 * @param secret asked for when it is needed: the database that has it may be away at the start
 */
export function cursors(secret: () => string): Cursors {
  const macOf = (question: string, payload: string): Buffer =>
    createHmac('sha256', secret())
      .update(`${payload}\n${question}`)
      .digest()
      .subarray(0, MAC_BYTES);
  return {
    seal(question, { position, backwards, inclusive }) {
      const payload = Buffer.from(
        JSON.stringify([position, backwards, inclusive]),
      ).toString('base64url');
      return `${payload}.${macOf(question, payload).toString('base64url')}`;
    },
    open(question, cursor, limit) {
      if (cursor === undefined)
        return { limit, from: null, backwards: false, inclusive: false };
      const [payload = '', mac = '', more] = cursor.split('.');
      const given = Buffer.from(mac, 'base64url');
      const right = macOf(question, payload);
      // The text is compared too: several texts decode to the same bytes.
      const sealed =
        given.length === right.length &&
        timingSafeEqual(given, right) &&
        mac === right.toString('base64url');
      if (!sealed || more !== undefined)
        throw new DomainError(
          'invalid_cursor',
          'The cursor is damaged, or belongs to a list with other filters. Start again without it.',
          [
            {
              parameter: 'cursor',
              message: 'is damaged, or belongs to a list with other filters',
              received: cursor.slice(0, 200),
            },
          ],
        );
      const [position, backwards, inclusive] = JSON.parse(
        Buffer.from(payload, 'base64url').toString(),
      ) as [Position, boolean, boolean];
      return { limit, from: position, backwards, inclusive };
    },
  };
}
