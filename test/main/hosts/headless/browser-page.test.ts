import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SOCKET_REPLACED } from '../../../../preload/contract.ts';
import { MAX_MESSAGE_OCTETS } from '../../../../main/hosts/headless/page-socket.ts';
import { BURST } from '../../../../main/hosts/rate-limit.ts';
import {
  getLines,
  makePageFolder,
  openPage,
  PAGE,
  reaches,
  sendRaw,
  startHost,
  type RunningHost,
} from './browser-client.ts';

const folder = makePageFolder();
let running: RunningHost;

beforeEach(async () => {
  running = await startHost(folder);
});
afterEach(() => running.host.close());
afterAll(() => rmSync(folder, { recursive: true }));

describe('startBrowserHost, what a request can do (S-163)', () => {
  it('S-163 nothing but reading: a form post, a text post and every other method are refused, and nothing runs', async () => {
    const { port, messenger } = running;
    const body = '{"id":1,"command":"account.signOut","params":{}}';
    for (const [method, type] of [
      ['POST', 'application/x-www-form-urlencoded'],
      ['POST', 'text/plain'],
      ['POST', 'multipart/form-data; boundary=x'],
      ['POST', 'application/json'],
      ['PUT', 'application/json'],
      ['DELETE', 'application/json'],
      ['OPTIONS', 'text/plain'],
    ] as const) {
      for (const path of ['/', '/ipc', '/account.signOut']) {
        const lines = getLines(port, path, { 'Content-Type': type, 'Content-Length': String(body.length) });
        const answer = await sendRaw(port, lines.with(0, `${method} ${path} HTTP/1.1`), body);
        expect(answer.status, `${method} ${type} ${path}`).toBe(405);
      }
    }
    for (const path of ['/ipc', '/ipc?command=account.signOut', '/account.signOut']) {
      expect((await sendRaw(port, getLines(port, path))).status).toBe(404);
    }
    expect(messenger.calls).toEqual([]);
  });

  it('S-163 never sends a CORS header, whoever asks', async () => {
    const { port } = running;
    for (const origin of [`http://127.0.0.1:${port}`, 'http://evil.example']) {
      const answer = await sendRaw(port, getLines(port, '/', { Origin: origin }));
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('S-163 serves 16 connections and drops the 17th', async () => {
    const open = await Promise.all(
      Array.from(
        { length: 16 },
        () =>
          new Promise<Socket>((resolve) => {
            const socket = connect({ host: '127.0.0.1', port: running.port }, () => resolve(socket));
          }),
      ),
    );
    const answer = await sendRaw(running.port, getLines(running.port, '/')).catch(() => ({ status: Number.NaN }));
    expect(answer.status).toBeNaN();
    for (const socket of open) socket.destroy();
  });

  it('S-163 the socket checks commands as everything does: unknown ones and wrong parameters run nothing', async () => {
    const { messenger } = running;
    const page = await openPage(running);
    const ask = async (message: unknown) => {
      page.socket.send(JSON.stringify(message));
      return page.next();
    };
    expect(await ask({ id: 1, command: 'account.signIn', params: { address: 5 } })).toMatchObject({
      id: 1,
      reply: { ok: false, code: 'invalid-params' },
    });
    expect(await ask({ id: 2, command: 'host.quit', params: {} })).toMatchObject({
      id: 2,
      reply: { ok: false, code: 'not-available' },
    });
    expect(await ask({ id: 3, command: '__proto__', params: {} })).toMatchObject({
      id: 3,
      reply: { ok: false, code: 'not-available' },
    });
    expect(messenger.calls).toEqual([]);
  });

  it.each(['garbage', '[]', '{}', '{"id":-1,"command":"account.state"}', '{"id":1,"command":5}', '{"id":1}'])(
    'closes the socket for %s, which is no request',
    async (text) => {
      const page = await openPage(running);
      page.socket.send(text);
      expect(await page.closed).toBe(1008);
      expect(running.messenger.calls).toEqual([]);
    },
  );

  it('closes the socket for a binary message', async () => {
    const page = await openPage(running);
    page.socket.send(Buffer.from('{"id":1,"command":"account.state"}'), { binary: true });
    expect(await page.closed).toBe(1008);
    expect(running.messenger.calls).toEqual([]);
  });

  it('closes the socket for a message over the limit, and takes the longest text there is', async () => {
    const page = await openPage(running);
    const text = '"\n'.repeat(32_768);
    page.socket.send(JSON.stringify({ id: 1, command: 'messages.send', params: { to: 'a@b.example', text } }));
    expect(await page.next()).toMatchObject({ id: 1, reply: { ok: true } });
    page.socket.send('x'.repeat(MAX_MESSAGE_OCTETS + 1));
    expect(await page.closed).toBe(1009);
  });

  it('S-144 bounds how often a command runs, and no new socket brings a new bound', async () => {
    const page = await openPage(running);
    for (let id = 0; id <= BURST; id += 1)
      page.socket.send(JSON.stringify({ id, command: 'account.state', params: {} }));
    const replies: unknown[] = [];
    while (replies.length <= BURST) replies.push(await page.next());
    const refused = replies.filter((reply) => !(reply as { reply: { ok: boolean } }).reply.ok);
    expect(refused).toMatchObject([{ reply: { code: 'not-available' } }]);
    expect(running.messenger.calls.length).toBe(BURST);
    const another = await openPage(running);
    another.socket.send(JSON.stringify({ id: 1, command: 'account.state', params: {} }));
    expect(await another.next()).toMatchObject({ reply: { ok: false, code: 'not-available' } });
    expect(running.messenger.calls.length).toBe(BURST);
  });
});

describe('startBrowserHost, the page', () => {
  it('S-164 comes with the policy and no leave to keep, sniff, frame or refer', async () => {
    const { port } = running;
    for (const path of ['/', '/assets/app.js', '/nothing']) {
      const { headers } = await sendRaw(port, getLines(port, path));
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
          "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; " +
          "require-trusted-types-for 'script'; trusted-types svelte-trusted-html",
      );
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it('is served from a fixed list: what is not on it is not found, however it is asked for', async () => {
    const { port } = running;
    expect((await sendRaw(port, getLines(port, '/'))).body).toBe(PAGE);
    const script = await sendRaw(port, getLines(port, '/assets/app.js'));
    expect(script).toMatchObject({ status: 200, headers: { 'content-type': 'text/javascript; charset=utf-8' } });
    for (const path of [
      '/assets/app.js.map',
      '/assets',
      '/assets/',
      '/../package.json',
      '/assets/../index.html',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/assets/%2e%2e/index.html',
      '//index.html',
      '/index.html?x',
      '/INDEX.HTML',
      '/etc/passwd',
      '/index.html%00.js',
      'http://127.0.0.1/index.html',
    ]) {
      expect((await sendRaw(port, getLines(port, path))).status, path).toBe(404);
    }
  });

  it('answers commands and hears events', async () => {
    const { host, messenger } = running;
    messenger.answer('account.state', () => ({ state: 'online' }));
    const page = await openPage(running);
    page.socket.send('{"id":9,"command":"account.state","params":{}}');
    expect(await page.next()).toEqual({ id: 9, reply: { ok: true, value: { state: 'online' } } });
    host.send('account.changed', { state: 'offline' });
    expect(await page.next()).toEqual({ event: 'account.changed', payload: { state: 'offline' } });
  });

  it('has one window: a newer one closes the older, and alone hears events', async () => {
    const first = await openPage(running);
    const second = await openPage(running);
    expect(await first.closed).toBe(SOCKET_REPLACED);
    running.host.send('account.changed', { state: 'offline' });
    expect(await second.next()).toMatchObject({ event: 'account.changed' });
    expect(running.logged).toEqual(['window-connected', 'window-connected']);
  });

  it('drops events while there is no window', () => {
    expect(() => running.host.send('account.changed', { state: 'offline' })).not.toThrow();
  });

  it('closes its sockets and stops listening when the host ends', async () => {
    const page = await openPage(running);
    running.host.close();
    expect([1001, 1006]).toContain(await page.closed);
    expect(await reaches('127.0.0.1', running.port)).toBe(false);
  });
});
