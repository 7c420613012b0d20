import { type EventFilter } from '../domain/filter.ts';
import { namedIn, type Reference } from './page.ts';

/** What a question names, each of which must be in the record. */
export function referencesOf({
  actor,
  accountBy,
  lists,
}: EventFilter): Reference[] {
  return [
    ...[...actor.each.flat(), ...actor.none].map((one): Reference => ({
      parameter: 'actor',
      record: 'actor',
      id: one.actor,
    })),
    ...[...accountBy.each.flat(), ...accountBy.none].map((one): Reference => ({
      parameter: 'accountBy',
      record: 'actor',
      id: one.actor,
    })),
    ...namedIn(lists, { document: 'document', linkedTo: 'event' }),
  ];
}
