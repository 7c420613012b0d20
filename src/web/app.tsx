import { useEffect, useMemo, useState } from 'preact/hooks';
import { type Address, queryOf, readAddress, writeAddress } from './address.ts';
import { api } from './api.ts';
import { Card } from './card.tsx';
import {
  type Explorer,
  ExplorerContext,
  useAsked,
  wordsFor,
} from './explorer.ts';
import { Help } from './help.tsx';
import { itemOf } from './items.ts';
import { Ledger } from './ledger.tsx';
import { List } from './list.tsx';
import { TakeAway } from './take-away.tsx';

/** The whole page. */
export function App() {
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
  const { words } = explorer;
  useEffect(() => {
    document.documentElement.lang = words.language;
    document.title = words.say('name');
  }, [words]);
  const query = queryOf(address.filters);
  const { answer } = useAsked(query, (signal) =>
    api.events([query, 'limit=500'].filter(Boolean).join('&'), signal),
  );
  const items = useMemo(() => answer?.data.map(itemOf) ?? null, [answer]);
  return (
    <ExplorerContext.Provider value={explorer}>
      <main>
        <h1>{words.say('name')}</h1>
        <List query={query} items={items} total={items?.length ?? 0} />
        {address.ledger && <Ledger pair={address.ledger} />}
      </main>
      {address.event && <Card key={address.event} id={address.event} />}
      {address.open === 'take-away' && <TakeAway />}
      {address.open === 'help' && <Help />}
      <p class="told" role="status">
        {told}
      </p>
    </ExplorerContext.Provider>
  );
}
