import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SOCKET_REPLACED } from '../../../../preload/contract.ts';
import { MAX_MESSAGE_OCTETS } from '../../../../main/hosts/headless/page-socket.ts';
import { BURST } from '../../../../main/hosts/rate-limit.ts';
import {
  getLines,
  makePageFolder,
  openPage,
  PAGE,
  sendRaw,
  startHost,
  upgradeLines,
  type RunningHost,
} from './browser-client.ts';

const folder = makePageFolder();
let running: RunningHost;

beforeEach(async () => {
  running = await startHost(folder);
});
afterEach(() => running.host.close());
afterAll(() => rmSync(folder, { recursive: true }));

/** Tries a plain connection. */
function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

describe('startBrowserHost, where it listens', () => {
  it('S-160 is reachable on 127.0.0.1 alone, at a free port', async () => {
    expect(await reaches('127.0.0.1', running.port)).toBe(true);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .map(({ address, scopeid }) => (scopeid === undefined || scopeid === 0 ? address : undefined))
      .filter((address) => address !== undefined && address !== '127.0.0.1');
    for (const address of [...others, '127.0.0.2', '::1']) {
      expect(await reaches(address ?? '', running.port), address).toBe(false);
    }
    const second = await startHost(folder);
    expect(second.port).not.toBe(running.port);
    second.host.close();
  });

  it('takes the port it is told, and fails where that is taken', async () => {
    await expect(startHost(folder, running.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('startBrowserHost, the token (S-161)', () => {
  it('S-161 is 256 bits of hex in the fragment of the address, another at every start', async () => {
    expect(running.host.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[0-9a-f]{64}$/);
    const second = await startHost(folder);
    expect(second.token).not.toBe(running.token);
    second.host.close();
  });

  it('S-161 opens the socket with the right one and not with none, a wrong one or that of an earlier start', async () => {
    const { port, token } = running;
    const earlier = token;
    const offer = async (protocols: string, at = running) => {
      const answer = await sendRaw(at.port, upgradeLines(at.port, '', { 'Sec-WebSocket-Protocol': protocols }));
      return answer.status;
    };
    expect(await offer(`ipc.v1, token.${token}`)).toBe(101);
    for (const wrong of [
      'ipc.v1',
      '',
      `token.${token}`,
      `ipc.v2, token.${token}`,
      'ipc.v1, token.',
      `ipc.v1, token.${'0'.repeat(64)}`,
      `ipc.v1, token.${token.toUpperCase()}x`,
      `ipc.v1, token.${token.slice(0, 63)}`,
      `ipc.v1, token.${token}, more`,
      `token.${token}, ipc.v1`,
    ]) {
      expect(await offer(wrong), wrong).toBe(403);
    }
    running.host.close();
    running = await startHost(folder, port);
    expect(await offer(`ipc.v1, token.${earlier}`)).toBe(403);
    expect(await offer(`ipc.v1, token.${running.token}`)).toBe(101);
  });

  it('S-161 is not taken from a query, a path or a cookie', async () => {
    const { port, token } = running;
    const without = { 'Sec-WebSocket-Protocol': 'ipc.v1' };
    const attempts = [
      upgradeLines(port, token, { ...without, Cookie: `token=${token}` }),
      upgradeLines(port, token, { ...without, Authorization: `Bearer ${token}` }),
      upgradeLines(port, token, without).with(0, `GET /ipc?token=${token} HTTP/1.1`),
      upgradeLines(port, token, without).with(0, `GET /ipc/${token} HTTP/1.1`),
    ];
    for (const lines of attempts) expect((await sendRaw(port, lines)).status, lines[0]).toBe(403);
  });

  it('S-161 is needed for nothing but the socket: the static files hold no secret', async () => {
    const { port, token } = running;
    for (const path of ['/', '/index.html', '/assets/app.js']) {
      const answer = await sendRaw(port, getLines(port, path));
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer)).not.toContain(token);
    }
  });
});

/** Names and ports that are not exactly ours. */
const WRONG_HOSTS = (port: number): readonly (string | undefined)[] => [
  'evil.example',
  `evil.example:${port}`,
  `127.0.0.1.evil.example:${port}`,
  `127.0.0.1.:${port}`,
  `localhost.:${port}`,
  '127.0.0.1',
  'localhost',
  `127.1:${port}`,
  `2130706433:${port}`,
  `0x7f000001:${port}`,
  `[::1]:${port}`,
  `0.0.0.0:${port}`,
  `127.0.0.1:${port + 1}`,
  `127.0.0.1:${port}x`,
  `user@127.0.0.1:${port}`,
  `LOCALHOST:${port}`,
  '',
];

const WRONG_ORIGINS = (port: number): readonly string[] => [
  'null',
  'http://evil.example',
  `https://127.0.0.1:${port}`,
  `http://127.0.0.1:${port + 1}`,
  'http://127.0.0.1',
  `http://127.0.0.1.:${port}`,
  `http://localhost:${port}`,
  `http://127.0.0.1:${port}/`,
  'file://',
];

describe('startBrowserHost, whom a request is for and from (S-162)', () => {
  it('S-162 takes exactly its two names as Host, on HTTP and on WebSocket', async () => {
    const { port, token } = running;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      expect((await sendRaw(port, getLines(port, '/', { Host: host }))).status).toBe(200);
      expect((await sendRaw(port, upgradeLines(port, token, { Host: host }))).status).toBe(101);
    }
    for (const host of WRONG_HOSTS(port)) {
      const headers = { Host: host ?? '' };
      expect((await sendRaw(port, getLines(port, '/', headers))).status, host).toBe(403);
      expect((await sendRaw(port, upgradeLines(port, token, headers))).status, host).toBe(403);
    }
  });

  it('S-162 refuses a request without any Host', async () => {
    const { port } = running;
    expect((await sendRaw(port, ['GET / HTTP/1.1', 'Connection: close'])).status).toBe(400);
    expect((await sendRaw(port, ['GET / HTTP/1.0'])).status).toBe(403);
  });

  it('S-162 takes its own origin or none, and no other, on HTTP and on WebSocket', async () => {
    const { port, token } = running;
    for (const headers of [{}, { Origin: `http://127.0.0.1:${port}` }]) {
      expect((await sendRaw(port, getLines(port, '/', headers))).status).toBe(200);
      expect((await sendRaw(port, upgradeLines(port, token, headers))).status).toBe(101);
    }
    for (const origin of WRONG_ORIGINS(port)) {
      expect((await sendRaw(port, getLines(port, '/', { Origin: origin }))).status, origin).toBe(403);
      expect((await sendRaw(port, upgradeLines(port, token, { Origin: origin }))).status, origin).toBe(403);
    }
  });

  it('S-162 trusts a request without Origin no more: it needs the token all the same', async () => {
    expect((await sendRaw(running.port, upgradeLines(running.port, 'f'.repeat(64)))).status).toBe(403);
  });

  it('S-162 refuses what a browser says comes from another site, on HTTP and on WebSocket', async () => {
    const { port, token } = running;
    for (const site of ['same-origin', 'none']) {
      expect((await sendRaw(port, getLines(port, '/', { 'Sec-Fetch-Site': site }))).status).toBe(200);
    }
    for (const site of ['cross-site', 'same-site', 'unknown', '']) {
      const headers = { 'Sec-Fetch-Site': site };
      expect((await sendRaw(port, getLines(port, '/', headers))).status, site).toBe(403);
      expect((await sendRaw(port, upgradeLines(port, token, headers))).status, site).toBe(403);
    }
  });

  it('S-162 checks that before path and method', async () => {
    const { port } = running;
    const wrong = { Host: 'evil.example' };
    expect((await sendRaw(port, getLines(port, '/nothing', wrong))).status).toBe(403);
    const post = getLines(port, '/', { ...wrong, 'Content-Length': '0' }).with(0, 'POST / HTTP/1.1');
    expect((await sendRaw(port, post)).status).toBe(403);
  });
});

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

  it('bounds how often a command runs', async () => {
    const page = await openPage(running);
    for (let id = 0; id <= BURST; id += 1)
      page.socket.send(JSON.stringify({ id, command: 'account.state', params: {} }));
    const replies: unknown[] = [];
    while (replies.length <= BURST) replies.push(await page.next());
    const refused = replies.filter((reply) => !(reply as { reply: { ok: boolean } }).reply.ok);
    expect(refused).toMatchObject([{ reply: { code: 'not-available' } }]);
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
