/** TimelineJS comes without types; this is what the tests ask of it. */
declare module '@knight-lab/timelinejs/src/js/core/TimelineConfig.js' {
  export class TimelineConfig {
    constructor(data: unknown);
    validate(): void;
    getErrors(): unknown[];
    isValid(): boolean;
    events: {
      unique_id: string;
      start_date: { data: Record<string, unknown> };
      end_date?: { data: Record<string, unknown> };
      display_date: string;
      text: { headline: string; text: string };
    }[];
  }
}

/** Of jsdom only this is used; its own types would bring those of a browser into the whole project. */
declare module 'jsdom' {
  interface Element {
    innerHTML: string;
    textContent: string;
    tagName: string;
    href: string;
    children: ArrayLike<Element>;
    querySelectorAll(selector: string): Iterable<Element>;
  }
  export class JSDOM {
    constructor(html: string);
    window: {
      document: { createElement(name: string): Element };
      close(): void;
      DOMParser: unknown;
      getComputedStyle: unknown;
    };
  }
}
