import { useExplorer } from './explorer.ts';
import { escaped } from './address.ts';
import { namesOf, useRecords } from './records.ts';
import { api } from './api.ts';
import type { Actor, Event } from './shapes.ts';
import { Told } from './told.tsx';

type Participant = Event['participants'][number];

/** Who took part, in what role and capacity; then who was only spoken of. */
export function Participants({ event }: { event: Event }) {
  const { words } = useExplorer();
  const { participants } = event;
  const principals = participants.flatMap(({ onBehalfOf }) => onBehalfOf ?? []);
  const { answer } = useRecords([...new Set(principals)], api.actor);
  const parts = (subject: boolean) =>
    participants.filter(({ role }) => (role === 'subject') === subject);
  const list = (some: readonly Participant[]) => (
    <ul class="parts">
      {some.map((one, at) => (
        <Part key={at} part={one} actors={answer} />
      ))}
    </ul>
  );
  if (participants.length === 0) return null;
  return (
    <section>
      <h3>{words.say('who')}</h3>
      {list(parts(false))}
      {parts(true).length > 0 && (
        <>
          <h4>{words.say('who.subject')}</h4>
          {list(parts(true))}
        </>
      )}
      <Ledgers event={event} />
    </section>
  );
}

function Part({
  part,
  actors,
}: {
  part: Participant;
  actors: ReadonlyMap<string, Actor> | null;
}) {
  const { words, go } = useExplorer();
  const { text } = words.choose(part.name);
  const principal =
    part.onBehalfOf === null ? undefined : actors?.get(part.onBehalfOf);
  return (
    <li>
      <button
        type="button"
        class="link"
        title={words.say('who.filter', { name: text })}
        onClick={() =>
          go({ filters: [['actor', escaped(part.actor)]], event: null })
        }
      >
        <Told map={part.name} />
      </button>
      {part.as && (
        <span class="capacity">
          {', '}
          <Told map={part.as} />
        </span>
      )}
      {part.role !== 'participant' && part.role !== 'subject' && (
        <span class="role"> · {words.say(`role.${part.role}`)}</span>
      )}
      {part.onBehalfOf !== null && (
        <span class="principal">
          {' · '}
          {words.say('who.onBehalfOf', {
            name: principal
              ? words.choose(namesOf(principal)).text
              : part.onBehalfOf,
          })}
        </span>
      )}
      {part.inferred && (
        <em class="inferred"> · {words.say('who.inferred')}</em>
      )}
    </li>
  );
}

/** The two sides of the event, where there are just two: their ledger is one click away. */
function Ledgers({ event }: { event: Event }) {
  const { words, go } = useExplorer();
  const sides = event.participants
    .filter(({ role }) => role !== 'subject' && role !== 'framework')
    .map(({ onBehalfOf, actor }) => onBehalfOf ?? actor);
  const [a, b, ...more] = [...new Set(sides)];
  if (a === undefined || b === undefined || more.length > 0) return null;
  return (
    <p>
      <button
        type="button"
        class="open-ledger"
        onClick={() => go({ ledger: [a, b], event: null })}
      >
        {words.say('who.ledger')}
      </button>
    </p>
  );
}
