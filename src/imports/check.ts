import type { EntityManager } from 'typeorm';
import { type Fault } from '../domain/errors.ts';
import {
  mismatchedTies,
  missingTargets,
  refuseRows,
  repeatedRows,
  rowsReferringTo,
} from '../storage/imports.writes.ts';
import { type Draft, referencesOf } from '../domain/record.ts';
import { circularRows } from '../storage/circles.ts';

/** A row that was not taken, and why. */
export interface RejectedRow {
  line: number;
  faults: readonly Fault[];
}

/**
 * Finds the staged rows that cannot be true beside the record and beside each other, tells of each and refuses it: ids
 * given twice, references to nothing, ties between the wrong kinds, circles.
 * @param keepGoing whether good rows are kept: then what refers to a refused row falls with it
 * @returns how many rows only repeat another word for word
 */
export async function findUntrueRows(
  tx: EntityManager,
  keepGoing: boolean,
  reject: (row: RejectedRow) => void,
): Promise<number> {
  const refuse = async (rows: readonly { line: number; fault: Fault }[]) => {
    const byLine = new Map<number, Fault[]>();
    for (const { line, fault } of rows)
      byLine.set(line, [...(byLine.get(line) ?? []), fault]);
    for (const [line, faults] of byLine) reject({ line, faults });
    await refuseRows(tx, [...byLine.keys()]);
  };
  const repeated = await repeatedRows(tx);
  for (const { line, first, same } of repeated)
    if (!same)
      reject({
        line,
        faults: [
          {
            pointer: '/id',
            message: `stands already in line ${first}, with other content`,
          },
        ],
      });

  await refuse(
    (await mismatchedTies(tx)).map(
      ({ line, draft, relation, target, kind }) => ({
        line,
        fault: {
          pointer: pointerTo(draft, relation, target),
          message: `"${relation}" cannot lead to a ${kind}`,
          received: target,
        },
      }),
    ),
  );
  for (const record of ['actor', 'document', 'event'] as const)
    await refuse(
      (await circularRows(tx, record)).map(
        ({ line, draft, relation, circle }) => ({
          line,
          fault: {
            pointer: pointerTo(draft, relation, circle[1]),
            message: `runs in a circle: ${circle.join(' → ')}`,
            received: circle[1],
          },
        }),
      ),
    );

  // Again and again: refused rows may leave others without what they refer to.
  for (;;) {
    const missing = await missingTargets(tx, keepGoing);
    const rows = await rowsReferringTo(tx, missing);
    if (rows.length === 0) break;
    await refuse(
      rows.flatMap(({ line, draft }) =>
        missingIn(JSON.parse(draft) as Draft, missing).map((fault) => ({
          line,
          fault,
        })),
      ),
    );
  }
  return repeated.filter(({ same }) => same).length;
}

function pointerTo(
  draft: string,
  relation: string,
  target: string | undefined,
): string {
  const found = referencesOf(JSON.parse(draft) as Draft).find(
    (one) => one.relation === relation && one.id === target,
  );
  return found?.pointer ?? '';
}

function missingIn(draft: Draft, missing: ReadonlySet<string>): Fault[] {
  return referencesOf(draft)
    .filter(({ record, id }) => missing.has(`${record}:${id}`))
    .map(({ pointer, record, id }) => ({
      pointer,
      message: `refers to ${withArticle(record)} that does not exist`,
      received: id,
    }));
}

function withArticle(record: string): string {
  return /^[aeiou]/.test(record) ? `an ${record}` : `a ${record}`;
}
