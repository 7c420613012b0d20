import type { Item } from './items.ts';

/** What the list shows: the events of the lanes, in chronological order. */
export interface ListProps {
  /** Their query for `/v1/events`: filters and window, without `limit`. */
  query: string;
  /** The events, where all of them were fetched for the lanes; null where there are too many: the list pages itself. */
  items: readonly Item[] | null;
  /** How many there are; null where nobody has counted. */
  total: number | null;
}

/** The events under the canvas, as an accessible table; a row opens its card by `go({ event })`. */
export function List({ items }: ListProps) {
  return (
    <ul>
      {items?.slice(0, 20).map(({ id }) => (
        <li key={id}>{id}</li>
      ))}
    </ul>
  );
}
