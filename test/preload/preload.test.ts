import { join } from 'node:path';
import vm from 'node:vm';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS, EVENTS } from '../../preload/contract.ts';

const root = join(import.meta.dirname, '../..');
let script: string;

/** As build/build.mjs does it: one CommonJS file, since a sandboxed preload can load no other. */
async function bundlePreload(): Promise<string> {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: 'preload/preload.ts',
      write: false,
      target: 'node24',
      minify: false,
      rolldownOptions: { external: ['electron'], output: { format: 'cjs', codeSplitting: false } },
    },
  });
  const outputs = [result].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []));
  const chunks = outputs.filter((output) => output.type === 'chunk');
  expect(chunks).toHaveLength(1);
  return chunks[0]?.code ?? '';
}

beforeAll(async () => {
  script = await bundlePreload();
});

type Listener = (event: unknown, payload: unknown) => void;

/** Runs the built script in a context that has nothing but what a sandboxed preload has of Electron. */
function load() {
  const required: string[] = [];
  const exposed = new Map<string, Record<string, (...given: unknown[]) => unknown>>();
  const invoked: unknown[][] = [];
  const listeners = new Map<string, Set<Listener>>();
  const electronDouble = {
    contextBridge: { exposeInMainWorld: (name: string, api: never) => void exposed.set(name, api) },
    ipcRenderer: {
      invoke: (...given: unknown[]) => {
        invoked.push(given);
        return Promise.resolve({ ok: true, value: 'answered' });
      },
      on: (channel: string, listener: Listener) =>
        void listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener)),
      off: (channel: string, listener: Listener) => void listeners.get(channel)?.delete(listener),
    },
  };
  const context = {
    require: (name: string) => {
      required.push(name);
      return electronDouble;
    },
    exports: {},
    module: { exports: {} },
  };
  vm.runInNewContext(script, context);
  const api = exposed.get('api');
  if (api === undefined) throw new Error('no api was exposed');
  return { required, exposed, api, invoked, listeners };
}

describe('the built preload (S-135)', () => {
  it('S-135 exposes one frozen object of named functions: the commands, and `on`', () => {
    const { exposed, api } = load();
    expect([...exposed.keys()]).toEqual(['api']);
    expect(Object.isFrozen(api)).toBe(true);
    expect(Object.values(api).every((value) => typeof value === 'function')).toBe(true);
    // The surface as it was reviewed; a change here is a change of what a hostile page can reach.
    expect(Object.keys(api)).toEqual([...Object.keys(COMMANDS), 'on']);
    expect(Object.keys(api)).toMatchInlineSnapshot(`
      [
        "account.signIn",
        "account.signOut",
        "account.state",
        "leaving.state",
        "leaving.leaveNow",
        "leaving.comeBack",
        "leaving.setPolicy",
        "leaving.renewBackupKey",
        "leaving.destroyKeys",
        "contacts.list",
        "contacts.refresh",
        "contacts.add",
        "contacts.accept",
        "contacts.remove",
        "contacts.block",
        "contacts.unblock",
        "conversations.list",
        "conversations.mute",
        "drafts.list",
        "drafts.keep",
        "links.take",
        "messages.send",
        "messages.list",
        "messages.search",
        "messages.markRead",
        "messages.retry",
        "messages.discard",
        "keys.own",
        "keys.of",
        "keys.decide",
        "keys.setPetname",
        "keys.export",
        "keys.import",
        "keys.replace",
        "sessions.start",
        "sessions.end",
        "sessions.of",
        "sessions.confirmSpokenCode",
        "sessions.dismissReminder",
        "settings.state",
        "settings.change",
        "diagnostics.report",
        "on",
      ]
    `);
  });

  it('requires Electron and nothing else', () => {
    expect(load().required).toEqual(['electron']);
  });

  it.each(Object.keys(COMMANDS))('S-135 sends %s to its own channel and its first argument alone', async (name) => {
    const { api, invoked } = load();
    const params = { some: 'params' };
    expect(await api[name]?.(params, 'channel', 'more')).toEqual({ ok: true, value: 'answered' });
    expect(invoked).toEqual([[`command:${name}`, params]]);
  });

  it.each(Object.keys(EVENTS))('S-135 hands the payload of %s on without the event object', (name) => {
    const { api, listeners } = load();
    const heard: unknown[][] = [];
    const unsubscribe = api['on']?.(name, (...given: unknown[]) => void heard.push(given)) as () => void;
    const [forward] = listeners.get(`event:${name}`) ?? [];
    forward?.({ sender: 'ipcRenderer' }, { some: 'payload' });
    expect(heard).toEqual([[{ some: 'payload' }]]);
    unsubscribe();
    expect(listeners.get(`event:${name}`)?.size).toBe(0);
  });

  it('S-135 listens to no channel of the page’s choice', () => {
    const { api, listeners } = load();
    for (const name of ['', 'command:account.state', 'toString', '__proto__', 'constructor', 'ELECTRON_RENDERER']) {
      expect(() => api['on']?.(name, () => undefined), name).toThrow('no such event');
    }
    expect(() => api['on']?.('account.changed', 'no function')).toThrow('no such event');
    expect(listeners.size).toBe(0);
  });
});
