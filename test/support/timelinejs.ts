import { JSDOM } from 'jsdom';

/** A browser's window, for the texts that a program shows there. */
export const { window } = new JSDOM('');

// TimelineJS wants to stand in a browser: it cleans its texts with the document it finds there.
const browser = {
  window,
  document: window.document,
  DOMParser: window.DOMParser,
  getComputedStyle: window.getComputedStyle,
};
Object.assign(globalThis, browser);
afterAll(() => {
  window.close();
  for (const name of Object.keys(browser))
    Reflect.deleteProperty(globalThis, name);
});

/** The slides that TimelineJS's own loader makes of a text, in their order; what it complains of fails the test. */
export async function slidesIn(text: string) {
  const { TimelineConfig } =
    await import('@knight-lab/timelinejs/src/js/core/TimelineConfig.js');
  const config = new TimelineConfig(JSON.parse(text));
  if (config.events.length > 0) config.validate();
  expect(config.getErrors()).toEqual([]);
  return config.events;
}
