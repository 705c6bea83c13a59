/** A TCP relay before a server, for connections that stall or break at a chosen moment. */
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  /** From now on nothing that a client sends reaches the server; connections stay up. */
  holdUpstream(): void;
  /** From now on nothing that the server sends reaches a client; connections stay up. */
  holdDownstream(): void;
  /** Resets every connection, what was held included, and lets new ones through. */
  cut(): void;
  stop(): Promise<void>;
}

/** @param port - Where the server listens on 127.0.0.1. */
export async function startRelay(port: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const held = { up: false, down: false };
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    pass(client, upstream, () => held.up);
    pass(upstream, client, () => held.down);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
    Object.assign(held, { up: false, down: false });
  };
  return {
    port: address.port,
    holdUpstream: () => void (held.up = true),
    holdDownstream: () => void (held.down = true),
    cut,
    stop: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(from: Socket, to: Socket, isHeld: () => boolean): void {
  from.setNoDelay(true);
  from.on('data', (octets) => {
    if (!isHeld()) to.write(octets);
  });
  from.on('close', () => {
    if (!isHeld()) to.destroy();
  });
}
