import { countryCodes, isCountryCode } from '../../src/domain/countries.ts';

const alpha2 = countryCodes.filter((code) => /^[A-Z]{2}$/.test(code));
const gone = countryCodes.filter((code) => /^[A-Z]{4}$/.test(code));

test('there are the 249 codes of ISO 3166-1 and XK', () => {
  expect(alpha2).toHaveLength(250);
  expect(alpha2).toContain('XK');
});

test('there are the 31 codes of ISO 3166-3, and nothing else', () => {
  expect(gone).toHaveLength(31);
  expect(alpha2.length + gone.length).toBe(countryCodes.length);
});

test('no code stands twice', () => {
  expect(new Set(countryCodes).size).toBe(countryCodes.length);
});

// CLDR also names groupings and reservations (EU, UN, AC), so this only finds codes that nobody knows.
test('CLDR has a name for every alpha-2 code', () => {
  const names = new Intl.DisplayNames('en', {
    type: 'region',
    fallback: 'none',
  });
  expect(alpha2.filter((code) => names.of(code) === undefined)).toEqual([]);
});

// ISO 3166-3 puts the withdrawn alpha-2 code before two letters for what came of it: a code of today, or HH where it
// fell to several; AA for a mere renaming (BYAA), XX where CSHH was taken, and CS, gone since, is what YU became.
test('the last two letters of a code that is gone say what came of it', () => {
  const successors = new Set([...alpha2, 'HH', 'AA', 'XX', 'CS']);
  expect(gone.filter((code) => !successors.has(code.slice(2)))).toEqual([]);
});

test.each([
  ['FR', 'France'],
  ['RU', 'Russia'],
  ['UA', 'Ukraine'],
  ['CH', 'Switzerland'],
  ['XK', 'Kosovo'],
  ['SUHH', 'the Soviet Union'],
  ['DDDE', 'East Germany'],
  ['CSHH', 'Czechoslovakia'],
  ['CSXX', 'Serbia and Montenegro'],
  ['YUCS', 'Yugoslavia'],
  ['VDVN', 'North Vietnam, gone into Vietnam'],
])('%s is a country code: %s', (code) => {
  expect(isCountryCode(code)).toBe(true);
});

test.each([
  ['', 'nothing'],
  ['fr', 'small letters'],
  ['FRA', 'alpha-3'],
  ['250', 'numeric'],
  ['SU', 'withdrawn, its successor code is SUHH'],
  ['YU', 'withdrawn'],
  ['UK', 'reserved, not assigned'],
  ['EU', 'reserved, not a country'],
  ['ZZ', 'user-assigned'],
  [' FR', 'a space before'],
  ['FR UA', 'two at once'],
])('%j is none: %s', (code) => {
  expect(isCountryCode(code)).toBe(false);
});
