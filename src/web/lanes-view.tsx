import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TimeWindow } from './address.ts';
import { draw } from './canvas.ts';
import { AXIS, heightOf, type Scene } from './scene.ts';
import { useExplorer } from './explorer.ts';
import { LaneHeads } from './lane-heads.tsx';
import {
  arrange,
  type Lane,
  lanesOfItems,
  lanesOfTimeline,
  type Place,
  type Placed,
  placesOf,
  rowMiddle,
} from './lanes.ts';
import { handle, type Hands } from './hands.ts';
import { found, type Found } from './pointed.ts';
import { nameOf, useNames } from './names.ts';
import type { Picture } from './questions.ts';
import { type Paint, paintFor } from './sprites.ts';
import type { TickUnit } from './time.ts';
import { Tip } from './tip.tsx';
import { useKeys } from './keys.ts';
import type { Viewport } from './viewport.ts';

/** What the lanes show, and through which window. */
export interface LanesProps {
  picture: Picture | null;
  viewport: Viewport;
  /** The window as it stands in the address. */
  settled: TimeWindow;
  theme: 'light' | 'dark';
  /** Whether what is shown is no longer what was asked. */
  stale: boolean;
}

/** The lanes: a canvas under the hand, with a head of its own for every lane. */
export function LanesView({
  picture,
  viewport,
  settled,
  theme,
  stale,
}: LanesProps) {
  const { address, words, go, tell } = useExplorer();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<Found | null>(null);
  const [current, setCurrent] = useState<{ lane: number; id: string | null }>({
    lane: -1,
    id: null,
  });
  const [width, setWidth] = useState(800);
  const kind = picture?.lanes ?? address.lanes;
  const { pin, hide } = address;
  const lanes = useMemo<Lane[]>(() => {
    const chosen = { lanes: kind, pin, hide };
    if (picture?.items) return lanesOfItems(picture.items, chosen, settled);
    return picture?.timeline ? lanesOfTimeline(picture.timeline, chosen) : [];
  }, [picture, kind, pin.join(), hide.join(), settled.from, settled.until]);
  const known = useNames(
    kind,
    lanes.map(({ id }) => id),
  );
  const narrow = width < 480;
  const places = useMemo(
    () => placesOf(lanes, settled, width, AXIS, narrow ? 46 : 32),
    [lanes, width],
  );
  const height = heightOf({ places });

  // What is drawn on the next frame: read there, so that a move of the hand draws without Preact.
  const scene = useRef<Scene>(emptyScene);
  scene.current = {
    lanes,
    places,
    open: address.event,
    hovered: hovered?.placed?.item.id ?? null,
    current: current.id,
    lane: current.lane,
    title: ({ item }) => words.choose(item.title).text,
    tick: useMemo(() => tickWriter(words.locale), [words.locale]),
  };
  const paint = useRef<Paint | null>(null);
  const arranged = useRef<Arranged>({ places, scale: 0 });
  const frameOf = useRef(0);
  const redraw = useRef(() => {
    cancelAnimationFrame(frameOf.current);
    frameOf.current = requestAnimationFrame(() => {
      const element = canvas.current;
      const context = element?.getContext('2d');
      if (!element || !context || paint.current === null) return;
      const wide = element.clientWidth;
      const scale = wide / (viewport.window.until - viewport.window.from);
      const { lanes: drawn, places: standing } = scene.current;
      if (isOther(arranged.current, { places: standing, scale })) {
        for (const [index, { items }] of drawn.entries())
          arrange(items, standing[index]?.rows ?? 1, scale);
        arranged.current = { places: standing, scale };
      }
      const { ratio } = paint.current;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      draw(context, scene.current, viewport.window, wide, paint.current);
    });
  }).current;

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const fit = () => {
      paint.current = paintFor(element, theme);
      const { ratio } = paint.current;
      element.width = Math.round(element.clientWidth * ratio);
      element.height = Math.round(element.clientHeight * ratio);
      setWidth(element.clientWidth);
      redraw();
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    return () => observer.disconnect();
  }, [theme, height]);
  useEffect(() => viewport.watch(redraw), [viewport]);
  useEffect(redraw, [lanes, hovered, current, address.event, known, words]);

  const hands = useRef<Hands | null>(null);
  hands.current = {
    viewport,
    pointed: (x, y) =>
      setHovered(found(scene.current, viewport.window, width, x, y)),
    left: () => setHovered(null),
    clicked(x, y) {
      const at = found(scene.current, viewport.window, width, x, y);
      if (at === null) return;
      setCurrent({ lane: at.lane, id: at.placed?.item.id ?? null });
      if (at.placed) go({ event: at.placed.item.id });
    },
  };
  useEffect(() => {
    const element = canvas.current;
    return element === null ? undefined : handle(element, hands);
  }, []);
  const step = (placed: Placed, lane: number) => {
    setCurrent({ lane, id: placed.item.id });
    tell(words.choose(placed.item.title).text);
  };
  useKeys(frame, {
    lanes,
    viewport,
    current,
    step,
    setLane(lane) {
      setCurrent({ lane, id: null });
      const { text } = nameOf(kind, lanes[lane]?.id ?? '', words);
      tell(words.say('lane.told', { name: text, n: lanes[lane]?.count ?? 0 }));
    },
    open: (id) => go({ event: id }),
  });

  const far = picture !== null && picture.items === null;
  const near = (picture?.items ?? []).filter(
    ({ begin, end }) => begin[0] < settled.until && end[1] > settled.from,
  ).length;
  return (
    <section
      class={stale ? 'lanes stale' : 'lanes'}
      aria-label={words.say('lanes')}
    >
      <LaneHeads
        lanes={lanes}
        kind={kind}
        places={places}
        current={current.lane}
      />
      <div
        class="lanes-frame"
        ref={frame}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keys of the lanes are caught here
        tabIndex={0}
        role="group"
        aria-label={words.say('lanes.keys')}
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label={words.say(far ? 'lanes.far' : 'lanes.near', {
            n: near,
            lanes: lanes.length,
          })}
          style={{ height: `${height}px` }}
        />
        {hovered && (
          <Tip at={hovered} width={width} y={tipHeight(places, hovered)} />
        )}
      </div>
    </section>
  );
}

function tipHeight(places: readonly Place[], { lane, placed }: Found): number {
  const place = places[lane];
  return place === undefined ? 0 : rowMiddle(place, placed?.row ?? 0);
}

const emptyScene: Scene = {
  lanes: [],
  places: [],
  open: null,
  hovered: null,
  current: null,
  lane: -1,
  title: () => '',
  tick: () => '',
};

interface Arranged {
  places: readonly Place[];
  scale: number;
}

function isOther(before: Arranged, now: Arranged): boolean {
  return (
    before.places !== now.places ||
    Math.abs(before.scale / now.scale - 1) > 1e-6
  );
}

/** Writes the ticks of the axis; days are days wherever it took place, written as if in UTC. */
function tickWriter(locale: string): Scene['tick'] {
  const made = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
  const formats: Record<TickUnit, Intl.DateTimeFormat> = {
    year: made({ year: 'numeric' }),
    month: made({ year: 'numeric', month: 'short' }),
    day: made({ year: 'numeric', month: 'short', day: 'numeric' }),
    minute: made({
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    }),
  };
  // A canvas draws a tick on every frame, and the format takes its time.
  const written = new Map<string, string>();
  return (at, unit) => {
    const key = `${unit}${at}`;
    const known = written.get(key);
    if (known !== undefined) return known;
    const text = formats[unit].format(at).replace(/\s*р\.$/, '');
    if (written.size > 2000) written.clear();
    written.set(key, text);
    return text;
  };
}
