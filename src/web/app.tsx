import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Address, queryOf, readAddress, writeAddress } from './address.ts';
import { Card } from './card.tsx';
import { Density } from './density.tsx';
import {
  type Explorer,
  ExplorerContext,
  useAsked,
  wordsFor,
} from './explorer.ts';
import { Filters } from './filters.tsx';
import { Help } from './help.tsx';
import type { Item } from './items.ts';
import { LanesView } from './lanes-view.tsx';
import { Ledger } from './ledger.tsx';
import { List } from './list.tsx';
import { keepNames } from './names.ts';
import {
  MOST_ITEMS,
  overview,
  picture,
  holdsAll,
  wholeWindow,
  windowed,
} from './questions.ts';
import { useShortcuts } from './shortcuts.ts';
import { Nothing, Refused, UnknownParameters } from './states.tsx';
import { TakeAway } from './take-away.tsx';
import { useTheme } from './theme.ts';
import { tileAround } from './time.ts';
import { Tools } from './tools.tsx';
import { TopBar } from './top-bar.tsx';
import { viewport } from './viewport.ts';

/** The whole page. */
export function App() {
  const explorer = useAddress();
  const { address, words, told, go } = explorer;
  const theme = useTheme(address.theme);
  useShortcuts(explorer);
  useEffect(() => {
    document.documentElement.lang = words.language;
    document.title = words.say('name');
  }, [words]);

  const query = queryOf(address.filters);
  const over = useAsked(query, (signal) => overview(address.filters, signal));
  const total = over.answer?.timeline.total ?? 0;
  const few = total <= MOST_ITEMS;
  const [items, setItems] = useState<readonly Item[]>([]);
  const whole = useMemo(
    () => wholeWindow(over.answer ?? { range: null }, few ? items : []),
    [over.answer, few && items],
  );
  const window = address.window ?? whole;
  const view = useRef(
    viewport(window, (settled) => go({ window: settled }, 'replace')),
  ).current;
  useEffect(() => view.follow(window), [window.from, window.until]);

  // Few events are fetched at once, and looked at through any window; many only as far as one looks.
  const tile = few ? null : tileAround(window);
  const asked =
    over.answer === null || over.waiting || over.refusal !== null || total === 0
      ? null
      : `${address.lanes}|${tile?.from}|${tile?.until}|${query}`;
  const pictured = useAsked(asked, async (signal) => {
    const found = await picture(
      tile === null || holdsAll(tile, over.answer)
        ? address.filters
        : windowed(address.filters, tile),
      tile,
      address.lanes,
      signal,
    );
    keepNames(found.items ?? []);
    return found;
  });
  useEffect(() => setItems(pictured.answer?.items ?? []), [pictured.answer]);
  const refusal = over.refusal ?? pictured.refusal;
  const stale = over.waiting || pictured.waiting || refusal !== null;
  const shown = total === 0 ? null : pictured.answer;
  const within = useMemo(
    () =>
      shown?.items?.filter(
        ({ begin, end }) => begin[0] < window.until && end[1] > window.from,
      ) ?? null,
    [shown, window.from, window.until],
  );
  return (
    <ExplorerContext.Provider value={explorer}>
      <TopBar overview={over.answer} at={over.at} />
      <main aria-busy={stale}>
        <UnknownParameters />
        <Filters />
        {refusal && (
          <Refused
            refusal={refusal}
            again={over.refusal ? over.again : pictured.again}
          />
        )}
        {over.answer === null && refusal === null && <Skeleton />}
        {over.answer !== null && total === 0 && !over.waiting && (
          <Nothing hints={over.answer.hints} />
        )}
        {over.answer !== null && total > 0 && (
          <>
            <Density
              overview={over.answer}
              whole={whole}
              viewport={view}
              stale={over.waiting || over.refusal !== null}
            />
            <Tools viewport={view} />
            {shown?.timeline && shown.items === null && (
              <p class="far">{words.say('lanes.counts')}</p>
            )}
            <LanesView
              picture={shown}
              viewport={view}
              settled={window}
              theme={theme}
              stale={stale}
            />
            <List
              query={
                address.window === null
                  ? query
                  : queryOf(windowed(address.filters, address.window))
              }
              items={within}
              total={within?.length ?? (address.window === null ? total : null)}
            />
          </>
        )}
      </main>
      {address.ledger && <Ledger pair={address.ledger} />}
      {address.event && <Card key={address.event} id={address.event} />}
      {address.open === 'take-away' && <TakeAway />}
      {address.open === 'help' && <Help />}
      <p class="unseen" role="status">
        {told}
      </p>
    </ExplorerContext.Provider>
  );
}

/** The page's outline while the first answer is awaited. */
function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      <div />
      <div />
    </div>
  );
}

/** What the address says, followed back and forward, and the way to change it. */
function useAddress(): Explorer & { told: string } {
  const [address, setAddress] = useState(() => readAddress(location.search));
  const [told, tell] = useState('');
  useEffect(() => {
    const read = () => setAddress(readAddress(location.search));
    addEventListener('popstate', read);
    return () => removeEventListener('popstate', read);
  }, []);
  const explorer = useMemo<Explorer>(
    () => ({
      address,
      words: wordsFor(address.hl, navigator.languages),
      tell,
      go(change: Partial<Address>, how = 'push') {
        // What the address says now: two changes at once are both kept.
        const next = { ...readAddress(location.search), ...change };
        const url = `${location.pathname}${writeAddress(next)}`;
        if (how === 'push') history.pushState(null, '', url);
        else history.replaceState(null, '', url);
        setAddress(next);
      },
    }),
    [address],
  );
  return { ...explorer, told };
}
