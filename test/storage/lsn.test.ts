import { lsnOf } from '../../src/storage/lsn.ts';

test.each([
  ['0/0', 0],
  ['0/16B3748', 0x16b3748],
  ['16/B374D848', 0x16b374d848],
  ['16/b374d848', 0x16b374d848],
  ['1/0', 2 ** 32],
  ['1FFFFF/FFFFFFFF', 2 ** 53 - 1],
  ['', null],
  ['16', null],
  ['16/', null],
  ['/1', null],
  ['g/1', null],
  ['123456789/0', null],
  [' 0/1', null],
  ['0/1\n', null],
  ['0/1, 0/2', null],
])('%j is the place %s of the log', (text, place) => {
  expect(lsnOf(text)).toBe(place);
});
