import {
  AccessError,
  allows,
  keyExpiry,
  keyNameFault,
  keyText,
  parseKey,
  type Scope,
} from '../../src/domain/access.ts';
import { DateFault } from '../../src/domain/edtf.ts';

const id = '0123456789ab';
const secret = 'A-_z'.padEnd(43, '0');

describe('a scope', () => {
  test.each<[Scope, Scope, boolean]>([
    ['editor', 'editor', true],
    ['admin', 'editor', true],
    ['admin', 'admin', true],
    ['editor', 'admin', false],
  ])('%s for what needs %s: %s', (scope, needed, answer) => {
    expect(allows(scope, needed)).toBe(answer);
  });

  test('that is not known here allows nothing', () => {
    expect(allows('owner' as Scope, 'editor')).toBe(false);
    expect(allows('owner' as Scope, 'owner' as Scope)).toBe(false);
  });
});

describe('a key', () => {
  test('is read back into its parts, even if the secret holds the separator', () => {
    expect(keyText({ id, secret })).toBe(`det_${id}_${secret}`);
    expect(parseKey(`det_${id}_${secret}`)).toEqual({ id, secret });
  });

  test.each([
    '',
    'det_',
    `det_${id}`,
    `det_${id}_`,
    `det_${id}_${secret.slice(1)}`,
    `det_${id}_${secret}0`,
    `det_${id}_${secret}\n`,
    ` det_${id}_${secret}`,
    `DET_${id}_${secret}`,
    `det_${id.toUpperCase()}_${secret}`,
    `det_${id}-${secret}`,
    `det_${id}_${secret.slice(1)}=`,
    `det_${id}_${secret.slice(1)}é`,
    `det_' or 1=1 --_${secret}`,
    'det_'.repeat(2500),
  ])('is not %j', (text) => {
    expect(parseKey(text)).toBeNull();
  });
});

describe('the name of a key', () => {
  test.each(['Reuters desk', 'Олена', "Robert'); drop table api_key; --", '🕊'])(
    'can be %j',
    (name) => {
      expect(keyNameFault(name)).toBeNull();
    },
  );

  test.each([
    ['', 'is empty'],
    [' \t', 'is empty'],
    ['a\nb', 'holds a tab or a line break'],
    ['a\u2028b', 'holds a tab or a line break'],
    ['x'.repeat(101), 'is longer than 100 characters'],
    ['a\u001b[2J', expect.stringContaining('control character')],
    ['a\u202eb', expect.stringContaining('bidirectional')],
    ['a\ud800', expect.any(String)],
  ])('%j cannot be one: it %s', (name, fault) => {
    expect(keyNameFault(name)).toEqual(fault);
  });
});

describe('a key expires', () => {
  test.each([
    ['2030-06-30', '2030-06-30T23:59:59.999Z'],
    ['2030-02', '2030-02-28T23:59:59.999Z'],
    ['2030', '2030-12-31T23:59:59.999Z'],
    ['9999-12-31', '9999-12-31T23:59:59.999Z'],
    ['2030-06-30T12:00:00Z', '2030-06-30T12:00:00.000Z'],
    ['2030-06-30T12:00:00', '2030-06-30T12:00:00.000Z'],
    ['2030-06-30T12:00:00+03:00', '2030-06-30T09:00:00.000Z'],
  ])('with %s at %s', (text, instant) => {
    expect(keyExpiry(text)).toBe(instant);
  });

  test.each([
    '',
    'never',
    '..',
    '2030-06-31',
    '30.06.2030',
    '2030-06-30~',
    '2030-06-30/..',
    '2030-01-01/2030-02-01',
    '[2030-01-01,2030-02-01]',
    '2'.repeat(10_000),
  ])('at no such time as %j', (text) => {
    expect(() => keyExpiry(text)).toThrow(DateFault);
  });
});

test('a refusal has the code of its status and names the scope that is missing', () => {
  expect(new AccessError('no-key', 'editor').code).toBe('unauthorized');
  expect(new AccessError('wrong-key', 'editor').code).toBe('unauthorized');
  const narrow = new AccessError('narrow-scope', 'admin');
  expect(narrow.code).toBe('forbidden');
  expect(narrow.message).toContain('admin');
});
