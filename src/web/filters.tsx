import { useEffect, useState } from 'preact/hooks';
import {
  type Address,
  escaped,
  parted,
  queryOf,
  replaced,
  valuesOf,
} from './address.ts';
import { api } from './api.ts';
import { Chips } from './chips.tsx';
import { useAsked, useExplorer } from './explorer.ts';
import { Given } from './given.tsx';
import { nameOf } from './names.ts';
import { Typeahead } from './typeahead.tsx';

/** What is asked: who, what, where, which words, when, and how surely. */
export function Filters() {
  const { address, words, go } = useExplorer();
  const query = queryOf(address.filters);
  const { answer } = useAsked(query, (signal) =>
    api.facets(
      [query, 'by=type,status,country&top=40&own=ignored']
        .filter(Boolean)
        .join('&'),
      signal,
    ),
  );
  const facets = answer?.facets ?? {};
  const countries = facets['country'] ?? [];
  const certain = valuesOf(address, 'certainty').includes('certain');
  // On a narrow page the lanes come first: the details open on a tap.
  const [wide] = useState(() => matchMedia('(min-width: 720px)').matches);
  return (
    <search class="filters" aria-label={words.say('filters')}>
      <Typeahead />
      <Given />
      <details open={wide}>
        <summary>{words.say('filters')}</summary>
        <Chips name="type" values={facets['type'] ?? []} most={10} />
        <Chips name="status" values={facets['status'] ?? []} most={6} />
        <div class="fields">
          <label>
            <span>{words.say('filter.country')}</span>
            <select
              value=""
              onChange={({ currentTarget: { value } }) =>
                go({ filters: withAnother(address, 'country', value) })
              }
            >
              <option value="">{words.say('filter.any')}</option>
              {countries.map(({ value, count }) => (
                <option key={value} value={value}>
                  {nameOf('country', value, words).text} ({words.number(count)})
                </option>
              ))}
            </select>
          </label>
          <Field name="q" />
          <Field name="from" />
          <Field name="to" />
          <div
            class="choice"
            role="group"
            aria-label={words.say('filter.certainty')}
          >
            {[false, true].map((one) => (
              <button
                key={String(one)}
                type="button"
                aria-pressed={certain === one}
                onClick={() =>
                  go({
                    filters: replaced(
                      address.filters,
                      'certainty',
                      one ? ['certain'] : [],
                    ),
                  })
                }
              >
                {words.say(one ? 'certain' : 'possible')}
              </button>
            ))}
          </div>
        </div>
      </details>
    </search>
  );
}

/** One more value that will do as well. */
function withAnother(
  address: Address,
  name: string,
  value: string,
): Address['filters'] {
  const [first = '', ...others] = valuesOf(address, name);
  const values = [...new Set([...parted(first), value])].filter(Boolean);
  const joined = values.map(escaped).join(',');
  return replaced(address.filters, name, [joined, ...others]);
}

/** A filter that is written by hand; Enter, or leaving the field, asks. */
function Field({ name }: { name: 'q' | 'from' | 'to' }) {
  const { address, words, go } = useExplorer();
  const asked = valuesOf(address, name)[0] ?? '';
  const [text, setText] = useState(asked);
  useEffect(() => setText(asked), [asked]);
  const ask = () => {
    const value = text.trim();
    if (value !== asked)
      go({
        filters: replaced(address.filters, name, value === '' ? [] : [value]),
      });
  };
  return (
    <label>
      <span>{words.say(`filter.${name}`)}</span>
      <input
        class={`field-${name}`}
        name={name}
        value={text}
        autocomplete="off"
        placeholder={name === 'q' ? '' : words.say('date.example')}
        onInput={({ currentTarget: { value } }) => setText(value)}
        onBlur={ask}
        onKeyDown={({ key }) => {
          if (key === 'Enter') ask();
        }}
      />
    </label>
  );
}
