import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server on which packets can get lost. */
export interface FaultyNetwork {
  /** The address of the server by this way. */
  url: string;
  /** From now on nothing comes through, and nobody is told: what is open stays open, who connects waits. */
  drop(): void;
  /** New connections come through again; those of before are gone at the server's end. */
  heal(): void;
  close(): Promise<void>;
}

/** Puts itself before the server at an address. */
export async function faultyNetwork(url: string): Promise<FaultyNetwork> {
  const target = new URL(url);
  const pairs = new Set<[Socket, Socket | null]>();
  let dropping = false;
  const proxy = createServer((near) => {
    near.on('error', () => undefined);
    if (dropping) {
      pairs.add([near, null]);
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    far.on('error', () => undefined);
    pairs.add([near, far]);
    near.pipe(far);
    far.pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => !dropping && near.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const way = new URL(url);
  way.port = String((proxy.address() as AddressInfo).port);
  return {
    url: way.href,
    drop() {
      dropping = true;
      for (const [near, far] of pairs) {
        near.unpipe().resume().removeAllListeners('close');
        far?.unpipe().resume();
      }
    },
    heal() {
      for (const [, far] of pairs) far?.destroy();
      dropping = false;
    },
    async close() {
      for (const [near, far] of pairs) {
        near.destroy();
        far?.destroy();
      }
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
