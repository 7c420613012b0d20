import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { Address } from './address.ts';

/** The theme that is seen: the one asked for, else the reader's own, also when that changes. */
export function useTheme(asked: Address['theme']): 'light' | 'dark' {
  const [dark, setDark] = useState(() => darkness().matches);
  useEffect(() => {
    const query = darkness();
    const changed = () => setDark(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  const theme = asked ?? (dark ? 'dark' : 'light');
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return theme;
}

const darkness = () => matchMedia('(prefers-color-scheme: dark)');
