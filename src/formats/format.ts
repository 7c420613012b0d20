import { type AnsweredEvent } from '../domain/answered.ts';

/** What a format may tell beside the events themselves. */
export interface About {
  /** Language of texts (BCP 47); null for English, Ukrainian, or the first there is. */
  lang: string | null;
  /** What the list is called. */
  title: string;
  /** Absolute address of the service, without a slash at its end. */
  home: string;
  /** Absolute address of this very answer. */
  self: string;
  /** Absolute addresses of the neighbouring pages, null where there is none; always null where all is written. */
  next: string | null;
  prev: string | null;
  /** Events that were found by the question and have been removed from the record since, as they last stood. */
  removed: readonly AnsweredEvent[];
  /** `rows=participations`: one row per participation instead of per event. */
  rows: 'events' | 'participations';
  /** Columns of other vocabularies that are wanted. */
  crosswalk: readonly ('cameo' | 'plover')[];
  /** `expansion=dyads`: one row for every two participations. */
  expansion: 'none' | 'dyads';
}

/** A way to write a list of events. */
export interface Format {
  /** Its file's suffix, without the dot: `/v1/events.{suffix}`. */
  suffix: string;
  /** Its media type (IANA), with parameters. */
  mediaType: string;
  /** One sentence for the API's users: what it is and how it tells doubt. */
  description: string;
  /** Whether it writes the whole result; else a page. */
  whole: boolean;
  /** Whether the newest events come first unless the order is asked for: what follows a feed wants. */
  newestFirst: boolean;
  /** Whether it tells its followers of what was removed ({@link About.removed}). */
  tellsRemoved: boolean;
  /** Which of the parameters {@link About.rows}, `crosswalk`, `expansion` it takes. */
  takes: readonly ('rows' | 'crosswalk' | 'expansion')[];
  /** The text in pieces; holds no more than it must of what it writes. */
  write(
    events: AsyncIterable<AnsweredEvent>,
    about: About,
  ): AsyncGenerator<string>;
}
