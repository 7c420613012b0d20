// The load generator, a process of its own so that it can be kept on a core of its own. Takes one order over IPC, `{base,
// requests, connections, warmUp, seconds}`; says `{measuring: true}` when the warm-up is over, and then `{result}`.
import { once } from 'node:events';
import autocannon from 'autocannon';

const [{ base, requests, connections, warmUp, seconds }] = await once(
  process,
  'message',
);
const latencies = [];
const bad = new Map();
let bytes = 0;

await run(warmUp);
[latencies.length, bytes] = [0, 0];
process.send({ measuring: true });
const began = performance.now();
const { errors, timeouts } = await run(seconds);
const elapsed = (performance.now() - began) / 1000;
process.send({ result: result() });
process.disconnect();

function run(duration) {
  let next = 0;
  const running = autocannon({
    url: base,
    connections,
    duration,
    timeout: 30,
    requests,
    // Each connection begins elsewhere in the list, or all would ask the same at the same moment.
    setupClient(client) {
      const from = Math.floor((next++ / connections) * requests.length);
      client.setRequests([...requests.slice(from), ...requests.slice(0, from)]);
    },
  });
  // Its own latencies are whole milliseconds.
  running.on('response', (_, status, size, milliseconds) => {
    latencies.push(milliseconds);
    bytes += size;
    if ((status < 200 || status > 299) && status !== 304)
      bad.set(status, (bad.get(status) ?? 0) + 1);
  });
  return running;
}

function result() {
  latencies.sort((one, other) => one - other);
  const at = (share) => latencies[Math.floor(latencies.length * share)] ?? null;
  const faults = [...bad].map(
    ([status, count]) => `${count} answers ${status}`,
  );
  if (latencies.length === 0) faults.push(`no answer within ${seconds} s`);
  if (errors + timeouts > 0)
    faults.push(`${errors} broken connections, ${timeouts} without an answer`);
  return {
    requests: latencies.length,
    perSecond: latencies.length / elapsed,
    p50: at(0.5),
    p99: at(0.99),
    bytes: bytes / latencies.length,
    errors: faults,
  };
}
