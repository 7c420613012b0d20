import { type ActorDraft, type Affiliation } from '../../src/domain/actor.ts';
import { type DocumentDraft } from '../../src/domain/document.ts';
import { type EventDraft } from '../../src/domain/event.ts';

let count = 0;

/** An event that holds, with whatever a test is about put over it. */
export function anEvent(over: Partial<EventDraft> = {}): EventDraft {
  const id = over.id ?? `event-${++count}`;
  return {
    record: 'event',
    type: 'meeting',
    date: '2022-01-28',
    title: { en: `Event ${id}` },
    ...over,
    id,
  };
}

/** An actor that holds; a state unless said. */
export function anActor(
  id: string,
  over: Partial<ActorDraft> = {},
): ActorDraft {
  return {
    record: 'actor',
    kind: 'state',
    names: [{ lang: 'en', value: id }],
    ...over,
    id,
  };
}

/** A person or an office with its ties, each `[relation, to, from, until]`; an absent `until` is not known. */
export function tied(
  kind: ActorDraft['kind'],
  id: string,
  ...ties: [Affiliation['relation'], string, string?, (string | null)?][]
): ActorDraft {
  return anActor(id, {
    kind,
    affiliations: ties.map(([relation, to, from, until]) => ({
      relation,
      to,
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
    })),
  });
}

/** A document that holds. */
export function aDocument(
  id: string,
  over: Partial<DocumentDraft> = {},
): DocumentDraft {
  return { record: 'document', kind: 'note', title: { en: id }, ...over, id };
}

/** Records as the import format has them: one a line. */
export function ndjson(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
