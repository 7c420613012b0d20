// Started by test/storage/embedded.test.ts as a process of its own, to be killed: runs a server in the directory that
// its argument names and says its address.
import { startEmbedded } from '../../src/storage/embedded.ts';

const [, , dataDir = ''] = process.argv;
const server = await startEmbedded({
  dataDir,
  ifRunning: 'join',
});
process.stdout.write(`${server.joined ? 'joined' : 'started'} ${server.url}\n`);
setInterval(() => {}, 60_000);
