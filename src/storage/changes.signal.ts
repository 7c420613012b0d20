import { Client } from 'pg';

/** Tells when something was committed to the log of changes, by whichever server. */
export interface ChangeSignal {
  /** How often it was told so far: noted before the log is read, so that nothing committed meanwhile is slept through. */
  heard(): number;
  /** Waits until more was told than was noted, at most so many milliseconds. */
  wait(noted: number, milliseconds: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const AGAIN_AFTER = 1000;

/**
 * Listens on one connection for all followers of this server. When it breaks it is made anew; a change may then go
 * unheard, so followers also look by themselves now and then.
 */
export function changeSignal(url: string): ChangeSignal {
  const waiting = new Set<() => void>();
  let told = 0;
  const wake = () => {
    told++;
    for (const one of waiting) one();
  };
  let client: Client | null = null;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;
  const listen = () => {
    const fresh = new Client({
      connectionString: url,
      application_name: 'diplomatic-events changes',
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    });
    client = fresh;
    let broken = false;
    const again = () => {
      if (broken || closed) return;
      broken = true;
      fresh.end().catch(() => undefined);
      retry = setTimeout(listen, AGAIN_AFTER);
    };
    fresh.on('error', again);
    fresh.on('end', again);
    fresh.on('notification', wake);
    fresh
      .connect()
      .then(() => fresh.query('listen changes'))
      .then(wake, again);
  };
  return {
    heard: () => told,
    async wait(noted, milliseconds, signal) {
      if (client === null && !closed) listen();
      if (told !== noted || signal.aborted || closed) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        waiting.add(done);
        signal.addEventListener('abort', done);
      });
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      wake();
      await client?.end().catch(() => undefined);
    },
  };
}
