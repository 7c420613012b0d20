import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useExplorer } from './explorer.ts';

interface PanelProps {
  /** Its `id`, and what its style goes by. */
  name: string;
  title: ComponentChildren;
  close: () => void;
  children: ComponentChildren;
}

/** Something that lies over the page without locking it: takes the focus, gives it back, and Escape closes it. */
export function Panel({ name, title, close, children }: PanelProps) {
  const { words } = useExplorer();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <section
      ref={panel}
      id={name}
      class={`panel ${name}`}
      role="dialog"
      aria-labelledby={`${name}-title`}
      tabIndex={-1}
      onKeyDown={(press) => {
        if (press.key !== 'Escape') return;
        press.stopPropagation();
        close();
      }}
    >
      <header>
        <h2 id={`${name}-title`}>{title}</h2>
        <button type="button" class="close" onClick={close}>
          <span aria-hidden="true">×</span>
          <span class="unseen">{words.say('close')}</span>
        </button>
      </header>
      {children}
    </section>
  );
}
