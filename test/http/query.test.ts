import { DomainError } from '../../src/domain/errors.ts';
import { parseQuery, refuseUnreadable } from '../../src/http/query.ts';

const bytes = (text: string) => Buffer.from(text).toString('latin1');

describe('a query string is read', () => {
  test.each([
    ['', {}],
    ['&', {}],
    ['a=1', { a: '1' }],
    ['a', { a: '' }],
    ['a=', { a: '' }],
    ['=1', { '': '1' }],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=1&a=2&a=3', { a: ['1', '2', '3'] }],
    ['a=&a=', { a: ['', ''] }],
    ['a=b=c', { a: 'b=c' }],
    ['a=1?b', { a: '1?b' }],
    ['a=1;b=2', { a: '1;b=2' }],
    ['a=x+y%2B', { a: 'x y+' }],
    ['a+b=1', { 'a b': '1' }],
    ['%61=1', { a: '1' }],
    ['a=%D0%96', { a: 'Ж' }],
    [`a=${bytes('Ж é')}`, { a: 'Ж é' }],
    [`${bytes('Ж')}=1`, { Ж: '1' }],
    ['a[]=1&a[0]=2', { 'a[]': '1', 'a[0]': '2' }],
    ['a=%2C%5C,', { a: ',\\,' }],
    ['a=%', { a: '%' }],
    ['a=%ff', { a: '%ff' }],
    ['constructor=1', { constructor: '1' }],
  ])('%j is %j', (text, query) => {
    expect({ ...parseQuery(text) }).toEqual(query);
  });

  test('__proto__ is a name like any other', () => {
    const query = parseQuery('__proto__=1&__proto__=2');
    expect(Object.keys(query)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(query)).toBeNull();
    expect(Object.getOwnPropertyDescriptor(query, '__proto__')?.value).toEqual([
      '1',
      '2',
    ]);
  });

  test('thousands of parameters take no time', () => {
    const text = Array.from({ length: 4000 }, () => 'a=').join('&');
    const started = performance.now();
    expect(parseQuery(text)['a']).toHaveLength(4000);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('an address is refused', () => {
  function faultOf(url: string): DomainError | null {
    try {
      refuseUnreadable(url);
      return null;
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }

  test.each([
    ['/v1?q=%00', 'q'],
    ['/v1?q=a&q=b%00c', 'q'],
    ['/v1?%00q=1', 'q'],
    ['/v1?%00=1', 'query'],
    ['/v1?q=%ff', 'q'],
    ['/v1?q=%', 'q'],
    ['/v1?q=%C0%80', 'q'],
    ['/v1?q=%ED%A0%80', 'q'],
    ['/v1?%ff', 'query'],
    ['/v1?q=\u00ff', 'q'],
    ['/v1?q=\u00d0', 'q'],
    ['/v1?a=1?q=%00', 'a'],
  ])('%j, and its parameter %s named', (url, parameter) => {
    const fault = faultOf(url);
    expect(fault?.code).toBe('malformed_request');
    expect(fault?.faults).toEqual([expect.objectContaining({ parameter })]);
  });

  test.each(['/v1#x', '/v1?a=1#q=%00', '/v1#q=%00'])(
    '%s, for its fragment',
    (url) => {
      expect(faultOf(url)?.code).toBe('malformed_request');
    },
  );

  test.each(['/v1', '/v1?', '/v1?q=%D0%96', '/v1%00', `/v1?q=${bytes('Ж')}`])(
    'but not %j',
    (url) => {
      expect(faultOf(url)).toBeNull();
    },
  );
});
