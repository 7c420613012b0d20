import { useEffect, useRef, useState } from 'preact/hooks';
import type { TimeWindow } from './address.ts';
import { useExplorer } from './explorer.ts';
import type { Overview } from './questions.ts';
import { dayOf, instantAt, panned, pixelOf } from './time.ts';
import type { Viewport } from './viewport.ts';

const HEIGHT = 72;
/** The picture is drawn in so many units and stretched to the page. */
const WIDE = 1000;

/** The histogram over the whole range: a brush chooses the window, a double click all of it. */
export function Density({
  overview: { timeline },
  whole,
  viewport,
  stale,
}: {
  overview: Overview;
  whole: TimeWindow;
  viewport: Viewport;
  stale: boolean;
}) {
  const { words, go } = useExplorer();
  const picture = useRef<SVGSVGElement>(null);
  const start = useRef<number | null>(null);
  const [, moved] = useState(0);
  const [brush, setBrush] = useState<TimeWindow | null>(null);
  useEffect(() => viewport.watch(() => moved((one) => one + 1)), [viewport]);
  const most = timeline.buckets.reduce(
    (found, { total }) => Math.max(found, total),
    1,
  );
  const place = (at: number) =>
    Math.min(Math.max(pixelOf(at, whole, WIDE), 0), WIDE);
  const instant = ({ clientX }: MouseEvent) => {
    const { left, width } = picture.current?.getBoundingClientRect() ?? {
      left: 0,
      width: 1,
    };
    const x = Math.min(Math.max(clientX - left, 0), width);
    return instantAt(x, whole, width);
  };
  const seen = brush ?? viewport.window;
  const [from, until] = [place(seen.from), place(seen.until)];
  return (
    <section class={stale ? 'density stale' : 'density'}>
      <svg
        ref={picture}
        viewBox={`0 0 ${WIDE} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words.say('density', {
          n: timeline.total,
          from: dayOf(whole.from),
          until: dayOf(whole.until),
        })}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = instant(event);
        }}
        onPointerMove={(event) => {
          if (start.current === null) return;
          const now = instant(event);
          setBrush({
            from: Math.min(start.current, now),
            until: Math.max(start.current, now),
          });
        }}
        onPointerUp={() => {
          start.current = null;
          setBrush(null);
          if (brush === null) return;
          // A mark too narrow to be meant moves the window there.
          const narrow =
            pixelOf(brush.until, whole, WIDE) -
              pixelOf(brush.from, whole, WIDE) <
            4;
          const { window } = viewport;
          const middle = (window.from + window.until) / 2;
          viewport.move(
            narrow
              ? panned(
                  window,
                  (brush.from - middle) / (window.until - window.from),
                )
              : brush,
          );
        }}
        onDblClick={() => go({ window: null })}
      >
        {timeline.buckets.map(({ start: begin, end, total }) => {
          if (total === 0) return null;
          const left = place(Date.parse(begin));
          const tall = Math.max(1.5, Math.sqrt(total / most) * (HEIGHT - 6));
          return (
            <rect
              key={begin}
              class="bar"
              x={left}
              y={HEIGHT - tall}
              width={Math.max(1, place(Date.parse(end)) - left - 0.4)}
              height={tall}
            />
          );
        })}
        <rect class="veil" x={0} y={0} width={from} height={HEIGHT} />
        <rect
          class="veil"
          x={until}
          y={0}
          width={WIDE - until}
          height={HEIGHT}
        />
        <rect
          class="brush"
          x={from}
          y={0.5}
          width={Math.max(2, until - from)}
          height={HEIGHT - 1}
        />
      </svg>
      {timeline.imprecise.total > 0 && (
        <p
          class="imprecise"
          title={words.say('imprecise', { n: timeline.imprecise.total })}
        >
          <span
            class="imprecise-bar"
            style={{
              height: `${Math.max(4, Math.min(1, Math.sqrt(timeline.imprecise.total / most)) * (HEIGHT - 22))}px`,
            }}
          />
          <span>
            <span aria-hidden="true">
              ± {words.number(timeline.imprecise.total)}
            </span>
            <span class="unseen">
              {words.say('imprecise', { n: timeline.imprecise.total })}
            </span>
          </span>
        </p>
      )}
    </section>
  );
}
