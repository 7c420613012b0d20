import { Record0001 } from '../../migrations/0001-record.ts';
import { Keys0002 } from '../../migrations/0002-keys.ts';
import { Idempotency0003 } from '../../migrations/0003-idempotency.ts';
import { Names0004 } from '../../migrations/0004-names.ts';
import { Words0005 } from '../../migrations/0005-words.ts';
import { Threads0006 } from '../../migrations/0006-threads.ts';
import { Counting0007 } from '../../migrations/0007-counting.ts';
import { Tallies0008 } from '../../migrations/0008-tallies.ts';
import { Walks0009 } from '../../migrations/0009-walks.ts';
import { Bulk0010 } from '../../migrations/0010-bulk.ts';
import { Stretches0011 } from '../../migrations/0011-stretches.ts';
import { Limits0012 } from '../../migrations/0012-limits.ts';
import { Hands0013 } from '../../migrations/0013-hands.ts';
import { Stretches0014 } from '../../migrations/0014-stretches.ts';

const migrations = [
  Record0001,
  Keys0002,
  Idempotency0003,
  Names0004,
  Words0005,
  Threads0006,
  Counting0007,
  Tallies0008,
  Walks0009,
  Bulk0010,
  Stretches0011,
  Limits0012,
  Hands0013,
  Stretches0014,
];

/** The names of all migrations, in their order. */
export const migrationNames: readonly string[] = migrations.map(
  (migration) => new migration().name,
);

/** The migrations up to the one with this name; all of them where none is named. */
export function migrationsThrough(name: string | undefined) {
  return name === undefined
    ? migrations
    : migrations.slice(0, migrationNames.indexOf(name) + 1);
}
