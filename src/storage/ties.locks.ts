import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { changedSomehow, type TieChange } from '../domain/tie-change.ts';

/** Writers of ties follow each other: two could each close half of a circle that neither sees. */
const TIES_LOCK = 727_374_004;

/** Before ties are changed, or what they lead to: nobody else changes any until this transaction has ended. */
export async function lockTies(tx: EntityManager): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [TIES_LOCK]);
}

/**
 * Held together by those who enter single events, from before they read ties until their end, and alone by who has changed ties, when
 * all but the last of their events is done: else an event that nobody sees yet would count for ever by ties that are no more.
 */
export const DERIVING_LOCK = 727_374_007;

// Many may write, one behind the other, and who has derived for minutes is to wait and not to fail.
const LONGEST_WAIT = '60s';
const TRIED_AGAIN_AFTER = 50;

/**
 * Before an event is derived from ties: nobody's change of them commits from now on without that it knows of the event. Its own
 * version is held first, for who has changed ties may hold that and wait for us.
 */
export async function holdTies(
  tx: EntityManager,
  event: string,
): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock_shared($2) from (
       select count(*) from (select from event_version where superseded_at is null and id = $1 for no key update) own) held`,
    [event, DERIVING_LOCK],
  );
}

/** Waits for all who are just entering events, and lets nobody begin before this transaction has ended. */
export async function waitForDerivations(tx: EntityManager): Promise<void> {
  await tx.query(
    `select set_config('lock_timeout', $1, true), pg_advisory_xact_lock($2)`,
    [LONGEST_WAIT, DERIVING_LOCK],
  );
}

/** Looks after ties during a long transaction, which reads them now and then. */
export interface TiesWatch {
  /** Who was changed by others since; from now on nobody changes ties before this transaction has ended. */
  changed(): Promise<TieChange[]>;
}

/** Begins to look after ties. */
export async function watchTies(tx: EntityManager): Promise<TiesWatch> {
  // By its full name: an import may have put another one in its place.
  const [begun]: { log: string; last: number }[] = await tx.query(
    `select format('%I.change', current_schema()) as log, coalesce(max(position), 0) as last from change`,
  );
  const { log = 'change', last = 0 } = begun ?? {};
  return {
    async changed() {
      // Who changes ties may wait for what this transaction holds: to wait for them in turn could end it as a deadlock.
      for (;;) {
        const [tried]: { locked: boolean }[] = await tx.query(
          'select pg_try_advisory_xact_lock($1) as locked',
          [TIES_LOCK],
        );
        if (tried?.locked === true) break;
        await sleep(TRIED_AGAIN_AFTER);
      }
      const rows: { id: string }[] = await tx.query(
        `select distinct id from ${log} where position > $1 and record = 'actor'`,
        [last],
      );
      return rows.map(({ id }) => changedSomehow(id));
    },
  };
}
