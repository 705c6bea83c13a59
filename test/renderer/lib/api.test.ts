import { afterEach, describe, expect, it } from 'vitest';
import type { SocketRequest } from '../../../preload/contract.ts';
import { bridgeOver, CommandFailure, connectSocket, takeToken } from '../../../renderer/lib/api.ts';
import { FakeMessenger } from '../support/fake-messenger.ts';

const TOKEN = '5d'.repeat(32);

/** What the page needs of a WebSocket, driven by the test. */
class FakeSocket extends EventTarget {
  readonly OPEN = 1;
  readyState = 0;
  readonly sent: SocketRequest[] = [];

  send(text: string): void {
    if (this.readyState !== this.OPEN) throw new DOMException('not open', 'InvalidStateError');
    this.sent.push(JSON.parse(text) as SocketRequest);
  }

  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  receive(message: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  close(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

function connected(): { socket: FakeSocket; api: ReturnType<typeof connectSocket>; closed: () => number } {
  const socket = new FakeSocket();
  let count = 0;
  const api = connectSocket(socket as unknown as WebSocket, () => (count += 1));
  return { socket, api, closed: () => count };
}

describe('takeToken (security.md S-161)', () => {
  afterEach(() => sessionStorage.clear());

  it('S-161 takes the token out of the address and of the history, and keeps it for this tab', () => {
    history.pushState(null, '', `/#${TOKEN}`);
    const lengthBefore = history.length;
    expect(takeToken(window)).toBe(TOKEN);
    expect(location.href).not.toContain(TOKEN);
    expect(location.hash).toBe('');
    expect(history.length).toBe(lengthBefore);
    expect(document.cookie).not.toContain(TOKEN);
    expect(localStorage.length).toBe(0);
    expect(takeToken(window)).toBe(TOKEN);
  });

  it('replaces the token of an earlier start by that of the address', () => {
    history.replaceState(null, '', `/#${TOKEN}`);
    takeToken(window);
    history.replaceState(null, '', `/#${'a7'.repeat(32)}`);
    expect(takeToken(window)).toBe('a7'.repeat(32));
  });

  it('keeps nothing that is no token, and erases it all the same', () => {
    history.replaceState(null, '', '/#javascript:alert(1)');
    expect(takeToken(window)).toBeUndefined();
    expect(location.hash).toBe('');
  });
});

describe('connectSocket (contract.md, transport)', () => {
  it('sends what was asked before the socket opened, in order, with ids of its own', async () => {
    const { socket, api } = connected();
    const first = api['contacts.list']({});
    void api['messages.list']({ with: 'bob@example.org' });
    expect(socket.sent).toEqual([]);
    socket.open();
    await Promise.resolve();
    expect(socket.sent).toEqual([
      { id: 1, command: 'contacts.list', params: {} },
      { id: 2, command: 'messages.list', params: { with: 'bob@example.org' } },
    ]);
    socket.receive({ id: 1, reply: { ok: true, value: [] } });
    expect(await first).toEqual({ ok: true, value: [] });
  });

  it('gives each answer to its own request, whatever their order', async () => {
    const { socket, api } = connected();
    socket.open();
    const slow = api['keys.own']({});
    const quick = api['conversations.list']({});
    socket.receive({ id: 2, reply: { ok: true, value: [] } });
    socket.receive({ id: 1, reply: { ok: false, code: 'locked', message: 'locked' } });
    expect(await quick).toEqual({ ok: true, value: [] });
    expect(await slow).toMatchObject({ ok: false, code: 'locked' });
  });

  it('hands events to their listeners until these end', () => {
    const { socket, api } = connected();
    const heard: unknown[] = [];
    const end = api.on('alerts.raised', (alert) => heard.push(alert));
    const alert = { code: 'clock-wrong', text: 'Your clock is 3 h off.' };
    socket.receive({ event: 'alerts.raised', payload: alert });
    socket.receive({ event: 'leaving.changed', payload: {} });
    end();
    socket.receive({ event: 'alerts.raised', payload: alert });
    expect(heard).toEqual([alert]);
  });

  it('answers what was asked and what is asked later when the host goes, and says so once', async () => {
    const { socket, api, closed } = connected();
    socket.open();
    const asked = api['contacts.list']({});
    socket.close();
    expect(await asked).toMatchObject({ ok: false, code: 'internal' });
    expect(await api['contacts.list']({})).toMatchObject({ ok: false, code: 'internal' });
    expect(closed()).toBe(1);
  });
});

describe('bridgeOver (contract.md, envelopes)', () => {
  it('gives the value, and throws the code of a refusal', async () => {
    const messenger = new FakeMessenger();
    messenger.answer('contacts.list', () => []);
    messenger.refuse('keys.own', 'not-signed-in');
    const bridge = bridgeOver(() => messenger.api());
    expect(await bridge.call('contacts.list', {})).toEqual([]);
    const failure = await bridge.call('keys.own', {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandFailure);
    expect(failure).toMatchObject({ code: 'not-signed-in' });
  });

  it('connects on first use only, and once', async () => {
    let connections = 0;
    const messenger = new FakeMessenger();
    messenger.answer('contacts.list', () => []);
    const bridge = bridgeOver(() => {
      connections += 1;
      return messenger.api();
    });
    expect(connections).toBe(0);
    await bridge.call('contacts.list', {});
    bridge.on('contacts.changed', () => undefined);
    expect(connections).toBe(1);
  });
});
