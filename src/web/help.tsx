import { useExplorer } from './explorer.ts';
import { Panel } from './panel.tsx';

const KEYS = [
  [['/'], 'search'],
  [['←', '→'], 'pan'],
  [['↑', '↓'], 'lane'],
  [['Shift', '←', '→'], 'step'],
  [['+', '−'], 'zoom'],
  [['Enter'], 'open'],
  [['Esc'], 'close'],
  [['g'], 'goto'],
  [['?'], 'help'],
] as const;

const SIGNS = [
  'day',
  'duration',
  'about',
  'oneOf',
  'month',
  'cancelled',
  'planned',
  'oneSided',
  'counts',
] as const;

/** What the signs mean and which keys there are; closing it is `go({ open: null })`. */
export function Help() {
  const { words, go } = useExplorer();
  return (
    <Panel
      name="help"
      title={words.say('help')}
      close={() => go({ open: null })}
    >
      <h3>{words.say('help.keys')}</h3>
      <dl class="keys">
        {KEYS.map(([keys, name]) => (
          <div key={name}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words.say(`help.key.${name}`)}</dd>
          </div>
        ))}
      </dl>
      <h3>{words.say('help.signs')}</h3>
      <ul class="signs">
        {SIGNS.map((name) => (
          <li key={name} class={name}>
            {words.say(`help.sign.${name}`)}
          </li>
        ))}
      </ul>
      <p>{words.say('help.certainty')}</p>
      <p>
        {words.say('help.api')} <a href="/docs">{words.say('help.docs')}</a>
      </p>
    </Panel>
  );
}
