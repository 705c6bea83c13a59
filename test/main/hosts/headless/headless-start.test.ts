import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ComposeMessenger } from '../../../../main/hosts/messenger.ts';
import { StoreError } from '../../../../main/stores/store-error.ts';
import { makePageFolder } from './browser-client.ts';
import { HostRun, requestLine } from './host-run.ts';

let folder: string;
let page: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightlatch-host-'));
  page = makePageFolder();
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  rmSync(page, { recursive: true });
});

const profile = () => join(folder, 'profile');
const start = (argv: readonly string[], compose?: ComposeMessenger) => new HostRun(argv, page, compose);
const stdio = (...more: string[]) => start(['--profile', profile(), '--stdio', ...more]);

describe('startHeadless, exit codes (docs/contract.md)', () => {
  const refusing = (error: Error) => start(['--profile', profile(), '--stdio'], () => Promise.reject(error));

  it('64 for bad arguments, with the usage, and makes no profile', async () => {
    const run = start(['--profile', profile()]);
    expect(await run.exit).toBe(64);
    expect(await run.said(/\n/)).toMatch(/usage: nightlatch-headless/);
    expect(existsSync(profile())).toBe(false);
  });

  it('64 for a port that cannot be had', async () => {
    const first = start(['--profile', profile(), '--browser']);
    const port = /:(\d+)\//.exec(await first.written(/\n/))?.[1] ?? '';
    const second = start(['--profile', join(folder, 'other'), '--browser', '--port', port]);
    expect(await second.exit).toBe(64);
    expect(second.messenger.names()).toEqual(['close']);
    first.signals.emit('SIGTERM');
    await first.exit;
  });

  it('69 for a locked secret store', async () => {
    const missing = stdio('--passphrase-file', join(folder, 'missing'));
    expect(await missing.exit).toBe(69);
    const locked = refusing(new StoreError('locked', 'no'));
    expect(await locked.exit).toBe(69);
    expect(locked.modpClosed).toBe(true);
  });

  it('74 for a disk error', async () => {
    for (const code of ['store-full', 'store-damaged', 'newer-version', 'disk-error'] as const) {
      expect(await refusing(new StoreError(code, '/home/alice')).exit).toBe(74);
    }
    writeFileSync(profile() + '-file', '');
    expect(await start(['--profile', `${profile()}-file`, '--stdio']).exit).toBe(74);
  });

  it('75 for a profile in use, and the first one goes on', async () => {
    const first = stdio();
    await first.said(/started/);
    const second = stdio();
    expect(await second.exit).toBe(75);
    expect(second.composition).toBeUndefined();
    expect(await second.said(/\n/)).toMatch(/another process/i);
    first.input.write(requestLine(1, 'account.state'));
    await first.written(/"id":1/);
    first.input.end();
    await first.exit;
  });

  it('says why without a path or a message from below', async () => {
    const run = refusing(Object.assign(new Error('EIO /home/alice/canary'), { syscall: 'open', code: 'EIO' }));
    expect(await run.exit).toBe(74);
    expect(await run.said(/\n/)).not.toMatch(/canary|home/);
    const ours = refusing(new TypeError('canary'));
    expect(await ours.exit).toBe(70);
    expect(await ours.said(/TypeError/)).not.toMatch(/canary/);
  });
});

describe('startHeadless with --browser (docs/contract.md)', () => {
  it('prints one line, the address to open', async () => {
    const run = start(['--profile', profile(), '--browser']);
    expect(await run.written(/\n/)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[0-9a-f]{64}\n$/);
    run.signals.emit('SIGTERM');
    expect(await run.exit).toBe(0);
    expect(run.allWritten.match(/\n/g)).toHaveLength(1);
  });

  it('prints it to standard error together with --stdio, and both drive the same messenger', async () => {
    const run = stdio('--browser');
    const said = await run.said(/#[0-9a-f]{64}\n/);
    const address = new URL(/http:\S+/.exec(said)?.[0] ?? '');
    const socket = new WebSocket(`ws://${address.host}/ipc`, ['ipc.v1', `token.${address.hash.slice(1)}`]);
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
    const message = new Promise<string>((resolve) =>
      socket.addEventListener('message', (event) => resolve(String(event.data)), { once: true }),
    );
    run.input.write(requestLine(1, 'account.state'));
    await run.written(/"id":1/);
    run.messenger.announce('account.changed', { state: 'online' });
    expect(JSON.parse(await message)).toMatchObject({ event: 'account.changed' });
    await run.written(/account\.changed/);
    socket.send('{"id":1,"command":"keys.own","params":{}}');
    await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
    expect(run.messenger.names()).toEqual(['account.state', 'keys.own']);
    expect(run.allWritten).not.toContain('http');
    run.input.end();
    expect(await run.exit).toBe(0);
  });

  it('does not open the messenger where the page is not built', async () => {
    rmSync(join(page, 'index.html'));
    rmSync(page, { recursive: true });
    const run = start(['--profile', profile(), '--browser']);
    expect(await run.exit).toBe(74);
    page = makePageFolder();
  });
});
