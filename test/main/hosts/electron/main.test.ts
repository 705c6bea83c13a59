import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import type { LinkInbox } from '../../../../main/hosts/link-inbox.ts';
import { parseBareJid } from '../../../../main/wire/jid.ts';
import type { XmppLink } from '../../../../main/wire/rfc5122-link.ts';
import { HOSTILE_LINKS } from '../../../support/hostile-links.ts';
import type { ElectronDouble } from './electron-double.ts';

const EVENTS = ['unhandledRejection', 'uncaughtException', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const kept = new Set(EVENTS.flatMap((event) => process.listeners(event as 'exit')));
const addedListeners = (event: (typeof EVENTS)[number]) =>
  process.listeners(event as 'exit').filter((listener) => !kept.has(listener));

let folder: string;
let electron: ElectronDouble;
let started: unknown[][];
let umask: MockInstance<(mask: number) => number>;
let taken: MockInstance;
let startDesktop: () => Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nightlatch-main-'));
  vi.resetModules();
  const { ElectronDouble: Double } = await import('./electron-double.ts');
  electron = new Double(folder);
  electron.protocol.registerSchemesAsPrivileged.mockImplementation(() => {
    electron.app.calls.push('registerSchemesAsPrivileged');
  });
  started = [];
  startDesktop = () => Promise.resolve();
  vi.doMock('electron', () => electron);
  vi.doMock('electron-store', () => ({ default: vi.fn() }));
  // The host itself is tested beside this file; here it is only seen to be called, and when.
  vi.doMock('../../../../main/hosts/electron/desktop-host.ts', () => ({
    startDesktop: (...given: unknown[]) => {
      started.push(given);
      return startDesktop();
    },
  }));
  vi.doMock('../../../../main/hosts/compose.ts', () => ({ composeMessenger: vi.fn() }));
  taken = vi.spyOn(process, 'removeAllListeners').mockReturnThis();
  umask = vi.spyOn(process, 'umask').mockReturnValue(0);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  umask.mockRestore();
  taken.mockRestore();
  for (const event of EVENTS) for (const added of addedListeners(event)) process.removeListener(event, added);
});

async function runMain(): Promise<void> {
  await import('../../../../main/hosts/electron/main.ts');
  await new Promise((resolve) => setImmediate(resolve));
}

describe('main.ts of the desktop program', () => {
  it('S-123 sandboxes the whole app, and registers the scheme, before it waits for ready', async () => {
    await runMain();
    const { calls } = electron.app;
    const ready = calls.indexOf('whenReady');
    expect(ready).toBeGreaterThan(0);
    expect(calls.indexOf('enableSandbox')).toBeGreaterThanOrEqual(0);
    expect(calls.indexOf('enableSandbox')).toBeLessThan(ready);
    expect(calls.indexOf('registerSchemesAsPrivileged')).toBeLessThan(ready);
    expect(started).toHaveLength(1);
  });

  it('S-120 gives the scheme an origin and nothing that loosens it', async () => {
    await runMain();
    expect(electron.protocol.registerSchemesAsPrivileged.mock.calls).toEqual([
      [[{ scheme: 'app', privileges: { standard: true, secure: true } }]],
    ]);
  });

  it('S-142 switches Chromium’s own conversations with the network off before it waits for ready', async () => {
    await runMain();
    const { calls } = electron.app;
    for (const name of ['disable-background-networking', 'disable-component-update', 'disable-domain-reliability']) {
      expect(calls.indexOf(`switch ${name}`), name).toBeGreaterThanOrEqual(0);
      expect(calls.indexOf(`switch ${name}`), name).toBeLessThan(calls.indexOf('whenReady'));
    }
  });

  const lines: readonly (readonly [args: readonly string[], link: XmppLink | undefined])[] = [
    [['nightlatch', 'xmpp:bob@example.org?roster'], { address: parseBareJid('bob@example.org'), action: 'contact' }],
    [['xmpp:bob@example.org', '--flag'], { address: parseBareJid('bob@example.org'), action: 'message' }],
    ...HOSTILE_LINKS.map((link) => [['nightlatch', link], undefined] as const),
  ];
  it.each(lines)(
    'S-139 takes from the command line one link that can be used, and nothing else: %j',
    async (args, link) => {
      const before = process.argv;
      process.argv = [...args];
      try {
        await runMain();
        const [, parts] = started[0] as [unknown, { readonly links: LinkInbox }];
        expect(parts.links.take()).toEqual(link);
      } finally {
        process.argv = before;
      }
    },
  );

  it('S-139 takes a link that the system hands over by an event', async () => {
    await runMain();
    const [, parts] = started[0] as [unknown, { readonly links: LinkInbox }];
    const event = { preventDefault: vi.fn() };
    electron.app.emit('open-url', event, 'xmpp:bob@example.org');
    expect(event.preventDefault).toHaveBeenCalledOnce();
    expect(parts.links.take()).toEqual({ address: 'bob@example.org', action: 'message' });
  });

  it('guards every webContents from before the first', async () => {
    await runMain();
    expect(electron.app.listenerCount('web-contents-created')).toBe(1);
  });

  it('S-145 takes the single-instance lock before any store is opened, and ends without it', async () => {
    await runMain();
    expect(electron.app.calls[0]).toBe('requestSingleInstanceLock');
    started.length = 0;
    vi.resetModules();
    electron.app.calls.length = 0;
    electron.app.hasLock = false;
    await runMain();
    expect(electron.app.calls).toEqual(['requestSingleInstanceLock', 'quit']);
    expect(started).toEqual([]);
  });

  it.each(['no-sandbox', 'remote-debugging-port', 'disable-web-security', 'ignore-certificate-errors'])(
    'S-138 does not start with --%s, and says so',
    async (name) => {
      electron.app.switches.add(name);
      await runMain();
      expect(electron.dialog.showErrorBox).toHaveBeenCalledWith('Nightlatch', expect.stringContaining(`--${name}`));
      expect(electron.app.calls).toEqual(['exit 1']);
      expect(started).toEqual([]);
    },
  );

  it('S-083 does not start packaged where the environment would have certificates believed, and says so', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    await runMain();
    const sentence = expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED') as string;
    expect(electron.dialog.showErrorBox).toHaveBeenCalledWith('Nightlatch', sentence);
    expect(electron.app.calls).toEqual(['exit 1']);
    expect(started).toEqual([]);
    vi.unstubAllEnvs();
  });

  it('says that the messages do not open, without naming a path, and ends', async () => {
    startDesktop = () => Promise.reject(new Error('canary /home/alice'));
    await runMain();
    expect(electron.dialog.showErrorBox).toHaveBeenCalledOnce();
    expect(JSON.stringify(electron.dialog.showErrorBox.mock.calls)).not.toMatch(/canary|home/);
    expect(electron.app.calls).toContain('exit 1');
  });

  it('takes a signal for a quit, and takes it from the libraries that would send it twice', async () => {
    await runMain();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      expect(taken).toHaveBeenCalledWith(signal);
      electron.app.calls.length = 0;
      for (const listener of addedListeners(signal)) listener(0);
      expect(electron.app.calls).toEqual(['quit']);
    }
  });

  it('makes files that nobody else can read', async () => {
    await runMain();
    expect(umask).toHaveBeenCalledWith(0o077);
  });
});
