import * as fc from 'fast-check';
import { DomainError } from '../../src/domain/errors.ts';
import { cursors } from '../../src/http/cursor.ts';
import { type PageLink } from '../../src/storage/page.ts';

const sealer = cursors(() => 'secret');
const link: PageLink = {
  position: ['1643328000', '-Infinity', 0, 'call-macron-putin'],
  backwards: false,
  inclusive: true,
};
const question = 'events {"actor":"russia"}';
const cursor = sealer.seal(question, link);

function codeOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
}

describe('a cursor', () => {
  test('opens to the place it was sealed for, with any limit', () => {
    expect(sealer.open(question, cursor, 7)).toEqual({
      from: link.position,
      backwards: false,
      inclusive: true,
      limit: 7,
    });
  });

  test('is absent on the first page', () => {
    expect(sealer.open(question, undefined, 50)).toEqual({
      from: null,
      backwards: false,
      inclusive: false,
      limit: 50,
    });
  });

  test('can stand in an address as it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.integer())),
        fc.boolean(),
        (position, backwards) => {
          const sealed = sealer.seal('x', {
            position,
            backwards,
            inclusive: !backwards,
          });
          expect(encodeURIComponent(sealed)).toBe(sealed);
          const { from } = sealer.open('x', sealed, 1);
          expect(from).toEqual(JSON.parse(JSON.stringify(position)));
        },
      ),
    );
  });

  test.each([
    ['another question', 'events {"actor":"france"}', 'secret'],
    ['another list', 'actors {"actor":"russia"}', 'secret'],
    ['a question that only begins alike', `${question} `, 'secret'],
    ['another secret', question, 'another'],
    ['no secret', question, ''],
  ])('is refused with %s', (_, asked, secret) => {
    expect(codeOf(() => cursors(() => secret).open(asked, cursor, 1))).toBe(
      'invalid_cursor',
    );
  });

  test('is refused after any one character was put, dropped or changed', () => {
    const alphabet =
      'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n';
    for (let at = 0; at <= cursor.length; at++) {
      const dropped = cursor.slice(0, at) + cursor.slice(at + 1);
      const changed = alphabet
        .split('')
        .flatMap((sign) => [
          cursor.slice(0, at) + sign + cursor.slice(at + 1),
          cursor.slice(0, at) + sign + cursor.slice(at),
        ]);
      for (const text of [dropped, ...changed])
        if (text !== cursor)
          expect(codeOf(() => sealer.open(question, text, 1))).toBe(
            'invalid_cursor',
          );
    }
  });

  test('is refused when it is anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.base64String(),
          fc
            .tuple(fc.base64String(), fc.base64String())
            .map((p) => p.join('.')),
        ),
        (text) => {
          expect(codeOf(() => sealer.open(question, text, 1))).toBe(
            'invalid_cursor',
          );
        },
      ),
    );
  });

  test('does not let its payload run over into the question', () => {
    const [payload = ''] = cursor.split('.');
    const other = sealer.seal(`x\n${question}`, link);
    expect(other.split('.')[0]).toBe(payload);
    expect(codeOf(() => sealer.open(question, other, 1))).toBe(
      'invalid_cursor',
    );
  });

  test('tells what came in, shortened', () => {
    try {
      sealer.open(question, 'x'.repeat(5000), 1);
    } catch (error) {
      const { faults } = error as DomainError;
      expect(faults[0]?.parameter).toBe('cursor');
      expect(String(faults[0]?.received).length).toBeLessThanOrEqual(201);
    }
    expect.assertions(2);
  });
});
