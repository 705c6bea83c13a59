/** A backlog that is fetched over a line which is reset at random points, and what the server says that it still has. */
import { toHex } from '../../main/base/bytes.ts';
import { systemRandom } from '../../main/crypto/random.ts';
import { child, childText, element } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseBareJid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { connectBareClient } from './bare-client.ts';
import type { BareClient } from './bare-client.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import type { CuttingProxy } from './cutting-proxy.ts';
import { befriendWriter, startWriter } from './letter-writer.ts';
import type { LetterWriter } from './letter-writer.ts';
import { PASSWORD, leave, startMessenger } from './messengers.ts';
import type { TestMessenger } from './messengers.ts';
import type { ServerOptions, TestServer } from './servers/test-server.ts';
import { senderKey } from './test-keys.ts';

/** What the server has for an account, asked from the server itself. */
export interface Kept {
  /** In its offline store, by its files or its own interface. */
  readonly waiting: number;
  /** In the account's archive; undefined where there is none. */
  readonly archived: number | undefined;
}

/** Somebody who comes back over the line, whether asked to or without being asked. */
export interface Returning {
  /** Connects, unless it is doing so. */
  comeBack(): void;
  isOnline(): boolean | Promise<boolean>;
  /** Resolves when the server has handed over what it had. The line holds meanwhile. */
  finish(): Promise<void>;
}

export interface BacklogOptions {
  readonly archive: boolean;
  readonly letters: number;
  /** Another account for which the same letters wait. */
  readonly copyFor?: string;
}

const RESETS = 10;
const NS_RSM = 'http://jabber.org/protocol/rsm';
const LOOK_MS = 100;
/** Longer than a busy server needs to read its store before it says the first word of it. */
const QUIET_MS = 3_000;
const MINUTES_5 = 300_000;
const PER_SESSION = 50;

export class ResetBacklog {
  readonly server: TestServer;
  readonly proxy: CuttingProxy;
  readonly alice: TestMessenger;
  readonly writer: LetterWriter;
  /** What the letters say, in the order of sending. */
  readonly names: readonly string[];
  /** What the server had, asked before each login. */
  readonly kept: Kept[] = [];
  /** Reads the archive's count: a session without presence, which is handed nothing. */
  readonly #witness: BareClient | undefined;

  constructor(
    parts: Pick<ResetBacklog, 'server' | 'proxy' | 'alice' | 'writer' | 'names'>,
    witness: BareClient | undefined,
  ) {
    this.server = parts.server;
    this.proxy = parts.proxy;
    this.alice = parts.alice;
    this.writer = parts.writer;
    this.names = parts.names;
    this.#witness = witness;
  }

  /** Comes back ten times over a line that is reset at random octets, and then over one that holds. */
  async comeBackOverResets(account: string, who: Returning, random: () => number): Promise<void> {
    const most = this.names.length * OCTETS_EACH;
    for (let reset = 0; reset < RESETS; reset += 1) {
      this.kept.push(await this.#ask(account));
      const before = this.proxy.cuts;
      this.proxy.cutAfter(Math.ceil(random() * most), 'reset');
      // By turns as somebody asks for it, and by itself, resuming where that can be had.
      if (reset % 2 === 0) who.comeBack();
      await until('the cut', async () => this.proxy.cuts > before || ((await who.isOnline()) && this.#isQuiet()));
      if (this.proxy.cuts === before) this.proxy.cutNow('reset');
      await until('the loss', async () => !(await who.isOnline()));
    }
    this.kept.push(await this.#ask(account));
    who.comeBack();
    await who.finish();
  }

  async stop(): Promise<void> {
    await this.#witness?.close();
    await this.alice.remove();
    await this.proxy.stop();
    await this.server.stop();
  }

  async #ask(account: string): Promise<Kept> {
    const archived = this.#witness && (await archivedCount(this.#witness));
    return { waiting: await this.server.offlineCount(account), archived };
  }

  #lastSaid = { octets: -1, atMs: 0 };

  /** The server has said nothing for a while. */
  #isQuiet(): boolean {
    if (this.#lastSaid.octets !== this.proxy.octets) {
      this.#lastSaid = { octets: this.proxy.octets, atMs: performance.now() };
    }
    return performance.now() - this.#lastSaid.atMs > QUIET_MS;
  }
}

/** So much of a letter, at most, between two resets: ten of them reach through most of a backlog. */
const OCTETS_EACH = 150;

/** That many letters wait for Alice, who left by way of the proxy. */
export async function layOutBacklog(
  start: (options: ServerOptions) => Promise<TestServer>,
  { archive, letters, copyFor }: BacklogOptions,
): Promise<ResetBacklog> {
  const server = await start({ archive, hibernationSeconds: 60 });
  const proxy = await startCuttingProxy(server.port);
  const writer = await startWriter(server, 'bob', senderKey);
  await server.addUser('alice', PASSWORD);
  if (copyFor !== undefined) await server.addUser(copyFor, PASSWORD);
  const alice = await startMessenger({ ...server, port: proxy.port }, 'alice', { hasAccount: true });
  await alice.signIn();
  await befriendWriter(alice, writer);
  await leave(alice);
  const names = Array.from({ length: letters }, (_none, at) => `letter ${at + 1}`);
  if (archive) await keepNoneOfOnesOwn(writer);
  await send(writer, alice.address, names, copyFor && `${copyFor}@${server.domain}`);
  const witness = archive ? await connectBareClient(server, 'alice', { resource: 'witness' }) : undefined;
  return new ResetBacklog({ server, proxy, alice, writer, names }, witness);
}

/** Each session begins in the first of its letters; whoever loses that cannot read the others. */
async function send(writer: LetterWriter, address: string, names: readonly string[], copyTo?: string): Promise<void> {
  const to = parseBareJid(address);
  const form = await writer.optionsOf(to, NS.offline);
  for (let at = 0; at < names.length; at += PER_SESSION) {
    const session = await writer.start(to, form);
    const letters = names
      .slice(at, at + PER_SESSION)
      .map((name, place) => writer.letter(session, name, place === 0, { id: toHex(systemRandom.bytes(16)) }));
    const copies = copyTo === undefined ? [] : letters.map((one) => ({ ...one, attrs: { ...one.attrs, to: copyTo } }));
    await Promise.all([...letters, ...copies].map((one) => writer.send(one)));
  }
  await writer.client.close();
}

/** The writer's own copies would take as long to store as the letters (XEP-0313 §6). */
async function keepNoneOfOnesOwn({ client }: LetterWriter): Promise<void> {
  const lists = ['always', 'never'].map((name) => element(name, NS.archive));
  await client.request({ type: 'set', payload: element('prefs', NS.archive, { default: 'never' }, ...lists) });
}

async function archivedCount(witness: BareClient): Promise<number> {
  const page = element('set', NS_RSM, {}, element('max', NS_RSM, {}, '1'), element('before', NS_RSM));
  const answer = await witness.request({ type: 'set', payload: element('query', NS.archive, {}, page) });
  const set = optionalChild(optionalChild(answer, 'fin', NS.archive), 'set', NS_RSM);
  const count = set && childText(set, 'count', NS_RSM);
  if (count === undefined) throw new Error('the archive does not say how much it holds');
  return Number(count);
}

function optionalChild(of: Element | undefined, name: string, ns: string): Element | undefined {
  return of && child(of, name, ns);
}

/** Numbers that a seed decides, from 0 to below 1. */
export function fractions(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/**
 * Places in the order of sending, by session. The letters of a session have an order of their own; between sessions it is
 * the server's, and ejabberd mixes what two dead streams of one account left when it puts that back into its store.
 */
export function bySession(places: readonly number[]): ReadonlyMap<number, readonly number[]> {
  const sorted = places.toSorted((a, b) => sessionOf(a) - sessionOf(b));
  return Map.groupBy(sorted, sessionOf);
}

function sessionOf(place: number): number {
  return Math.floor((place - 1) / PER_SESSION);
}

/** Looks a few times a second. @throws Error when time is up */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + MINUTES_5;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
