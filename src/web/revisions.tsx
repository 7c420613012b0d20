import { useState } from 'preact/hooks';
import { api } from './api.ts';
import { dayInWords } from './dates.ts';
import { useAsked, useExplorer } from './explorer.ts';
import { differences } from './patch.ts';
import type { Event, RevisionPage } from './shapes.ts';

type Revision = RevisionPage['data'][number];

/** Every version of an event, the newest first: who, when, why; opened, what it changed. */
export function Revisions({ event }: { event: Event }) {
  const { words } = useExplorer();
  const { answer } = useAsked(`${event.id} ${event.revision}`, (signal) =>
    revisionsOf(event.id, signal),
  );
  return (
    <section>
      <h3>{words.say('revisions')}</h3>
      {answer === null && <p>{words.say('loading')}</p>}
      <ol class="revisions">
        {answer?.map((one, at) => (
          <li key={one.revision}>
            <OneRevision
              id={event.id}
              revision={one}
              before={answer[at + 1] ?? null}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

async function revisionsOf(
  id: string,
  signal: AbortSignal,
): Promise<Revision[]> {
  const all: Revision[] = [];
  for (let query = 'limit=100'; ;) {
    const { data, next } = await api.revisions(id, signal, query);
    all.push(...data);
    if (next === null) return all.sort((a, b) => b.revision - a.revision);
    query = `limit=100&cursor=${encodeURIComponent(next)}`;
  }
}

function OneRevision({
  id,
  revision,
  before,
}: {
  id: string;
  revision: Revision;
  before: Revision | null;
}) {
  const { words } = useExplorer();
  const [open, setOpen] = useState(false);
  const { at, by, change, reason, patch } = revision;
  const head = (
    <>
      {words.say('revisions.one', { n: revision.revision })}:{' '}
      {words.say(`change.${change}`)}, {dayInWords(at, words)}
      {by !== null && (
        <>
          , <bdi>{words.say('revisions.by', { by })}</bdi>
        </>
      )}
      {reason !== null && (
        <>
          {' – '}
          <bdi>{reason}</bdi>
        </>
      )}
    </>
  );
  if (before === null || patch.length === 0) return <p>{head}</p>;
  return (
    <details onToggle={(toggle) => setOpen(toggle.currentTarget.open)}>
      <summary>{head}</summary>
      {open && <Differences id={id} revision={revision} before={before} />}
    </details>
  );
}

function Differences({
  id,
  revision: { patch },
  before,
}: {
  id: string;
  revision: Revision;
  before: Revision;
}) {
  const { words } = useExplorer();
  const { answer } = useAsked(`${id} ${before.at}`, (signal) =>
    api.event(id, signal, `asOf=${encodeURIComponent(before.at)}`),
  );
  return (
    <table class="differences">
      <thead>
        <tr>
          <th scope="col">{words.say('revisions.field')}</th>
          <th scope="col">{words.say('revisions.old')}</th>
          <th scope="col">{words.say('revisions.value')}</th>
        </tr>
      </thead>
      <tbody>
        {answer &&
          differences(answer, patch).map(
            ({ op, path, before: old, after }, at) => (
              <tr key={at} class={op}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                <td>{old !== undefined && <del>{shown(old)}</del>}</td>
                <td>{after !== undefined && <ins>{shown(after)}</ins>}</td>
              </tr>
            ),
          )}
      </tbody>
    </table>
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}
