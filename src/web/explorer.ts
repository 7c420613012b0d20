import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Address } from './address.ts';
import { Refusal } from './api.ts';
import { type Words, wordsIn } from './words.ts';

/** What every part of the page is handed. */
export interface Explorer {
  /** What the address says. */
  address: Address;
  words: Words;
  /** Changes the address; `replace` leaves no step to come back to. */
  go: (change: Partial<Address>, how?: 'push' | 'replace') => void;
  /** Says something to who listens to the page (a polite live region). */
  tell: (text: string) => void;
}

export const ExplorerContext = createContext<Explorer | null>(null);

/**
 * The page around a component.
 * @throws Error outside of the page
 */
export function useExplorer(): Explorer {
  const explorer = useContext(ExplorerContext);
  if (explorer === null) throw new Error('outside of the page');
  return explorer;
}

/** What was asked: the last answer (kept while the next one is awaited), and why there is none. */
export interface Asked<Answer> {
  /** The last good answer; it may be that of an earlier question. */
  answer: Answer | null;
  /** Whether an answer is awaited. */
  waiting: boolean;
  refusal: Refusal | null;
  /** When the last good answer came. */
  at: Date | null;
  /** Asks again at once. */
  again: () => void;
}

/**
 * Asks once for each `key`; a question that is overtaken is ended. Where asking again may help, it does so after
 * `Retry-After`. A null key asks nothing.
 */
export function useAsked<Answer>(
  key: string | null,
  question: (signal: AbortSignal) => Promise<Answer>,
): Asked<Answer> {
  const [state, setState] = useState<{
    key: string | null;
    answer: Answer | null;
    refusal: Refusal | null;
    at: Date | null;
  }>({ key: null, answer: null, refusal: null, at: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (key === null) return undefined;
    const ending = new AbortController();
    let retry = 0;
    question(ending.signal).then(
      (answer) => setState({ key, answer, refusal: null, at: new Date() }),
      (error: unknown) => {
        if (ending.signal.aborted) return;
        if (!(error instanceof Refusal)) throw error;
        setState((before) => ({ ...before, key, refusal: error }));
        if (error.retryAfter !== null)
          retry = window.setTimeout(
            () => setTurn((one) => one + 1),
            error.retryAfter * 1000,
          );
      },
    );
    return () => {
      ending.abort();
      clearTimeout(retry);
    };
  }, [key, turn]);
  return {
    answer: state.answer,
    at: state.at,
    waiting: key !== null && state.key !== key,
    refusal: state.key === key ? state.refusal : null,
    again: () => setTurn((one) => one + 1),
  };
}

/** The words of the page: of the language asked for, else the reader's own, else English. */
export function wordsFor(hl: Address['hl'], own: readonly string[]): Words {
  const found = own
    .map((tag) => tag.split('-')[0])
    .find((tag) => tag === 'uk' || tag === 'en');
  return wordsIn(hl ?? found ?? 'en');
}
