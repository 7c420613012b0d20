import * as fc from 'fast-check';
import {
  escaped,
  FILTERS,
  parted,
  queryOf,
  readAddress,
  replaced,
  writeAddress,
} from '../../src/web/address.ts';

const day = (text: string) => Date.parse(text);

describe('an address', () => {
  test('says everything that is seen', () => {
    const query =
      '?actor=france&actor=russia&type=talks,-talks.suspension&q=%D0%9C%D1%96%D0%BD%D1%81%D1%8C%D0%BA' +
      '&lanes=type&pin=a,b&hide=c&window=2021-12-01/2022-02-01&ledger=france,russia&event=call&open=help&hl=uk&theme=dark&colour=7';
    expect(readAddress(query)).toEqual({
      filters: [
        ['actor', 'france'],
        ['actor', 'russia'],
        ['type', 'talks,-talks.suspension'],
        ['q', 'Мінськ'],
      ],
      lanes: 'type',
      pin: ['a', 'b'],
      hide: ['c'],
      window: { from: day('2021-12-01'), until: day('2022-02-01') },
      ledger: ['france', 'russia'],
      event: 'call',
      open: 'help',
      hl: 'uk',
      theme: 'dark',
      unknown: [['colour', '7']],
    });
    expect(writeAddress(readAddress(query))).toBe(query);
  });

  test('of nothing says nothing', () => {
    expect(writeAddress(readAddress(''))).toBe('');
    expect(writeAddress(readAddress('?'))).toBe('');
  });

  test.each([
    'theme=pink',
    'hl=ru',
    'lanes=colour',
    'open=door',
    'ledger=france',
    'ledger=a,b,c',
    'window=2022-02-01/2022-01-01',
    'window=2022',
    'window=tomorrow/2099-01-01',
    'event=',
    'limit=5',
    'cursor=abc',
  ])('keeps %s, which says nothing here, and tells of it', (part) => {
    const address = readAddress(`?type=call&${part}`);
    expect(address.unknown).toEqual([part.split('=')]);
    expect(writeAddress(address)).toBe(`?type=call&${part}`);
  });

  test('the second of two that can be said once is one too many', () => {
    const address = readAddress('?event=a&event=b');
    expect([address.event, address.unknown]).toEqual(['a', [['event', 'b']]]);
  });

  test('a window of hours keeps its minutes', () => {
    const query = '?window=2022-01-28T13:00Z/2022-01-28T16:35Z';
    expect(writeAddress(readAddress(query))).toBe(query);
  });

  const parameters = fc.array(
    fc.tuple(fc.constantFrom(...FILTERS), fc.string({ unit: 'grapheme' })),
  );
  test('written and read again it is the same, whatever it holds', () => {
    fc.assert(
      fc.property(
        parameters,
        fc.option(fc.string({ unit: 'grapheme', minLength: 1 })),
        (filters, event) => {
          const address = { ...readAddress(''), filters, event };
          expect(readAddress(writeAddress(address))).toEqual(address);
          const asked = [...new URLSearchParams(queryOf(filters))];
          expect(asked).toEqual(filters);
        },
      ),
    );
  });
});

describe('the values of a list filter', () => {
  test('are parted by commas that no backslash keeps', () => {
    expect(parted('a,b\\, c,d')).toEqual(['a', 'b, c', 'd']);
    expect(parted('')).toEqual([]);
  });

  test('come back as they went', () => {
    const value = fc
      .string({ minLength: 1 })
      .filter((one) => !one.includes('\\'));
    fc.assert(
      fc.property(fc.array(value), (values) => {
        expect(parted(values.map(escaped).join(','))).toEqual(values);
      }),
    );
  });

  test('are replaced where the first of them stood', () => {
    const before = readAddress('?type=call&actor=a&q=x&actor=b').filters;
    expect(queryOf(replaced(before, 'actor', ['c', 'd']))).toBe(
      'type=call&actor=c&actor=d&q=x',
    );
    expect(queryOf(replaced(before, 'actor', []))).toBe('type=call&q=x');
    expect(queryOf(replaced(before, 'to', ['2022']))).toBe(
      'type=call&actor=a&q=x&actor=b&to=2022',
    );
  });
});
