import { isWebAddress } from '../../src/web/links.ts';

test.each([
  'https://example.org/a?b#c',
  'http://127.0.0.1:3000',
  'HTTPS://EXAMPLE.ORG',
])('%s is an address of the web', (href) =>
  expect(isWebAddress(href)).toBe(true),
);

test.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'JaVaScRiPt:alert(1)//https://example.org',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  '//example.org',
  'example.org',
  '',
])('%j is none', (href) => expect(isWebAddress(href)).toBe(false));
