import { Accounts } from './accounts.tsx';
import { api, type Refusal } from './api.ts';
import { CardCopies } from './card-copies.tsx';
import { Documents } from './documents.tsx';
import { boundsInWords, whenInWords } from './dates.ts';
import { useAsked, useExplorer } from './explorer.ts';
import { useTypeLabels } from './labels.ts';
import { Panel } from './panel.tsx';
import { Participants } from './participants.tsx';
import { useAsOf } from './records.ts';
import { Revisions } from './revisions.tsx';
import type { Event } from './shapes.ts';
import { Sources } from './sources.tsx';
import { kindOf } from './states.tsx';
import { Chain } from './chain.tsx';
import { othersOf, Told } from './told.tsx';
import type { Words } from './words.ts';

/** The card of the event that is open; closing it is `go({ event: null })`. */
export function Card({ id }: { id: string }) {
  const { words, go } = useExplorer();
  const query = useAsOf();
  const { answer, refusal, waiting } = useAsked(`${id} ${query}`, (signal) =>
    api.event(id, signal, query),
  );
  const event = answer?.id === id ? answer : null;
  return (
    <Panel
      name="card"
      title={event ? <Told map={event.title} /> : words.say('event')}
      close={() => go({ event: null })}
    >
      {refusal && <p class="refusal">{whyNot(refusal, words)}</p>}
      {event === null && !refusal && <p>{words.say('loading')}</p>}
      {event && <EventCard event={event} waiting={waiting} />}
    </Panel>
  );
}

/** Why a record is not there, in words. */
export function whyNot(refusal: Refusal, words: Words): string {
  const { status, problem, message } = refusal;
  if (status === 404) return words.say('missing');
  if (status === 410)
    return words.say('removed', { why: problem?.reason ?? message });
  const kind = kindOf(refusal);
  return kind === 'refused'
    ? words.say('failed', { why: message })
    : words.say(`state.${kind}`);
}

function EventCard({ event, waiting }: { event: Event; waiting: boolean }) {
  const { words } = useExplorer();
  const labels = useTypeLabels();
  return (
    <div aria-busy={waiting}>
      <Titles event={event} />
      <p class="tags">
        <span>{labels(event.type)}</span>
        <span class={`status ${event.status}`}>
          {words.say(`status.${event.status}`)}
        </span>
        <span>{words.say(`channel.${event.channel}`)}</span>
        <span class={`told-by ${event.corroboration}`}>
          {words.say(`corroboration.${event.corroboration}`)}
        </span>
      </p>
      <When event={event} />
      {event.summary && (
        <p>
          <Told map={event.summary} />
        </p>
      )}
      <Places event={event} />
      <Participants event={event} />
      <Accounts event={event} />
      <Documents event={event} />
      <Chain id={event.id} />
      <Sources event={event} />
      <Revisions event={event} />
      <CardCopies event={event} />
    </div>
  );
}

/** The title in the other languages, and which of all are those of the sources: the record names no original. */
function Titles({ event: { title, sources } }: { event: Event }) {
  const { words } = useExplorer();
  const others = othersOf(title, words);
  const { lang: shown } = words.choose(title);
  const ofSource = (lang: string) =>
    sources.some(({ language }) => language && base(language) === base(lang));
  const language = (lang: string) => (
    <small>
      {languageIn(lang, words)}
      {ofSource(lang) && <> · {words.say('title.source')}</>}
    </small>
  );
  return (
    <>
      {(others.length > 0 || ofSource(shown)) && (
        <p class="title-language">{language(shown)}</p>
      )}
      {others.map(([lang, text]) => (
        <p class="original" key={lang}>
          <bdi lang={lang}>{text}</bdi> {language(lang)}
        </p>
      ))}
    </>
  );
}

const base = (lang: string) => lang.toLowerCase().split('-')[0];

function languageIn(lang: string, { language }: Words): string {
  try {
    return (
      new Intl.DisplayNames(language, { type: 'language' }).of(lang) ?? lang
    );
  } catch {
    // A tag that is well formed for the record may be none for Intl.
    return lang;
  }
}

function When({ event }: { event: Event }) {
  const { words } = useExplorer();
  return (
    <dl class="when">
      {event.dateText !== null && (
        <div>
          <dt>{words.say('when.asWritten')}</dt>
          <dd>
            <bdi>{event.dateText}</bdi>
          </dd>
        </div>
      )}
      <div>
        <dt>{words.say('when')}</dt>
        <dd>
          <time>{whenInWords(event.date, words, event.timeZone)}</time>
        </dd>
      </div>
      <div>
        <dt>{words.say('when.span')}</dt>
        <dd>{boundsInWords(event.bounds, words)}</dd>
      </div>
      <div>
        <dt>{words.say('when.recorded')}</dt>
        <dd>
          <code>{event.date}</code>
        </dd>
      </div>
    </dl>
  );
}

function Places({ event: { places } }: { event: Event }) {
  const { words } = useExplorer();
  if (places.length === 0) return null;
  return (
    <section>
      <h3>{words.say('where')}</h3>
      <ul>
        {places.map(({ name, country }) => (
          <li key={JSON.stringify([name, country])}>
            {name && <Told map={name} />}{' '}
            {country && <span>{countryIn(country, words)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function countryIn(code: string, words: Words): string {
  try {
    return (
      new Intl.DisplayNames(words.language, { type: 'region' }).of(code) ?? code
    );
  } catch {
    // A state that is gone has a code of four letters, which Intl does not know.
    return code;
  }
}
