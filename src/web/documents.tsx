import { api } from './api.ts';
import { whenInWords } from './dates.ts';
import { useExplorer } from './explorer.ts';
import { useRecords } from './records.ts';
import type { Document, Event } from './shapes.ts';
import { Link, Told } from './told.tsx';

/** The documents of an event: what was done with each, and whether it can be read. */
export function Documents({ event: { documents } }: { event: Event }) {
  const { words } = useExplorer();
  const ids = [...new Set(documents.map(({ document }) => document))];
  const { answer } = useRecords(ids, api.document);
  if (documents.length === 0) return null;
  return (
    <section>
      <h3>{words.say('documents')}</h3>
      <ul class="documents">
        {documents.map(({ document, relation }) => (
          <li key={`${document} ${relation}`}>
            <span class="relation">{words.say(`relation.${relation}`)}</span>
            {': '}
            <One id={document} document={answer?.get(document)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function One({ id, document }: { id: string; document: Document | undefined }) {
  const { words } = useExplorer();
  if (document === undefined) return <bdi>{id}</bdi>;
  const { kind, date, availability } = document;
  const about = [
    words.say(`kind.${kind}`),
    ...(date === null ? [] : [whenInWords(date, words)]),
    words.say(`availability.${availability}`),
  ];
  const url = document.sources.find((one) => one.url !== null)?.url ?? null;
  const title = <Told map={document.title} />;
  return (
    <>
      {url === null ? title : <Link href={url}>{title}</Link>} (
      {about.join(', ')})
    </>
  );
}
