/** Everything that this process says on its sockets, before TLS seals it. */
import { Socket } from 'node:net';
import { vi } from 'vitest';

/** Listens from now on, until the mocks are restored. */
export function overhear(): readonly Uint8Array[] {
  const said: Uint8Array[] = [];
  const note = (chunk: unknown): void => {
    if (typeof chunk === 'string') said.push(Buffer.from(chunk, 'utf8'));
    else if (chunk instanceof Uint8Array) said.push(chunk.slice());
  };
  // TLSSocket inherits both.
  for (const name of ['write', 'end'] as const) {
    const original: unknown = Reflect.get(Socket.prototype, name);
    vi.spyOn(Socket.prototype, name).mockImplementation(function (this: Socket, ...args: unknown[]): never {
      note(args[0]);
      return Reflect.apply(original as () => unknown, this, args) as never;
    });
  }
  return said;
}
