import { useEffect, useState } from 'preact/hooks';
import { type Parameter, replaced, writeAddress } from './address.ts';
import type { Refusal } from './api.ts';
import { useExplorer } from './explorer.ts';
import type { Overview } from './questions.ts';

/** Parameters that the page does not know: kept in the address, and told. */
export function UnknownParameters() {
  const { address, words, go } = useExplorer();
  if (address.unknown.length === 0) return null;
  const names = address.unknown.map(([name, value]) => `${name}=${value}`);
  return (
    <p class="notice warning" role="alert">
      {words.say('unknown', { n: names.length })} <bdi>{names.join(', ')}</bdi>{' '}
      <button type="button" onClick={() => go({ unknown: [] })}>
        {words.say('unknown.drop')}
      </button>
    </p>
  );
}

/** Of which kind a refusal is, as the texts name it. */
export function kindOf({
  status,
}: Refusal): 'away' | 'busy' | 'unavailable' | 'broken' | 'refused' {
  if (status === 0) return 'away';
  if (status === 429) return 'busy';
  if (status === 503) return 'unavailable';
  return status >= 500 ? 'broken' : 'refused';
}

/** Why there is no answer; where it helps to wait, for how long. */
export function Refused({
  refusal,
  again,
}: {
  refusal: Refusal;
  again: () => void;
}) {
  const { address, words, go } = useExplorer();
  const { problem, retryAfter } = refusal;
  const [left, setLeft] = useState(retryAfter ?? 0);
  useEffect(() => {
    const end = Date.now() + (retryAfter ?? 0) * 1000;
    const count = () =>
      setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    count();
    const timer = setInterval(count, 250);
    return () => clearInterval(timer);
  }, [refusal]);
  const kind = kindOf(refusal);
  // One parameter may have several faults.
  const parameters = new Set(
    problem?.errors?.flatMap(({ parameter }) => parameter ?? []),
  );
  return (
    <div class="notice problem" role="alert">
      <p>
        {words.say(`state.${kind}`)}{' '}
        {kind === 'refused' && <bdi lang="en">{problem?.detail}</bdi>}
      </p>
      {problem?.errors?.map(({ parameter, received, nearest = [] }, at) => (
        <p key={at}>
          {nearest.map((value) => (
            <button
              key={value}
              type="button"
              onClick={() =>
                go({
                  filters: corrected(
                    address.filters,
                    parameter ?? '',
                    String(received),
                    value,
                  ),
                })
              }
            >
              {words.say('state.nearest', { value })}
            </button>
          ))}
        </p>
      ))}
      {[...parameters].map((name) => (
        <p key={name}>
          <button
            type="button"
            onClick={() => go({ filters: replaced(address.filters, name, []) })}
          >
            {words.say('filter.drop', { name })}
          </button>
        </p>
      ))}
      {retryAfter !== null && (
        <p>
          <span aria-hidden="true">
            {words.say('state.retry', { n: left })}
          </span>{' '}
          <button type="button" onClick={again}>
            {words.say('again')}
          </button>
        </p>
      )}
    </div>
  );
}

function corrected(
  filters: readonly Parameter[],
  name: string,
  wrong: string,
  right: string,
): Parameter[] {
  return filters.map(([one, value]) => [
    one,
    one === name ? value.replace(wrong, right) : value,
  ]);
}

/** Nothing was found: what each filter, left out, would bring. */
export function Nothing({ hints }: Pick<Overview, 'hints'>) {
  const { address, words, go } = useExplorer();
  const without = (name: string, received: string) => {
    const exact = address.filters.filter(
      ([one, value]) => !(one === name && value === received),
    );
    return exact.length < address.filters.length
      ? exact
      : replaced(address.filters, name, []);
  };
  return (
    <div class="notice empty">
      <h2>{words.say('empty')}</h2>
      <ul>
        {hints.map(({ parameter, received, count, more, nearest = [] }) => (
          <li key={`${parameter}=${received}`}>
            <button
              type="button"
              onClick={() =>
                go({ filters: without(parameter, received), window: null })
              }
            >
              {words.say('empty.drop')} <bdi>{`${parameter}=${received}`}</bdi>
            </button>{' '}
            {count !== null &&
              words.say(more ? 'empty.more' : 'empty.brings', { n: count })}
            {nearest.map(({ id, name }) => (
              <button
                key={id}
                type="button"
                onClick={() =>
                  go({
                    filters: [...without(parameter, received), ['actor', id]],
                  })
                }
              >
                <bdi>{words.choose(name).text}</bdi>
              </button>
            ))}
          </li>
        ))}
      </ul>
      {address.filters.length > 0 && (
        <a
          href={writeAddress({ ...address, filters: [], window: null }) || '/'}
        >
          {words.say('empty.all')}
        </a>
      )}
    </div>
  );
}
