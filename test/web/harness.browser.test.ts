import { openBrowser, openPage } from '../support/browser.ts';
test('x', async () => {
  const b = await openBrowser();
  const { page, faults, close } = await openPage(b, 'http://127.0.0.1:1');
  await page.setContent('<h1>Привіт світ ґєїі Hello ▲ ✓</h1><script>console.error("x")</script>');
  await page.screenshot({ path: '/tmp/web2-s.png' });
  expect(faults).toEqual(['console: x (about:blank)']);
  await close();
  await b.close();
});
