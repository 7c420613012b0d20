import { queryOf } from './address.ts';
import { Copy } from './copy.tsx';
import { useExplorer } from './explorer.ts';
import { Panel } from './panel.tsx';
import { type Recipes, recipesOf } from './recipes.ts';

type Shown = Exclude<keyof Recipes, 'json' | 'webcal'>;

const SHOWN: readonly Shown[] = [
  'curl',
  'js',
  'python',
  'csv',
  'ndjson',
  'ics',
  'atom',
  'timelinejs',
  'grafana',
];

/** The drawer of exact addresses for what is asked now; closing it is `go({ open: null })`. */
export function TakeAway() {
  const { words, go, address } = useExplorer();
  const query = queryOf(address.filters);
  const recipes = recipesOf(location.origin, query, words.language);
  return (
    <Panel
      name="take-away"
      title={words.say('take')}
      close={() => go({ open: null })}
    >
      <p>{words.say(query === '' ? 'take.nothing' : 'take.intro')}</p>
      {SHOWN.map((name) => (
        <section key={name} class={`recipe ${name}`}>
          <h3>{words.say(`take.${name}`)}</h3>
          {(name === 'ics' || name === 'timelinejs' || name === 'grafana') && (
            <p>{words.say(`take.${name}.hint`)}</p>
          )}
          <pre tabIndex={0}>{recipes[name]}</pre>
          <p>
            <Copy
              what={`${words.say('copy')}: ${words.say(`take.${name}`)}`}
              text={recipes[name]}
            />
            {name === 'ics' && (
              <a href={recipes.webcal}>{words.say('take.ics.open')}</a>
            )}
            {(name === 'csv' || name === 'ndjson') && (
              <a href={recipes[name]} download>
                {words.say('take.download')}
              </a>
            )}
          </p>
        </section>
      ))}
    </Panel>
  );
}
