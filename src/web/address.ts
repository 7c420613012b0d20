/** The filters of the public API that the page hands on as they are, under the API's own names. */
export const FILTERS = [
  'actor',
  'type',
  'status',
  'channel',
  'country',
  'topic',
  'document',
  'publisher',
  'language',
  'linkedTo',
  'corroboration',
  'accountBy',
  'q',
  'from',
  'to',
  'tz',
  'relation',
  'certainty',
  'minPrecision',
  'scope',
  'asOf',
  'recordedFrom',
  'recordedTo',
] as const;

/** A filter's name and what it says, as it stands in the address; the same name may come again. */
export type Parameter = readonly [name: string, value: string];

export const LANES = ['actor', 'type', 'country'] as const;
export const DRAWERS = ['take-away', 'help'] as const;
const LANGUAGES = ['uk', 'en'] as const;
const THEMES = ['light', 'dark'] as const;

/** The part of time that is looked at: milliseconds, half-open. */
export interface TimeWindow {
  from: number;
  until: number;
}

/** Everything that a person sees, read from the address. */
export interface Address {
  /** What is asked of the API, in the order given. */
  filters: readonly Parameter[];
  /** `event`: whose card is open. */
  event: string | null;
  /** `ledger=a,b`: the two actors whose ledger is open. */
  ledger: readonly [string, string] | null;
  /** `open`: the drawer that is open. */
  open: (typeof DRAWERS)[number] | null;
  /** `window=2022-01-01/2022-02-01`: what is looked at, the end not included; null for all. */
  window: TimeWindow | null;
  /** `lanes`: what a lane is. */
  lanes: (typeof LANES)[number];
  /** `pin`, `hide`: lanes that come first, and that do not come. */
  pin: readonly string[];
  hide: readonly string[];
  /** `hl`: the language of the page; null for the reader's own. */
  hl: (typeof LANGUAGES)[number] | null;
  /** `theme`; null for the reader's own. */
  theme: (typeof THEMES)[number] | null;
  /** What is no parameter, or has a value it cannot have: kept, and told. */
  unknown: readonly Parameter[];
}

const NOTHING: Address = {
  filters: [],
  event: null,
  ledger: null,
  open: null,
  window: null,
  lanes: 'actor',
  pin: [],
  hide: [],
  hl: null,
  theme: null,
  unknown: [],
};

type Own = Exclude<keyof Address, 'filters' | 'unknown'>;

// What each of the page's own parameters says; undefined for what it cannot say.
const READERS: { [Name in Own]: (value: string) => Address[Name] | undefined } =
  {
    event: (value) => value || undefined,
    ledger: (value) => {
      const [a, b, more] = value.split(',');
      return a && b && more === undefined ? [a, b] : undefined;
    },
    open: oneOf(DRAWERS),
    window: readWindow,
    lanes: oneOf(LANES),
    pin: list,
    hide: list,
    hl: oneOf(LANGUAGES),
    theme: oneOf(THEMES),
  };

/** What an address's query (with or without `?`) says. */
export function readAddress(query: string): Address {
  const filters: Parameter[] = [];
  const unknown: Parameter[] = [];
  const own: Partial<Pick<Address, Own>> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const read = isOwn(name) ? READERS[name](value) : undefined;
    if (isFilter(name)) filters.push([name, value]);
    else if (read === undefined || name in own) unknown.push([name, value]);
    else Object.assign(own, { [name]: read });
  }
  return { ...NOTHING, ...own, filters, unknown };
}

/** The query of an address: `?…`, or nothing where there is nothing to say. */
export function writeAddress(address: Address): string {
  const { filters, unknown, window, ledger, pin, hide, lanes } = address;
  const own: [string, string | null][] = [
    ['lanes', lanes === NOTHING.lanes ? null : lanes],
    ['pin', pin.join(',') || null],
    ['hide', hide.join(',') || null],
    ['window', window && writeWindow(window)],
    ['ledger', ledger && ledger.join(',')],
    ['event', address.event],
    ['open', address.open],
    ['hl', address.hl],
    ['theme', address.theme],
  ];
  const said = own.flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${encoded(value)}`],
  );
  const query = [queryOf(filters), ...said, queryOf(unknown)]
    .filter((part) => part !== '')
    .join('&');
  return query === '' ? '' : `?${query}`;
}

/** Parameters as the API takes them, without a `?`; commas stay readable. */
export function queryOf(parameters: readonly Parameter[]): string {
  return parameters
    .map(([name, value]) => `${encodeURIComponent(name)}=${encoded(value)}`)
    .join('&');
}

/** Parameters with every value of one name replaced; the first new one stands where the first old one stood. */
export function replaced(
  parameters: readonly Parameter[],
  name: string,
  values: readonly string[],
): Parameter[] {
  const at = parameters.findIndex(([one]) => one === name);
  const others = parameters.filter(([one]) => one !== name);
  const place = at < 0 ? others.length : at;
  const given = values.map((value): Parameter => [name, value]);
  return [...others.slice(0, place), ...given, ...others.slice(place)];
}

/** Every value given for a name. */
export function valuesOf(
  { filters }: Pick<Address, 'filters'>,
  name: string,
): string[] {
  return filters.flatMap(([one, value]) => (one === name ? [value] : []));
}

/** The values of a list filter: commas part them, unless a backslash stands before (the API's rule). */
export function parted(value: string): string[] {
  return (value.match(/(?:\\,|[^,])+/g) ?? []).map((one) =>
    one.replaceAll('\\,', ','),
  );
}

/** One value of a list filter, so that a comma in it parts nothing. */
export function escaped(value: string): string {
  return value.replaceAll(',', '\\,');
}

function isOwn(name: string): name is Own {
  return Object.hasOwn(READERS, name);
}

function isFilter(name: string): boolean {
  return (FILTERS as readonly string[]).includes(name);
}

function oneOf<Value extends string>(
  values: readonly Value[],
): (value: string) => Value | undefined {
  return (value) => values.find((one) => one === value);
}

function list(value: string): string[] | undefined {
  const values = value.split(',').filter((one) => one !== '');
  return values.length > 0 ? [...new Set(values)] : undefined;
}

function readWindow(value: string): TimeWindow | undefined {
  const [from = NaN, until = NaN, more] = value
    .split('/')
    .map((edge) => (EDGE.test(edge) ? Date.parse(edge) : NaN));
  return from < until && more === undefined ? { from, until } : undefined;
}

const EDGE = /^(\d{4}|\+\d{6})-\d\d-\d\d(T\d\d:\d\dZ)?$/;

function writeWindow({ from, until }: TimeWindow): string {
  return `${edgeOf(Math.floor(from / MINUTE))}/${edgeOf(Math.ceil(until / MINUTE))}`;
}

const MINUTE = 60_000;

function edgeOf(minutes: number): string {
  const text = new Date(minutes * MINUTE).toISOString();
  return text.replace(/T00:00:00\.000Z$/, '').replace(/:00\.000Z$/, 'Z');
}

function encoded(value: string): string {
  return encodeURIComponent(value).replace(/%(2C|3A|2F)/g, decodeURIComponent);
}
