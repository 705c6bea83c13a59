import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ComposeMessenger } from '../../../../main/hosts/messenger.ts';
import { lockProfile } from '../../../../main/stores/profile-lock.ts';
import { makeAuthority } from '../../../support/servers/certificates.ts';
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

describe('startHeadless with --stdio (docs/contract.md)', () => {
  it('answers commands, sends events, and writes nothing else to standard output', async () => {
    const run = stdio();
    run.messenger.answer('account.state', () => ({ state: 'signedOut' }));
    await run.said(/started/);
    run.input.write(requestLine(1, 'account.state'));
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

  it('S-083 shows the fingerprint of an authority that is trusted beyond those of the system', async () => {
    const { caFile } = await makeAuthority(folder);
    const { fingerprint256 } = new X509Certificate(readFileSync(caFile));
    const run = stdio('--ca', caFile);
    await run.said(new RegExp(`one more authority may vouch for servers, SHA-256 ${fingerprint256}\n`));
    run.input.end();
    expect(await run.exit).toBe(0);
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
    run.input.end(requestLine(1, 'keys.own').trimEnd());
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
    ['host.quit', (run: HostRun) => void run.input.write(requestLine(1, 'host.quit'))],
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
    const run: HostRun = start(['--profile', profile(), '--stdio'], async () => {
      await composing.promise;
      return run.messenger;
    });
    run.signals.emit('SIGTERM');
    composing.resolve(undefined);
    expect(await run.exit).toBe(0);
    expect(run.messenger.names()).toEqual(['leave quit', 'close']);
  });
});
