import { escaped, parted, replaced, valuesOf } from './address.ts';
import { useExplorer } from './explorer.ts';
import type { Facets } from './shapes.ts';
import { Sign } from './sign.tsx';

type Values = Facets['facets'][string];

/** The values of a list filter with their counts; each can be chosen and left. */
export function Chips({
  name,
  values,
  most,
}: {
  name: 'type' | 'status';
  values: Values;
  most: number;
}) {
  const { address, words, go } = useExplorer();
  const given = valuesOf(address, name);
  const [first = '', ...others] = given;
  const chosen = parted(first);
  const missing = chosen.filter(
    (one) => !values.some(({ value }) => value === one),
  );
  const toggle = (value: string) => {
    const next = chosen.includes(value)
      ? chosen.filter((one) => one !== value)
      : [...chosen, value];
    const joined = next.map(escaped).join(',');
    go({
      filters: replaced(address.filters, name, [
        ...(joined === '' ? [] : [joined]),
        ...others,
      ]),
    });
  };
  const all = [
    ...values,
    ...missing.map((value) => ({ value, label: null, count: 0 })),
  ];
  const shown = all.filter(
    ({ value }, index) => index < most || chosen.includes(value),
  );
  const rest = all.filter((one) => !shown.includes(one));
  const chip = ({ value, label, count }: Values[number]) => {
    const text =
      label === null ? { text: value, lang: 'und' } : words.choose(label);
    return (
      <button
        key={value}
        type="button"
        class="chip"
        aria-pressed={chosen.includes(value)}
        onClick={() => toggle(value)}
      >
        {name === 'type' && <Sign type={value} />}
        <span lang={text.lang === 'und' ? undefined : text.lang}>
          {name === 'status' ? statusIn(words, value) : text.text}
        </span>
        <small>{words.number(count)}</small>
      </button>
    );
  };
  return (
    <div class="chips" role="group" aria-label={words.say(`filter.${name}`)}>
      {shown.map(chip)}
      {rest.length > 0 && (
        <details class="more-chips">
          <summary>{words.say('chips.more', { n: rest.length })}</summary>
          <div class="chips">{rest.map(chip)}</div>
        </details>
      )}
    </div>
  );
}

const STATUSES = [
  'announced',
  'scheduled',
  'held',
  'postponed',
  'cancelled',
  'denied',
] as const;

function statusIn(
  words: ReturnType<typeof useExplorer>['words'],
  value: string,
): string {
  const status = STATUSES.find((one) => one === value);
  return status === undefined ? value : words.say(`status.${status}`);
}
