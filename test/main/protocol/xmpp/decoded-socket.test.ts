import { PassThrough } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { DecodedSocket } from '../../../../main/protocol/xmpp/decoded-socket.ts';

/** A socket over a connection that a test says octets on. */
function connected(): { readonly tls: PassThrough; readonly socket: DecodedSocket; readonly heard: string[] } {
  const tls = new PassThrough();
  const socket = new DecodedSocket(tls as unknown as TLSSocket);
  const heard: string[] = [];
  socket.on('data', (text: string) => heard.push(text));
  socket.connect();
  return { tls, socket, heard };
}

describe('DecodedSocket', () => {
  it('S-101 S-102 ends with the connection at octets that are no UTF-8, and throws nothing', () => {
    const { tls, heard } = connected();

    tls.emit('data', Buffer.from('good'));
    tls.emit('data', Buffer.from([0xff]));

    expect(heard).toEqual(['good']);
    expect(tls.destroyed).toBe(true);
  });

  it('S-101 ends with the connection when a listener fails, and throws nothing', () => {
    const { tls, socket } = connected();
    socket.on('data', () => {
      throw new RangeError('a mistake of ours');
    });

    tls.emit('data', Buffer.from('good'));

    expect(tls.destroyed).toBe(true);
  });
});
