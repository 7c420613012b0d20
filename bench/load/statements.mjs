// The statements that the service sends for a question, as it sends them: a service of its own is run with a recorder
// between it and the driver, and asked. So they are true whatever the service comes to do.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './processes.mjs';

const RECORDER = new URL('recorder.mjs', import.meta.url).href;
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** What the service does by itself, and what tells nothing of a question. */
const NO_READ =
  /^\s*(listen|unlisten|notify|start|begin|commit|rollback|set|reset|discard)\b/i;

/**
 * Starts the recorded service. `statementsOf(request)` asks and answers the statements `{text, name, values, options}` in
 * order; null when one of them cannot be sent again.
 */
export async function recordedService({ env }) {
  const port = await freePort();
  const child = spawn(process.execPath, ['--import', RECORDER, MAIN, 'serve'], {
    env: { ...process.env, ...env(port) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let sent = [];
  let caughtUp = () => {};
  child.on('message', (statement) => {
    if (statement === null) caughtUp();
    else sent.push(statement);
  });
  const base = `http://127.0.0.1:${port}`;
  const ended = new Promise((resolve) => child.once('close', resolve));
  for (;;) {
    const up = await fetch(`${base}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) break;
    if (child.exitCode !== null) throw new Error('the recorded service ended');
    await sleep(200);
  }
  return {
    base,
    async statementsOf({ path, ...request }) {
      sent = [];
      const answer = await fetch(base + path, request);
      await answer.text();
      if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
      // What was told before the answer may come after it.
      await new Promise((resolve) => {
        caughtUp = resolve;
        child.send(null);
      });
      if (sent.some(({ text }) => text === null)) return null;
      return sent.filter(({ text }) => !NO_READ.test(text));
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
