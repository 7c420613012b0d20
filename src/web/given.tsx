import { type Parameter, parted, replaced, valuesOf } from './address.ts';
import { useExplorer } from './explorer.ts';
import { nameOf, useNames } from './names.ts';

// These have a place of their own, where they are seen and left.
const ELSEWHERE = new Set(['type', 'status', 'from', 'to', 'certainty']);

/** What is asked already: each part can be taken away with one click. */
export function Given() {
  const { address, words, go } = useExplorer();
  const actors = valuesOf(address, 'actor');
  const ids = actors.flatMap(parted).map((one) => idOf(one));
  useNames('actor', ids);
  const others = address.filters.filter(([name]) => !ELSEWHERE.has(name));
  const without = (left: Parameter) =>
    go({ filters: address.filters.filter((one) => one !== left) });
  const [a, b] = actors.filter((one) => !/[,:]|^-/.test(one));
  const together = actors.length > 1;
  const anyOf = actors.length === 1 && parted(actors[0] ?? '').length > 1;
  if (others.length + address.hide.length === 0) return null;
  return (
    <div class="given">
      {others.map((one) => (
        <Chip key={one.join('=')} given={one} left={() => without(one)} />
      ))}
      {(together || anyOf) && (
        <button
          type="button"
          class="link"
          onClick={() =>
            go({
              filters: replaced(
                address.filters,
                'actor',
                together ? [actors.join(',')] : parted(actors[0] ?? ''),
              ),
            })
          }
        >
          {words.say(together ? 'actors.any' : 'actors.each')}
        </button>
      )}
      {a !== undefined && b !== undefined && (
        <button
          type="button"
          class="link"
          onClick={() => go({ ledger: [a, b] })}
        >
          {words.say('ledger')}
        </button>
      )}
      {address.hide.length > 0 && (
        <button type="button" class="link" onClick={() => go({ hide: [] })}>
          {words.say('hidden', { n: address.hide.length })}
        </button>
      )}
    </div>
  );
}

function Chip({ given, left }: { given: Parameter; left: () => void }) {
  const { words } = useExplorer();
  const [name, value] = given;
  const said =
    name === 'actor'
      ? parted(value)
          .map((one) =>
            one.replace(idOf(one), (id) => nameOf('actor', id, words).text),
          )
          .join(` ${words.say('or')} `)
      : name === 'country'
        ? parted(value)
            .map((one) => nameOf('country', one, words).text)
            .join(` ${words.say('or')} `)
        : value;
  return (
    <span class="chip chosen">
      {name !== 'actor' && name !== 'country' && <small>{name}</small>}
      <bdi>{said}</bdi>
      <button
        type="button"
        aria-label={words.say('filter.drop', { name: said })}
        onClick={left}
      >
        ×
      </button>
    </span>
  );
}

/** The id in `-russia:recipient`. */
function idOf(value: string): string {
  return value.replace(/^-/, '').split(':')[0] ?? '';
}
