import { Duplex, PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
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

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

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

  it('S-103 leaves the rest to the next turn when reading took long, and then goes on', async () => {
    const { tls, socket, heard } = connected();
    let nowMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    socket.on('data', () => (nowMs += 15));

    tls.emit('data', Buffer.from('one'));
    const afterOne = tls.isPaused();
    tls.emit('data', Buffer.from('two'));
    const afterTwo = tls.isPaused();
    await turn();

    expect([afterOne, afterTwo, tls.isPaused()]).toEqual([false, true, false]);
    expect(heard).toEqual(['one', 'two']);
  });

  it('S-106 reads nothing while a mebibyte of what it said is unread, nor while it is held back', async () => {
    const tls = new Duplex({ read: () => undefined, write: () => undefined });
    const socket = new DecodedSocket(tls as unknown as TLSSocket);
    socket.connect();
    const states: boolean[] = [];

    socket.say('x'.repeat(1024 * 1024));
    await turn();
    states.push(tls.isPaused());
    socket.say('x');
    await turn();
    states.push(tls.isPaused());
    socket.pause();
    tls.emit('drain');
    states.push(tls.isPaused());
    socket.resume();
    states.push(tls.isPaused());

    expect(states).toEqual([false, true, true, false]);
  });

  it('S-101 drops a connection whose other side goes on for five seconds behind our end', () => {
    vi.useFakeTimers();
    const tls = new Duplex({ read: () => undefined, write: (_chunk, _encoding, written) => written() });
    const socket = new DecodedSocket(tls as unknown as TLSSocket);
    socket.connect();

    socket.end('</stream:stream>');
    for (let second = 1; second < 5; second += 1) {
      vi.advanceTimersByTime(1_000);
      tls.emit('data', Buffer.from('still here'));
    }
    expect(tls.destroyed).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(tls.destroyed).toBe(true);
  });
});
