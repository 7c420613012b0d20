import { queryOf } from './address.ts';
import { api } from './api.ts';
import { whyNot } from './card.tsx';
import { dayInWords, whenInWords } from './dates.ts';
import { useAsked, useExplorer } from './explorer.ts';
import { useTypeLabels } from './labels.ts';
import { Panel } from './panel.tsx';
import { namesOf, useRecords } from './records.ts';
import type { Dyad, EventInShort } from './shapes.ts';
import { EventLink, Told } from './told.tsx';

/** The ledger of two actors under the filters of the page; closing it is `go({ ledger: null })`. */
export function Ledger({ pair }: { pair: readonly [string, string] }) {
  const { words, go, address } = useExplorer();
  // The two are the question: the page's own actors would narrow it to events where all of them met.
  const query = queryOf(address.filters.filter(([name]) => name !== 'actor'));
  const { answer, refusal } = useAsked(`${pair.join(' ')} ${query}`, (signal) =>
    api.dyad(pair, query, signal),
  );
  const { answer: actors } = useRecords(pair, api.actor);
  const name = (id: string) => {
    const actor = actors?.get(id);
    return actor ? <Told map={namesOf(actor)} /> : <bdi>{id}</bdi>;
  };
  return (
    <Panel
      name="ledger"
      title={
        <>
          {name(pair[0])} – {name(pair[1])}
        </>
      }
      close={() => go({ ledger: null })}
    >
      <p>{words.say('ledger.held')}</p>
      {refusal && <p class="refusal">{whyNot(refusal, words)}</p>}
      {answer && answer.total === 0 && <p>{words.say('ledger.none')}</p>}
      {answer && answer.total > 0 && <Figures dyad={answer} />}
    </Panel>
  );
}

function Figures({ dyad }: { dyad: Dyad }) {
  const { words } = useExplorer();
  const { total, first, last, longestGap, silenceDays, imprecise } = dyad;
  return (
    <>
      <p class="total">{words.say('ledger.total', { n: total })}</p>
      <dl>
        <Contact label={words.say('ledger.first')} event={first} />
        <Contact label={words.say('ledger.last')} event={last} />
        {longestGap && (
          <div>
            <dt>{words.say('ledger.gap')}</dt>
            <dd>
              {words.say('ledger.gap.of', {
                days: words.say('days', { n: longestGap.days }),
                from: dayInWords(longestGap.from, words),
                until: dayInWords(longestGap.to, words),
              })}
            </dd>
          </div>
        )}
        {silenceDays !== null && (
          <div>
            <dt>{words.say('ledger.silence')}</dt>
            <dd>{words.say('days', { n: silenceDays })}</dd>
          </div>
        )}
      </dl>
      <h3>{words.say('ledger.byYear')}</h3>
      <Years dyad={dyad} />
      {imprecise > 0 && (
        <p>{words.say('ledger.imprecise', { n: imprecise })}</p>
      )}
      <h3>{words.say('ledger.byType')}</h3>
      <Types dyad={dyad} />
    </>
  );
}

function Contact({
  label,
  event,
}: {
  label: string;
  event: EventInShort | null;
}) {
  const { words } = useExplorer();
  if (event === null) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <time>{whenInWords(event.date, words)}</time>{' '}
        <EventLink id={event.id}>
          <Told map={event.title} />
        </EventLink>
      </dd>
    </div>
  );
}

const HEIGHT = 60;

/** A small picture: a bar for each year from the first contact to the last, empty years included. */
function Years({ dyad: { byYear } }: { dyad: Dyad }) {
  const { words } = useExplorer();
  const years = Object.keys(byYear).map(Number);
  if (years.length === 0) return null;
  const from = Math.min(...years);
  const until = Math.max(...years);
  const counts = Array.from(
    { length: until - from + 1 },
    (_, at) => byYear[String(from + at)] ?? byYear[padded(from + at)] ?? 0,
  );
  const most = Math.max(...counts);
  const summary = words.say('ledger.byYear.picture', {
    from: String(from),
    to: String(until),
    year: String(from + counts.indexOf(most)),
    n: most,
  });
  return (
    <figure>
      <svg
        class="years"
        role="img"
        aria-label={summary}
        viewBox={`0 0 ${counts.length * 4} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        {counts.map((count, at) => (
          <rect
            key={at}
            x={at * 4}
            width={3}
            y={HEIGHT - (count / most) * HEIGHT}
            height={(count / most) * HEIGHT}
          >
            <title>{`${from + at}: ${count}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption>
        <span>{from}</span>
        <span>{until}</span>
      </figcaption>
    </figure>
  );
}

const padded = (year: number) => String(year).padStart(4, '0');

function Types({ dyad: { byType, total } }: { dyad: Dyad }) {
  const { words } = useExplorer();
  const labels = useTypeLabels();
  const entries = Object.entries(byType).sort(([, a], [, b]) => b - a);
  return (
    <table class="by-type">
      <tbody>
        {entries.map(([type, count]) => (
          <tr key={type}>
            <th scope="row">{labels(type)}</th>
            <td>{words.number(count)}</td>
            <td aria-hidden="true">
              <meter value={count} max={total} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
