import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from './api.ts';
import { whenInWords } from './dates.ts';
import { useExplorer } from './explorer.ts';
import { type Item, itemOf } from './items.ts';
import { useTypeLabels } from './labels.ts';
import { EventLink, Told } from './told.tsx';

/** What the list shows: the events of the lanes, in chronological order. */
export interface ListProps {
  /** Their query for `/v1/events`: filters and window, without `limit`. */
  query: string;
  /** The events, where all of them were fetched for the lanes; null where there are too many: the list pages itself. */
  items: readonly Item[] | null;
  /** How many there are; null where nobody has counted. */
  total: number | null;
}

// Every row is as high as this, so that those out of sight need not be there.
const ROW = 36;
const SPARE = 6;
const PAGE = 100;

/** The events under the canvas, as an accessible table; a row opens its card by `go({ event })`. */
export function List({ query, items, total }: ListProps) {
  const { words, address } = useExplorer();
  const labels = useTypeLabels();
  const { rows, more } = useRows(query, items);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(432);
  const frame = useRef<HTMLDivElement>(null);
  const wanted = useRef<number | null>(null);
  useEffect(() => {
    frame.current?.scrollTo({ top: 0 });
    setTop(0);
  }, [query]);
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const last = Math.min(rows.length, Math.ceil((top + height) / ROW) + SPARE);
  useEffect(() => {
    if (last === rows.length) more?.();
    focusWanted();
  });
  // A row that was out of sight is there only after the next drawing.
  const focusWanted = () => {
    const row = frame.current?.querySelector<HTMLElement>(
      `[data-row="${wanted.current}"] a`,
    );
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  };
  const moveTo = (row: number) => {
    const { current } = frame;
    if (current === null || row < 0 || row >= rows.length) return;
    wanted.current = row;
    if (row * ROW < current.scrollTop) current.scrollTop = row * ROW;
    // The head of the table stands over the first row.
    const low = (row + 2) * ROW - current.clientHeight;
    if (low > current.scrollTop) current.scrollTop = low;
    setTop(current.scrollTop);
    focusWanted();
  };
  const count = total ?? rows.length;
  return (
    <section class="list">
      <h2 id="list-title">{words.say('list')}</h2>
      <p class="unseen" id="list-keys">
        {words.say('list.keys')}
      </p>
      <div
        ref={frame}
        class="rows"
        role="region"
        tabIndex={0}
        aria-labelledby="list-title"
        aria-describedby="list-keys"
        onScroll={({ currentTarget }) => {
          setTop(currentTarget.scrollTop);
          setHeight(currentTarget.clientHeight);
        }}
        onKeyDown={(press) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[press.key];
          const row = (press.target as HTMLElement).closest('[data-row]');
          if (step === undefined || row === null) return;
          press.preventDefault();
          press.stopPropagation();
          moveTo(Number(row.getAttribute('data-row')) + step);
        }}
      >
        <table aria-rowcount={count + 1} aria-labelledby="list-title">
          <thead>
            <tr aria-rowindex={1}>
              {(['date', 'what', 'title', 'who', 'told'] as const).map(
                (one) => (
                  <th key={one} scope="col" class={one}>
                    {words.say(`list.${one}`)}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            <Gap rows={first} />
            {rows.slice(first, last).map((item, at) => (
              <tr
                key={item.id}
                data-row={first + at}
                aria-rowindex={first + at + 2}
                aria-current={item.id === address.event ? 'true' : undefined}
                class={item.status}
              >
                <td class="date">
                  <time>{whenInWords(item.date, words)}</time>
                </td>
                <td class="what">{labels(item.type)}</td>
                <td class="title">
                  <EventLink id={item.id}>
                    <Told map={item.title} />
                  </EventLink>
                  {item.status !== 'held' && (
                    <em> {words.say(`status.${item.status}`)}</em>
                  )}
                </td>
                <td class="who">
                  <Who item={item} />
                </td>
                <td class="told">
                  {words.say(`corroboration.${item.corroboration}`)}
                </td>
              </tr>
            ))}
            <Gap rows={rows.length - last} />
          </tbody>
        </table>
        {rows.length === 0 && (
          <p>{words.say(more ? 'loading' : 'list.none')}</p>
        )}
      </div>
    </section>
  );
}

function Gap({ rows }: { rows: number }) {
  // No cell: a screen reader has nothing to stop at.
  return rows > 0 ? (
    <tr aria-hidden="true" style={{ height: `${rows * ROW}px` }} />
  ) : null;
}

function Who({ item: { parties } }: { item: Item }) {
  const taking = parties.filter(
    ({ role }) => role !== 'subject' && role !== 'framework',
  );
  return (
    <>
      {taking.slice(0, 4).map((one, at) => (
        <span key={at}>
          {at > 0 && ', '}
          <Told map={one.name} />
        </span>
      ))}
      {taking.length > 4 && ' …'}
    </>
  );
}

/** The rows that are known; where there are too many for the lanes, page by page, `more` fetching the next one. */
function useRows(
  query: string,
  items: readonly Item[] | null,
): { rows: readonly Item[]; more: (() => void) | null } {
  const [paged, setPaged] = useState<{
    query: string;
    rows: readonly Item[];
    next: string | null;
  }>({ query, rows: [], next: '' });
  const asking = useRef<AbortController | null>(null);
  useEffect(() => {
    setPaged({ query, rows: [], next: '' });
    return () => {
      asking.current?.abort();
      asking.current = null;
    };
  }, [query, items === null]);
  if (items !== null) return { rows: items, more: null };
  const { rows, next } = paged.query === query ? paged : { rows: [], next: '' };
  if (next === null) return { rows, more: null };
  const more = () => {
    if (asking.current !== null) return;
    const ending = new AbortController();
    asking.current = ending;
    const question = [
      query,
      `limit=${PAGE}`,
      next && `cursor=${encodeURIComponent(next)}`,
    ];
    api.events(question.filter(Boolean).join('&'), ending.signal).then(
      (page) => {
        asking.current = null;
        const known = [...rows, ...page.data.map(itemOf)];
        return setPaged({ query, rows: known, next: page.next });
      },
      () => {
        // Overtaken, or the service is away: the lanes tell that, and the next scroll asks again.
        if (asking.current === ending) asking.current = null;
        return undefined;
      },
    );
  };
  return { rows, more };
}
