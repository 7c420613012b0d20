import { whenInWords } from './dates.ts';
import { useExplorer } from './explorer.ts';
import type { Event } from './shapes.ts';
import { Link } from './told.tsx';

/** Where an event is told, in the order to which its accounts refer. */
export function Sources({ event: { sources } }: { event: Event }) {
  const { words } = useExplorer();
  return (
    <section>
      <h3>{words.say('sources')}</h3>
      {sources.length === 0 && <p>{words.say('sources.none')}</p>}
      <ol class="sources">
        {sources.map((one, at) => {
          const title = (
            <bdi lang={one.language ?? undefined}>
              {one.title ?? one.url ?? words.say('sources.untitled')}
            </bdi>
          );
          return (
            <li key={at} id={`source-${at + 1}`} tabIndex={-1}>
              {one.url === null ? title : <Link href={one.url}>{title}</Link>}
              {one.publisher !== null && (
                <>
                  {', '}
                  <bdi>{one.publisher}</bdi>
                </>
              )}
              {one.publishedAt !== null && (
                <>, {whenInWords(one.publishedAt, words)}</>
              )}
              {one.archivedUrl !== null && (
                <>
                  {' · '}
                  <Link href={one.archivedUrl}>
                    {words.say('sources.archived')}
                  </Link>
                </>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
