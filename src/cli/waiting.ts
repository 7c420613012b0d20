import { setTimeout as sleep } from 'node:timers/promises';
import { AwayError } from '../domain/errors.ts';

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 1000;

/**
 * Does what needs the database, again and again while that is away, with pauses up to a second.
 * @param whenAway told once for each reason in a row why it waits
 * @throws whatever else keeps it from being done
 */
export async function whenThere<Result>(
  work: () => Promise<Result>,
  whenAway: (why: string) => Promise<void>,
): Promise<Result> {
  let told = '';
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AwayError)) throw error;
      if (error.message !== told) await whenAway(error.message);
      told = error.message;
    }
    await sleep(pause);
  }
}
