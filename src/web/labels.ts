import { api } from './api.ts';
import { useExplorer } from './explorer.ts';
import { useEffect, useState } from 'preact/hooks';
import type { EventType } from './shapes.ts';

// Data of the service that does not change while it runs: asked for once, for all parts of the page.
let known: Promise<readonly EventType[]> | undefined;
let types: readonly EventType[] = [];

/** What types of events are called, in the reader's language; until that is known a code stands for itself. */
export function useTypeLabels(): (code: string) => string {
  const { words } = useExplorer();
  const [all, setAll] = useState(types);
  useEffect(() => {
    known ??= api.eventTypes('').then(({ data }) => (types = data));
    known.then(setAll, () => {
      known = undefined;
    });
  }, []);
  return (code) =>
    all.find((one) => one.code === code)?.label[words.language] ?? code;
}
