import { rmSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  getLines,
  makePageFolder,
  reaches,
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

  it('opens the socket at its one path only', async () => {
    const { port, token } = running;
    for (const path of ['/', '/ipc/', '/ipc?x', '/IPC', '/index.html', '//ipc']) {
      const lines = upgradeLines(port, token).with(0, `GET ${path} HTTP/1.1`);
      expect((await sendRaw(port, lines)).status, path).toBe(403);
    }
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
