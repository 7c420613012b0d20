import { type Fault } from '../domain/errors.ts';
import { type Draft, type RecordName, referencesOf } from '../domain/record.ts';
import { withArticle } from '../domain/text.ts';
import { circularRows } from '../storage/circles.ts';
import { type Transaction } from '../storage/transaction.ts';
import {
  holdReferred,
  mismatchedKinds,
  mismatchedTies,
  mergedRows,
  refuseRows,
  repeatedRows,
  rowsReferringToNothing,
} from '../storage/imports.writes.ts';

/** A row that was not taken, and why. */
export interface RejectedRow {
  line: number;
  faults: readonly Fault[];
}

/**
 * Finds the staged rows that cannot be true beside the record and beside each other, tells of each and refuses it: ids
 * given twice or merged away, references to nothing, ties between the wrong kinds, circles.
 * @param keepGoing whether good rows are kept: then what refers to a refused row falls with it
 * @returns how many rows only repeat another word for word
 */
export async function findUntrueRows(
  tx: Transaction,
  keepGoing: boolean,
  reject: (row: RejectedRow) => void,
): Promise<number> {
  const refuse = async (rows: readonly FoundFault[]) => {
    const byLine = new Map<number, Fault[]>();
    for (const { line, fault } of rows) {
      const faults = byLine.get(line) ?? [];
      byLine.set(line, faults);
      faults.push(fault);
    }
    for (const [line, faults] of byLine) reject({ line, faults });
    await refuseRows(tx, [...byLine.keys()]);
    return byLine.size;
  };
  await holdReferred(tx);
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

  const merged = await mergedRows(tx);
  await refuse(
    merged.map(({ line, record, successor }) => ({
      line,
      fault: {
        pointer: '/id',
        message: `is of ${withArticle(record)} that was merged into ${successor}`,
      },
    })),
  );

  // A refused row leaves the record as it was, and what was true beside the row may not be true beside the record.
  for (let refused = 1; refused > 0;) {
    refused = await refuse(await mismatches(tx, keepGoing));
    for (const record of ['actor', 'document', 'event'] as const)
      refused += await refuse(await circles(tx, record, keepGoing));
    for await (const rows of rowsReferringToNothing(tx, keepGoing))
      refused += await refuse(rows.flatMap(missingIn));
    if (!keepGoing) break;
  }
  return repeated.filter(({ same }) => same).length;
}

interface FoundFault {
  line: number;
  fault: Fault;
}

async function mismatches(
  tx: Transaction,
  keepGoing: boolean,
): Promise<FoundFault[]> {
  const ties = await mismatchedTies(tx, keepGoing);
  const kinds = await mismatchedKinds(tx, keepGoing);
  return [
    ...ties.map(({ line, draft, relation, target, kind }) => ({
      line,
      fault: {
        pointer: pointerTo(draft, relation, target),
        message: `"${relation}" cannot lead to ${withArticle(kind)}`,
        received: target,
      },
    })),
    ...kinds.map(({ line, relation, holder, kind }) => ({
      line,
      fault: {
        pointer: '/kind',
        message: `"${relation}" of ${holder} leads here and cannot lead to ${withArticle(kind)}`,
        received: kind,
      },
    })),
  ];
}

async function circles(
  tx: Transaction,
  record: RecordName,
  keepGoing: boolean,
): Promise<FoundFault[]> {
  const rows = await circularRows(tx, record, keepGoing);
  return rows.map(({ line, draft, relation, circle }) => ({
    line,
    fault: {
      pointer: pointerTo(draft, relation, circle[1]),
      message: `runs in a circle: ${circleText(circle)}`,
      received: circle[1],
    },
  }));
}

function circleText(circle: readonly string[]): string {
  const told =
    circle.length > 10
      ? [...circle.slice(0, 5), '…', ...circle.slice(-4)]
      : circle;
  return told.join(' → ');
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

function missingIn({
  line,
  draft,
  missing,
}: {
  line: number;
  draft: string;
  missing: readonly string[];
}): FoundFault[] {
  const inVain = new Set(missing);
  return referencesOf(JSON.parse(draft) as Draft)
    .filter(({ record, id }) => inVain.has(`${record}:${id}`))
    .map(({ pointer, record, id }) => ({
      line,
      fault: {
        pointer,
        message: `refers to ${withArticle(record)} that does not exist`,
        received: id,
      },
    }));
}
