import { setTimeout as sleep } from 'node:timers/promises';

const WRITERS = 8;
const PAUSE = 40;
const PATIENCE = 8000;

/**
 * Writes events without end, each with an idempotency key of its own; what was refused for now, or whose answer was lost,
 * is sent again with the same key until it is acknowledged.
 */
export function startWriters(address, key) {
  /** Which event has the id that was acknowledged, by what stands in its title. */
  const acknowledged = new Map();
  const times = [];
  const troubles = new Map();
  const wrong = [];
  let slowest = 0;
  const over = new AbortController();

  async function send(token) {
    const answer = await fetch(`${address}/v1/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': `ha-${token}`,
      },
      body: JSON.stringify({
        type: 'call',
        date: '2022-01-28',
        title: { en: token },
        participants: [{ actor: 'one' }, { actor: 'other' }],
      }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { status: answer.status, body: await answer.json() };
  }

  async function insist(token) {
    for (;;) {
      const asked = Date.now();
      const { status, body } = await send(token).catch((error) => ({
        status: error.name === 'TimeoutError' ? 'no answer' : 'lost',
      }));
      slowest = Math.max(slowest, Date.now() - asked);
      if (status === 201) {
        acknowledged.set(token, body.id);
        times.push(Date.now());
        return;
      }
      const trouble =
        status === 503 ? String(body.type).split('/').at(-1) : String(status);
      troubles.set(trouble, (troubles.get(trouble) ?? 0) + 1);
      // Any other answer would tell a client not to come again.
      if (typeof status === 'number' && status !== 503) {
        wrong.push(`${status} ${JSON.stringify(body)}`);
        return;
      }
      await sleep(250);
    }
  }

  const writing = Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      for (let turn = 0; !over.signal.aborted; turn++) {
        await insist(`${writer}-${turn}`);
        await sleep(PAUSE);
      }
    }),
  );

  return {
    acknowledged,
    wrong,
    /** Waits for so many more acknowledged writes. */
    async more(count, atMost = 60_000) {
      const until = acknowledged.size + count;
      const deadline = Date.now() + atMost;
      while (acknowledged.size < until) {
        if (Date.now() > deadline)
          throw new Error(`no ${count} writes within ${atMost / 1000} s`);
        await sleep(20);
      }
    },
    /** The longest time without any acknowledged write since a moment, in seconds, and when it ended. */
    gapSince(moment) {
      let last = times.findLast((time) => time <= moment) ?? moment;
      let [longest, end] = [0, moment];
      for (const time of times.filter((one) => one > moment)) {
        if (time - last > longest) [longest, end] = [time - last, time];
        last = time;
      }
      return { seconds: longest / 1000, end };
    },
    /** How many were acknowledged since a moment. */
    since: (moment) => times.filter((time) => time >= moment).length,
    /** How long the slowest of all answers took since it was asked last, refusals too, in seconds. */
    slowest() {
      const seconds = slowest / 1000;
      slowest = 0;
      return seconds;
    },
    /** What went wrong for clients since it was asked last, by kind. */
    troubles() {
      const told = [...troubles].map(([what, n]) => `${n} ${what}`).join(', ');
      troubles.clear();
      return told === '' ? 'none' : told;
    },
    /** Ends once everything that was begun is acknowledged. @returns whether that was so in time */
    async stop(atMost = 30_000) {
      over.abort();
      const late = sleep(atMost, false, { ref: false });
      return Promise.race([writing.then(() => true), late]);
    },
  };
}
