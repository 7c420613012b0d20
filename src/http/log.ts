import { type Logger, pino } from 'pino';
import sonicBoom from 'sonic-boom';

/** Where the lines of the log go. */
export interface LogSink {
  write(line: string): unknown;
}

/** So much waits for whoever reads the log; what comes after is lost, and the service goes on. */
const MOST_WAITING = 4 << 20;

/** At the end so long is waited (ms) until the last lines are written. */
const PATIENCE = 500;

/**
 * Standard error, as a log. Nobody waits for whoever reads it: Node's own would stop the service where a pipe is full. Where it
 * is closed or its disk is full the lines are lost, and nothing else.
 */
export function standardError(): LogSink & { close(): Promise<void> } {
  // Not by pino: it would write what waits when the process ends, and with a full disk try for ever.
  const sink = new sonicBoom.SonicBoom({
    fd: 2,
    sync: false,
    maxLength: MOST_WAITING,
  });
  sink.on('error', () => undefined);
  let closed = false;
  return {
    write: (line) => closed || sink.write(line),
    async close() {
      closed = true;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE);
        for (const end of ['close', 'error'])
          sink.once(end, () => {
            clearTimeout(timer);
            resolve();
          });
        sink.end();
      });
    },
  };
}

/** The log: JSON lines of a level and above, in which no secret stands. */
export function logTo(sink: LogSink, level: string): Logger {
  const serializers = { err: toldError, error: toldError, req: toldRequest };
  return pino({ level, serializers }, sink);
}

function toldRequest({ method, url = '' }: { method?: string; url?: string }) {
  return { method, url: withoutSecrets(url) };
}

/** What stands in the log of an error: not what libraries hang on it, such as connections with their passwords. */
function toldError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    type: name,
    message,
    ...(typeof code === 'string' ? { code } : {}),
    stack,
    ...(cause === undefined ? {} : { cause: toldError(cause) }),
  };
}

const LONGEST = 2000;
const SECRET_NAME =
  /key|token|secret|passw|pwd|auth(?!or)|credential|signature|session|cookie/i;
const OUR_KEY = /det(_|%5f)([0-9a-f]{12})(_|%5f)[\w%-]+/gi;

/**
 * An address as a log may hold it: without the password before a host, without values of parameters that are called like a
 * secret, and without the secret half of a key of ours wherever it stands.
 */
export function withoutSecrets(url: string): string {
  const [path = '', ...query] = url.slice(0, LONGEST).split('?');
  const shown = query
    .join('?')
    .split('&')
    .map((one) => {
      const [name = ''] = one.split('=');
      return one.includes('=') && SECRET_NAME.test(decoded(name))
        ? `${name}=…`
        : one;
    })
    .join('&');
  return `${path.replace(/\/\/[^/@]*@/, '//…@')}${query.length > 0 ? `?${shown}` : ''}`.replace(
    OUR_KEY,
    'det_$2_…',
  );
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
