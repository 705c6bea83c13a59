import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../../../main/crypto/random.ts';
import type { Composition, ComposeMessenger } from '../../../../main/hosts/messenger.ts';
import { openConfSettings } from '../../../../main/hosts/headless/conf-settings.ts';
import { startHeadless } from '../../../../main/hosts/headless/headless-host.ts';
import { StoreError } from '../../../../main/stores/store-error.ts';
import { lockProfile } from '../../../../main/stores/profile-lock.ts';
import { MessengerDouble } from '../messenger-double.ts';
import { makePageFolder } from './browser-client.ts';

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

/** A whole host over a double, with its streams in the test's hand. */
class HostRun {
  readonly messenger = new MessengerDouble();
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly errors = new PassThrough();
  readonly signals = new EventEmitter();
  readonly exit: Promise<number>;
  composition: Composition | undefined;
  modpClosed = false;
  #written = '';
  #said = '';

  constructor(argv: readonly string[], compose: ComposeMessenger = () => Promise.resolve(this.messenger)) {
    this.output.setEncoding('utf8').on('data', (text: string) => (this.#written += text));
    this.errors.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    this.exit = startHeadless(argv, {
      input: this.input,
      output: this.output,
      errors: this.errors,
      signals: this.signals,
      random: systemRandom,
      files: { modpWorker: new URL('file:///w'), searchWorker: new URL('file:///s'), renderer: page, preload: '' },
      createLink: () => {
        throw new Error('no link in this test');
      },
      compose: (composition) => {
        this.composition = composition;
        return compose(composition);
      },
      startModpEngine: () => ({
        power: () => Promise.reject(new Error('none')),
        close: () => (this.modpClosed = true),
      }),
      openSettings: openConfSettings,
    });
  }

  /** Standard output until it holds what is waited for. */
  async written(pattern: RegExp): Promise<string> {
    return this.#until(() => this.#written, this.output, pattern);
  }

  /** Standard error until it holds what is waited for. */
  async said(pattern: RegExp): Promise<string> {
    return this.#until(() => this.#said, this.errors, pattern);
  }

  get allWritten(): string {
    return this.#written;
  }

  get allSaid(): string {
    return this.#said;
  }

  async #until(text: () => string, stream: PassThrough, pattern: RegExp): Promise<string> {
    while (!pattern.test(text())) await new Promise((resolve) => stream.once('data', resolve));
    return text();
  }
}

const profile = () => join(folder, 'profile');
const stdio = (...more: string[]) => new HostRun(['--profile', profile(), '--stdio', ...more]);
const request = (id: number, method: string, params: unknown = {}) =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;

describe('startHeadless with --stdio (docs/contract.md)', () => {
  it('answers commands, sends events, and writes nothing else to standard output', async () => {
    const run = stdio();
    run.messenger.answer('account.state', () => ({ state: 'signedOut' }));
    await run.said(/started/);
    run.input.write(request(1, 'account.state'));
    await run.written(/"id":1/);
    run.messenger.announce('account.changed', { state: 'connecting' });
    await run.written(/account\.changed/);
    run.input.end();
    expect(await run.exit).toBe(0);
    expect(
      run.allWritten
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { jsonrpc: '2.0', id: 1, result: { state: 'signedOut' } },
      { jsonrpc: '2.0', method: 'account.changed', params: { state: 'connecting' } },
    ]);
  });

  it('never signs in by itself', async () => {
    const run = stdio();
    await run.said(/started/);
    expect(run.messenger.calls).toEqual([]);
    run.input.end();
    await run.exit;
    expect(run.messenger.names()).toEqual(['leave quit', 'close']);
  });

  it('gives the messenger the profile, its guard and the server of its arguments', async () => {
    const run = stdio('--server', 'localhost:5223', '--direct-tls');
    await run.said(/started/);
    expect(run.composition).toMatchObject({
      directory: profile(),
      linkSettings: { server: { host: 'localhost', port: 5223, directTls: true } },
      protector: { protects: false },
    });
    expect(run.composition?.timers).toBe(run.composition?.clock);
    run.input.end();
    await run.exit;
  });

  it('says in one line that its own passphrase protects nothing, and does not with a passphrase file', async () => {
    const run = stdio();
    await run.said(/started/);
    run.input.end();
    await run.exit;
    expect(run.allSaid.split('\n').filter((line) => line.includes('protects nothing'))).toHaveLength(1);
    rmSync(profile(), { recursive: true });
    writeFileSync(join(folder, 'pass'), 'secret-canary\n');
    const sealed = stdio('--passphrase-file', join(folder, 'pass'));
    await sealed.said(/started/);
    sealed.input.end();
    await sealed.exit;
    expect(sealed.allSaid).not.toMatch(/protects nothing|canary/);
  });

  it('answers what was asked just before the end of input', async () => {
    const run = stdio();
    await run.said(/started/);
    run.messenger.answer('keys.own', () => ({ fingerprint: 'f', safetyCode: 's' }));
    run.input.end(request(1, 'keys.own').trimEnd());
    expect(await run.exit).toBe(0);
    expect(run.allWritten).toContain('"fingerprint":"f"');
  });

  it('gives the profile back', async () => {
    const run = stdio();
    await run.said(/started/);
    expect(lockProfile(profile())).toBeUndefined();
    run.input.end();
    await run.exit;
    const lock = lockProfile(profile());
    expect(lock).toBeDefined();
    lock?.release();
    expect(run.modpClosed).toBe(true);
    expect(run.messenger.listeners).toBe(0);
  });
});

describe('startHeadless, quitting (docs/contract.md)', () => {
  it.each([
    ['the end of input', (run: HostRun) => void run.input.end()],
    ['SIGTERM', (run: HostRun) => void run.signals.emit('SIGTERM')],
    ['SIGINT', (run: HostRun) => void run.signals.emit('SIGINT')],
    ['host.quit', (run: HostRun) => void run.input.write(request(1, 'host.quit'))],
  ])('leaves, closes and exits 0 at %s', async (_name, quit) => {
    const run = stdio();
    await run.said(/started/);
    quit(run);
    expect(await run.exit).toBe(0);
    expect(run.messenger.names()).toEqual(['leave quit', 'close']);
  });

  it('waits for the server’s answer, and exits at once at a second SIGINT', async () => {
    const run = stdio();
    run.messenger.leaving = new Promise(() => undefined);
    await run.said(/started/);
    run.signals.emit('SIGINT');
    await run.said(/quitting/);
    run.signals.emit('SIGINT');
    expect(await run.exit).toBe(0);
    expect(run.messenger.names()).toEqual(['leave quit']);
  });

  it('quits when asked before it has started', async () => {
    const composing = Promise.withResolvers<undefined>();
    const run: HostRun = new HostRun(['--profile', profile(), '--stdio'], async () => {
      await composing.promise;
      return run.messenger;
    });
    run.signals.emit('SIGTERM');
    composing.resolve(undefined);
    expect(await run.exit).toBe(0);
    expect(run.messenger.names()).toEqual(['leave quit', 'close']);
  });
});

describe('startHeadless, exit codes (docs/contract.md)', () => {
  const refusing = (error: Error) => new HostRun(['--profile', profile(), '--stdio'], () => Promise.reject(error));

  it('64 for bad arguments, with the usage, and makes no profile', async () => {
    const run = new HostRun(['--profile', profile()]);
    expect(await run.exit).toBe(64);
    expect(await run.said(/\n/)).toMatch(/usage: nightlatch-headless/);
    expect(existsSync(profile())).toBe(false);
  });

  it('64 for a port that cannot be had', async () => {
    const first = new HostRun(['--profile', profile(), '--browser']);
    const port = /:(\d+)\//.exec(await first.written(/\n/))?.[1] ?? '';
    const second = new HostRun(['--profile', join(folder, 'other'), '--browser', '--port', port]);
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
    expect(await new HostRun(['--profile', `${profile()}-file`, '--stdio']).exit).toBe(74);
  });

  it('75 for a profile in use, and the first one goes on', async () => {
    const first = stdio();
    await first.said(/started/);
    const second = stdio();
    expect(await second.exit).toBe(75);
    expect(second.composition).toBeUndefined();
    expect(await second.said(/\n/)).toMatch(/another process/i);
    first.input.write(request(1, 'account.state'));
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
    const run = new HostRun(['--profile', profile(), '--browser']);
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
    run.input.write(request(1, 'account.state'));
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
    const run = new HostRun(['--profile', profile(), '--browser']);
    expect(await run.exit).toBe(74);
    page = makePageFolder();
  });
});
