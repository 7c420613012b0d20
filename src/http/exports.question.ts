import { DomainError } from '../domain/errors.ts';
import { type EventQuestion, listFilter } from '../domain/filter.ts';
import { type About, type Format } from '../formats/format.ts';
import { placeOf } from '../storage/exports.reads.ts';
import { type Position } from '../storage/page.ts';
import { refuseUnknown, type RouteOptions } from './answers.ts';
import { isId } from './ids.ts';

/** What is asked of a format. */
export interface FormatQuestion extends EventQuestion {
  limit?: number;
  cursor?: string;
  after?: string;
  lang?: string;
  rows?: About['rows'];
  crosswalk?: string[];
  expansion?: About['expansion'];
}

const SHAPES = ['rows', 'crosswalk', 'expansion'] as const;

/**
 * Refuses what a format asked for by `Accept` does not take.
 * @throws DomainError `invalid_parameter`
 */
export function refuseShape(
  given: Partial<Record<(typeof SHAPES)[number], unknown>>,
  takes: Format['takes'],
): void {
  for (const parameter of SHAPES)
    if (given[parameter] !== undefined && !takes.includes(parameter))
      throw new DomainError(
        'invalid_parameter',
        `${parameter} is for CSV: ask for text/csv, or at /v1/events.csv.`,
        [{ parameter, message: 'is for CSV' }],
      );
}

/**
 * The place after the event that an export goes on after.
 * @throws DomainError `invalid_parameter`, `unknown_value`
 */
export async function placeAfter(
  database: RouteOptions['database'],
  after: string,
  cursor: string | undefined,
): Promise<Position> {
  if (cursor !== undefined)
    throw new DomainError(
      'invalid_parameter',
      'after and cursor both say where to go on: give one of them.',
      [{ parameter: 'after', message: 'stands beside cursor' }],
    );
  const place = isId(after) ? await placeOf(database.pool, after) : null;
  if (place !== null) return place;
  return refuseUnknown(database, [
    { parameter: 'after', record: 'event', id: after },
  ]);
}

/** @throws DomainError `invalid_parameter` naming what is no vocabulary of ours */
export function crosswalkOf(given: string[]): About['crosswalk'] {
  const known = ['cameo', 'plover'] as const;
  const named = listFilter({ crosswalk: given }, { crosswalk: known })[
    'crosswalk'
  ];
  return known.filter((one) => named?.each.flat().includes(one));
}

const NOT_IN_TITLE = /^(cursor|limit|lang|order)$/;

/** What a list is called: by its question. */
export function titleOf(url: string): string {
  const asked = [
    ...new URLSearchParams(url.split('?').slice(1).join('?')),
  ].filter(([name]) => !NOT_IN_TITLE.test(name));
  const question = asked.map(([name, value]) => `${name}=${value}`).join(', ');
  return question === ''
    ? 'Diplomatic events'
    : `Diplomatic events: ${question}`;
}
