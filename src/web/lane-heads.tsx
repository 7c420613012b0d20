import type { Address } from './address.ts';
import { AXIS } from './canvas.ts';
import { useExplorer } from './explorer.ts';
import type { Lane, Place } from './lanes.ts';
import { nameOf } from './names.ts';

interface HeadsProps {
  lanes: readonly Lane[];
  kind: Address['lanes'];
  places: readonly Place[];
  current: number;
}

/** The names of the lanes, each with its count, a pin and a way to hide it. */
export function LaneHeads({ lanes, kind, places, current }: HeadsProps) {
  const { address, words, go } = useExplorer();
  const { pin, hide } = address;
  return (
    <ol class="heads" style={{ paddingTop: `${AXIS}px` }}>
      {lanes.map(({ id, count, imprecise }, index) => {
        const name = nameOf(kind, id, words);
        const pinned = pin.includes(id);
        return (
          <li
            key={id}
            class={index === current ? 'head current' : 'head'}
            style={{ height: `${places[index]?.height ?? 0}px` }}
          >
            <bdi class="head-name" lang={name.lang} title={name.text}>
              {name.text}
            </bdi>
            <span class="head-count">
              {words.number(count)}
              {imprecise > 0 && (
                <span
                  class="hatched-count"
                  title={words.say('imprecise', { n: imprecise })}
                >
                  {words.number(imprecise)}
                </span>
              )}
            </span>
            <span class="head-tools">
              <button
                type="button"
                aria-pressed={pinned}
                aria-label={words.say(pinned ? 'unpin' : 'pin', {
                  name: name.text,
                })}
                title={words.say(pinned ? 'unpin' : 'pin', { name: name.text })}
                onClick={() =>
                  go({
                    pin: pinned
                      ? pin.filter((one) => one !== id)
                      : [...pin, id],
                  })
                }
              >
                {pinned ? '★' : '☆'}
              </button>
              <button
                type="button"
                aria-label={words.say('hide', { name: name.text })}
                title={words.say('hide', { name: name.text })}
                onClick={() =>
                  go({
                    hide: [...hide, id],
                    pin: pin.filter((one) => one !== id),
                  })
                }
              >
                ×
              </button>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
