// The limit of HTTP: a constant body of the size of our answers, from node:http alone.
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('constant-server.mjs', import.meta.url));

/** The server of a constant body; `path` says of how many bytes. */
export function constant() {
  return {
    name: 'constant',
    note: 'a constant body of the same size, from `node:http`',
    command: [process.execPath, SERVER],
    ready: '/?bytes=1',
    env: (port) => ({ PORT: String(port) }),
    constant: (bytes) => ({ path: `/?bytes=${Math.round(bytes)}` }),
  };
}
