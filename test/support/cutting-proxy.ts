/** A TCP proxy before a server that fails at a chosen octet of what the server says, in each of the ways a line can. */
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export type Cut =
  /** Both ends are reset. */
  | 'reset'
  /** Nothing passes any more, in either direction, and nobody is told. */
  | 'silence'
  /** What the server says is lost; what the client says still arrives. */
  | 'half-open';

export interface CuttingProxy {
  readonly port: number;
  /** What the server has said by all connections so far, in octets. */
  readonly octets: number;
  /** How often it has cut. */
  readonly cuts: number;
  /** Cuts once, that many octets from now. */
  cutAfter(octets: number, how: Cut): void;
  /** What is open now; forgets what was planned. */
  cutNow(how: Cut): void;
  stop(): Promise<void>;
}

/** @param port - Where the server listens on 127.0.0.1. */
export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  const pairs = new Set<{ readonly client: Socket; readonly upstream: Socket; cut: Cut | undefined }>();
  let octets = 0;
  let cuts = 0;
  let planned: { readonly at: number; readonly how: Cut } | undefined;
  const cutNow = (how: Cut): void => {
    cuts += 1;
    for (const pair of pairs) {
      pair.cut = how;
      if (how === 'reset') for (const socket of [pair.client, pair.upstream]) socket.resetAndDestroy();
    }
  };
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const pair: { readonly client: Socket; readonly upstream: Socket; cut: Cut | undefined } = {
      client,
      upstream,
      cut: undefined,
    };
    pairs.add(pair);
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    client.on('data', (said) => {
      if (pair.cut === undefined || pair.cut === 'half-open') upstream.write(said);
    });
    upstream.on('data', (said) => {
      octets += said.length;
      if (pair.cut === undefined) {
        const left = planned === undefined ? said.length : Math.max(0, said.length - (octets - planned.at));
        client.write(said.subarray(0, left));
      }
      if (planned === undefined || octets < planned.at) return;
      const { how } = planned;
      planned = undefined;
      cutNow(how);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        if (pair.cut !== 'silence') other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    get octets() {
      return octets;
    },
    get cuts() {
      return cuts;
    },
    cutAfter: (after, how) => {
      planned = { at: octets + after, how };
    },
    cutNow: (how) => {
      planned = undefined;
      cutNow(how);
    },
    stop: async () => {
      cutNow('reset');
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
