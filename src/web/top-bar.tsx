import { useExplorer } from './explorer.ts';
import type { Overview } from './questions.ts';

/** Name, how many events and since when they are known, language, theme, and the drawers. */
export function TopBar({
  overview,
  at,
}: {
  overview: Overview | null;
  at: Date | null;
}) {
  const { address, words, go } = useExplorer();
  const { theme, open } = address;
  const clock = new Intl.DateTimeFormat(words.locale, { timeStyle: 'short' });
  return (
    <header class="top">
      <h1>{words.say('name')}</h1>
      <p class="how-many" aria-live="polite">
        {overview && words.say('count.events', { n: overview.timeline.total })}
        {at && (
          <small> · {words.say('as-of', { time: clock.format(at) })}</small>
        )}
      </p>
      <nav aria-label={words.say('page')}>
        <span class="choice" role="group" aria-label={words.say('language')}>
          {(['uk', 'en'] as const).map((one) => (
            <button
              key={one}
              type="button"
              lang={one}
              aria-label={one === 'uk' ? 'УК – українська' : 'EN – English'}
              aria-pressed={words.language === one}
              onClick={() => go({ hl: one })}
            >
              {one === 'uk' ? 'УК' : 'EN'}
            </button>
          ))}
        </span>
        <span class="choice" role="group" aria-label={words.say('theme')}>
          {([null, 'light', 'dark'] as const).map((one) => {
            const said = words.say(`theme.${one ?? 'auto'}`);
            return (
              <button
                key={one}
                type="button"
                aria-label={said}
                title={said}
                aria-pressed={theme === one}
                onClick={() => go({ theme: one })}
              >
                {one === null ? '◐' : one === 'light' ? '☀' : '☾'}
              </button>
            );
          })}
        </span>
        <button
          type="button"
          aria-expanded={open === 'take-away'}
          onClick={() =>
            go({ open: open === 'take-away' ? null : 'take-away' })
          }
        >
          {words.say('take')}
        </button>
        <button
          type="button"
          aria-label={words.say('help')}
          title={words.say('help')}
          aria-expanded={open === 'help'}
          onClick={() => go({ open: open === 'help' ? null : 'help' })}
        >
          ?
        </button>
      </nav>
    </header>
  );
}
