import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Explorer } from './explorer.ts';

/** The keys of the whole page: `/` searches, `g` goes to a date, `?` helps, Esc closes what was opened last. */
export function useShortcuts(explorer: Explorer): void {
  const now = useRef(explorer);
  now.current = explorer;
  // With the first picture: what is pressed as soon as the page is seen is not lost.
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { key, target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.defaultPrevented) return;
      const writes =
        target instanceof Element && target.matches('input, textarea, select');
      if (key === 'Escape') close(now.current);
      else if (writes) return;
      else if (key === '/') focus('#search');
      else if (key === 'g') focus('#goto');
      else if (key === '?') now.current.go({ open: 'help' });
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}

function close({ address: { open, event, ledger }, go }: Explorer): void {
  if (open !== null) go({ open: null });
  else if (event !== null) go({ event: null });
  else if (ledger !== null) go({ ledger: null });
  else if (document.activeElement instanceof HTMLElement)
    document.activeElement.blur();
}

function focus(selector: string): void {
  document.querySelector<HTMLInputElement>(selector)?.focus();
}
