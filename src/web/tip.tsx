import { useExplorer } from './explorer.ts';
import type { Found } from './pointed.ts';
import { dayOf } from './time.ts';

/** What is under the pointer, in words; who does not point has the list and the card. */
export function Tip({
  at: { placed, bar, x },
  width,
  y,
}: {
  at: Found;
  width: number;
  y: number;
}) {
  const { words } = useExplorer();
  const title = words.choose(placed?.item.title ?? null);
  const side =
    x > width / 2 ? { right: `${width - x + 12}px` } : { left: `${x + 12}px` };
  return (
    <div class="tip" aria-hidden="true" style={{ top: `${y + 10}px`, ...side }}>
      {placed && (
        <>
          <bdi lang={title.lang}>{title.text}</bdi>
          <small>{placed.item.date}</small>
          <small>
            {words.say(`status.${placed.item.status}`)} ·{' '}
            {words.say(`corroboration.${placed.item.corroboration}`)}
          </small>
        </>
      )}
      {bar && (
        <>
          {words.say('count.events', { n: bar.count })}
          <small>
            {dayOf(bar.from)} – {dayOf(bar.until - 1)}
          </small>
        </>
      )}
    </div>
  );
}
