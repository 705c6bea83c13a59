import { afterEach, describe, expect, it } from 'vitest';
import { toHex } from '../../main/base/bytes.ts';
import { systemRandom } from '../../main/crypto/random.ts';
import { parseBareJid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import type { CuttingProxy } from '../support/cutting-proxy.ts';
import { befriendWriter, startWriter } from '../support/letter-writer.ts';
import { leave, startMessenger } from '../support/messengers.ts';
import type { TestMessenger } from '../support/messengers.ts';
import { startEjabberd } from '../support/servers/ejabberd.ts';
import { startProsody } from '../support/servers/prosody.ts';
import type { ServerOptions, TestServer } from '../support/servers/test-server.ts';
import { senderKey } from '../support/test-keys.ts';

const RESETS = 10;
const MINUTES_5 = 300_000;
const PAGE = 100;

let server: TestServer;
let proxy: CuttingProxy;
let alice: TestMessenger;

afterEach(async () => {
  await alice.remove();
  await proxy.stop();
  await server.stop();
});

/** Numbers a seed decides, from 0 to below 1. */
function fractions(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** That many letters wait for Alice, who left by way of the proxy. @returns how they are called, in order */
async function layOut(start: (options: ServerOptions) => Promise<TestServer>, archive: boolean, count: number) {
  server = await start({ archive, hibernationSeconds: 60 });
  proxy = await startCuttingProxy(server.port);
  const writer = await startWriter(server, 'bob', senderKey);
  await server.addUser('alice', 'secret');
  alice = await startMessenger({ ...server, port: proxy.port }, 'alice', { hasAccount: true });
  await alice.signIn();
  await befriendWriter(alice, writer);
  await leave(alice);
  const to = parseBareJid(alice.address);
  const session = await writer.start(to, await writer.optionsOf(to, NS.offline));
  const names = Array.from({ length: count }, (_none, at) => `letter ${at + 1}`);
  const sent = names.map((name, at) =>
    writer.send(writer.letter(session, name, at === 0, { id: toHex(systemRandom.bytes(16)) })),
  );
  await Promise.all(sent);
  await writer.client.close();
  expect(await server.offlineCount('alice')).toBe(count);
  return { names, from: writer.address };
}

async function isOnline(): Promise<boolean> {
  return (await alice.call('account.state', {})).state === 'online';
}

/** Comes back ten times over a line that is reset at random octets, and once over one that is not. */
async function comeBackOverResets(seed: number, octetsEach: number): Promise<void> {
  const next = fractions(seed);
  for (let reset = 0; reset < RESETS; reset += 1) {
    const before = proxy.cuts;
    proxy.cutAfter(Math.ceil(next() * octetsEach), 'reset');
    const isCut = (): boolean => proxy.cuts > before;
    // By turns as somebody asks for it, and by itself, resuming where that can be had.
    if (reset % 2 === 0) void alice.call('leaving.comeBack', {}).catch(() => undefined);
    await alice.until('the cut', async () => isCut() || ((await isOnline()) && isQuiet()), MINUTES_5);
    if (!isCut()) proxy.cutNow('reset');
    await alice.until('the loss', async () => !(await isOnline()));
  }
  await alice.call('leaving.comeBack', {});
  const backlogs = finishedBacklogs();
  await alice.until('the end of the backlog', () => finishedBacklogs() > backlogs, MINUTES_5);
}

/** Nothing has come since this was asked the last time. */
const isQuiet = ((): (() => boolean) => {
  let last = -1;
  return () => {
    const before = last;
    last = proxy.octets;
    return before === last;
  };
})();

function finishedBacklogs(): number {
  return alice.payloads('backlog.progress').filter(({ finished }) => finished).length;
}

async function shownFrom(address: string): Promise<string[]> {
  const shown: (string | null)[] = [];
  for (let before: string | undefined; ;) {
    const page = await alice.call('messages.list', { with: address, limit: PAGE, ...(before && { before }) });
    shown.unshift(...page.map(({ text }) => text));
    before = page[0]?.id;
    if (page.length < PAGE) break;
  }
  return shown.filter((text) => text !== null);
}

/** Where a letter that is shown stands in the order of sending. */
function places(shown: readonly string[]): number[] {
  return shown.map((text) => Number(text.replace('letter ', '')));
}

const SERVERS = [
  ['Prosody', startProsody, 1_200],
  ['ejabberd', startEjabberd, 300],
] as const;

describe.each(SERVERS)('a backlog over a line that is reset ten times, on %s', (_name, start, count) => {
  it('R-245 L-001 L-002 L-004 with an archive every letter is shown once, in order, and none is lost', async () => {
    const { names, from } = await layOut(start, true, count);

    await comeBackOverResets(7, count * 150);

    expect(await shownFrom(from)).toEqual(names);
    expect(alice.payloads('alerts.raised').filter(({ code }) => code === 'messages-missing')).toEqual([]);
  }, 600_000);

  it('L-002 L-004 without one nothing is shown twice or out of order, and what the server dropped is told of', async () => {
    const { names, from } = await layOut(start, false, count);

    await comeBackOverResets(11, count * 150);
    const left = await server.offlineCount('alice');
    const shown = places(await shownFrom(from));

    console.log(`${server.kind}: ${shown.length} of ${count} shown, ${left} still there`);
    expect(left).toBe(0);
    expect(shown).toEqual([...new Set(shown)].toSorted((a, b) => a - b));
    const told = alice.payloads('alerts.raised').some(({ code }) => code === 'messages-missing');
    expect(told || shown.length === names.length).toBe(true);
  }, 600_000);
});
