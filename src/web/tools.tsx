import { useState } from 'preact/hooks';
import { type Address, LANES } from './address.ts';
import { useExplorer } from './explorer.ts';
import { DAY, panned, plainSpan, zoomed } from './time.ts';
import type { Viewport } from './viewport.ts';

/** Over the lanes: what a lane is, zoom, and a way to a date. */
export function Tools({ viewport }: { viewport: Viewport }) {
  const { address, words, go } = useExplorer();
  const [wrong, setWrong] = useState(false);
  const move = (
    said: 'closer' | 'further' | 'earlier' | 'later',
    sign: string,
  ) => (
    <button
      key={said}
      type="button"
      aria-label={words.say(said)}
      title={words.say(said)}
      onClick={() => {
        const { window } = viewport;
        viewport.move(
          said === 'closer' || said === 'further'
            ? zoomed(window, said === 'closer' ? 0.5 : 2)
            : panned(window, said === 'earlier' ? -0.4 : 0.4),
        );
      }}
    >
      {sign}
    </button>
  );
  return (
    <div class="tools">
      <label>
        <span>{words.say('lanes.by')}</span>
        <select
          value={address.lanes}
          onChange={({ currentTarget: { value } }) =>
            go({ lanes: value as Address['lanes'], pin: [], hide: [] })
          }
        >
          {LANES.map((one) => (
            <option key={one} value={one} selected={one === address.lanes}>
              {words.say(`lanes.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <span class="choice" role="group" aria-label={words.say('zoom')}>
        {move('earlier', '◀')}
        {move('further', '−')}
        {move('closer', '+')}
        {move('later', '▶')}
        <button type="button" onClick={() => go({ window: null })}>
          {words.say('all')}
        </button>
      </span>
      <label>
        <span>{words.say('goto')}</span>
        <input
          id="goto"
          autocomplete="off"
          placeholder={words.say('date.example')}
          aria-invalid={wrong}
          onInput={() => setWrong(false)}
          onKeyDown={({ key, currentTarget }) => {
            if (key !== 'Enter') return;
            const span = plainSpan(currentTarget.value.trim());
            setWrong(span === null);
            if (span === null) return;
            const room = Math.max((span.until - span.from) * 0.5, 15 * DAY);
            viewport.move({ from: span.from - room, until: span.until + room });
            currentTarget.value = '';
          }}
        />
      </label>
      {wrong && <span role="alert">{words.say('goto.wrong')}</span>}
    </div>
  );
}
