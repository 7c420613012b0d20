import { anActor, anEvent } from '../support/builders.ts';
import { startExplorer, type TestExplorer } from '../support/explorer.ts';

// Fault 51: what makes a browser run the words of a record, in the ways that lists of such texts know (OWASP's among them).
const RUN = 'window.pwned=1';
const TEXTS = [
  `<script>${RUN}</script>`,
  `<ScRiPt >${RUN}</sCrIpT>`,
  `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `</script><script>${RUN}</script>`,
  `--><script>${RUN}</script>`,
  `]]><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `</style><script>${RUN}</script>`,
  `<img src=x onerror=${RUN}>`,
  `<img/src=x/onerror=${RUN}//`,
  `<img src="x\`\`onerror=${RUN}">`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<math><mi xlink:href="javascript:${RUN}">x</mi></math>`,
  `<body onload=${RUN}>`,
  `<details open ontoggle=${RUN}>`,
  `<input autofocus onfocus=${RUN}>`,
  `<video><source onerror=${RUN}></video>`,
  `<audio src=x onerror=${RUN}>`,
  `<marquee onstart=${RUN}>`,
  `<iframe src="javascript:parent.${RUN}"></iframe>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<object data="javascript:${RUN}"></object>`,
  `<embed src="javascript:${RUN}">`,
  `<a href="javascript:${RUN}">x</a>`,
  `<a href="data:text/html,<script>${RUN}</script>">x</a>`,
  `<form action="javascript:${RUN}"><button>x</button></form>`,
  `<meta http-equiv="refresh" content="0;url=javascript:${RUN}">`,
  `<base href="https://evil.example/">`,
  `<link rel=stylesheet href="https://evil.example/x.css">`,
  `<style>@import "https://evil.example/x.css";</style>`,
  `<template><img src=x onerror=${RUN}></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  `<xsl:script xmlns:xsl="http://www.w3.org/1999/XSL/Transform">${RUN}</xsl:script>`,
  `<?xml-stylesheet href="javascript:${RUN}"?>`,
  `<x:script xmlns:x="http://www.w3.org/1999/xhtml">${RUN}</x:script>`,
  `<!ENTITY x SYSTEM "file:///etc/passwd">&x;`,
  `" autofocus onfocus=${RUN} x="`,
  `' onmouseover=${RUN} x='`,
  `\`-${RUN}-\``,
  `';${RUN}//`,
  `\\";${RUN}//`,
  `{{constructor.constructor('${RUN}')()}}`,
  `\${${RUN}}`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `&#60;script&#62;${RUN}&#60;/script&#62;`,
  `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `+ADw-script+AD4-${RUN}+ADw-/script+AD4-`,
  `＜script＞${RUN}＜/script＞`,
  `javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
];

let explorer: TestExplorer;
beforeAll(async () => {
  explorer = await startExplorer();
  const { rejected } = await explorer.service.load([
    anActor('someone'),
    ...TEXTS.map((text, index) =>
      anActor(`named-${index}`, { names: [{ lang: 'en', value: text }] }),
    ),
    ...TEXTS.map((text, index) =>
      anEvent({
        id: `told-${index}`,
        title: { en: text },
        participants: [{ actor: 'someone' }],
      }),
    ),
    anEvent({
      id: 'all',
      title: { en: 'All of them' },
      summary: { en: TEXTS.join('\n') },
      places: TEXTS.map((text) => ({ name: { en: text } })),
      participants: TEXTS.map((text, index) => ({
        actor: `named-${index}`,
        as: { en: text },
      })),
      accounts: TEXTS.map((text, index) => ({
        party: 'someone',
        stance: 'asserts' as const,
        text: { en: text },
        source: index,
      })),
      sources: TEXTS.map((text, index) => ({
        title: text,
        publisher: text,
        url: `https://example.org/${index}?${encodeURIComponent(text).replaceAll("'", '%27')}#javascript:${RUN}`,
      })),
    }),
  ]);
  expect(rejected).toEqual([]);
}, 120_000);
afterAll(() => explorer?.stop(), 30_000);

test.each([
  ['the card of an event', '/?event=all', '#card .copies'],
  ['the list and the lanes', '/?actor=someone', '.list [data-row]'],
])('51: nothing of it runs in %s', async (_, path, seen) => {
  const { page, faults, close } = await explorer.open(path);
  try {
    page.on('dialog', () => faults.push('a dialog'));
    await page.locator(seen).first().waitFor();
    await page.waitForLoadState('networkidle');
    // Whatever waits for a hand or a mouse gets both.
    const links = await page.locator('#card a, .list a').all();
    for (const one of links.slice(0, 12))
      await one.hover({ timeout: 200 }).catch(() => undefined);
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(
      await page
        .locator('a:not([href^="http"], [href^="/"], [href^="?"], [href^="#"])')
        .evaluateAll((all) => all.map((one) => one.outerHTML)),
    ).toEqual([]);
    expect(faults).toEqual([]);
  } finally {
    await close();
  }
});

test.each([
  '/v1/events/all',
  '/v1/events',
  '/v1/events.atom',
  '/v1/events.feed.json',
  '/v1/events.geojson',
  '/v1/events.timeline.json',
  '/v1/events.jsonld',
  '/v1/events.csv',
  '/v1/events.ics',
  '/v1/events.ndjson',
  `/v1/events?q=${encodeURIComponent(TEXTS[0] ?? '')}&x=1`,
  `/v1/${encodeURIComponent(TEXTS[0] ?? '')}`,
])('51: nothing runs when a browser opens %s', async (path) => {
  const { page, faults, close } = await explorer.open('/');
  try {
    const asked: string[] = [];
    page.on('dialog', () => faults.push('a dialog'));
    page.on('request', (request) => asked.push(request.url()));
    // A file is offered for keeping, and the page stays what it was.
    await page.goto(path).catch((error: unknown) => {
      expect(String(error)).toMatch(/Download is starting|ERR_ABORTED/);
    });
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(asked.filter((url) => !url.includes('127.0.0.1'))).toEqual([]);
    expect(
      faults.filter((one) => /another host|dialog|uncaught/.test(one)),
    ).toEqual([]);
  } finally {
    await close();
  }
});
