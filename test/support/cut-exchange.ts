/**
 * Alice and Bob over a line that fails once in each exchange, wherever it is told to (L-040).
 *
 * Every waiting time, ours and the world's, is a twentieth of what it really is: the link's patience, the limits of single
 * questions, the services' timers, a stall, the pause between two octets, and the time until a server notices that
 * nobody is there. What is decided depends on which of them ends first, and that order is as it is in reality. Round
 * trips and computing are not shortened, so this is a slow line, never a better one.
 */
import type { ModpEngine } from '../../main/crypto/modp.ts';
import { systemRandom } from '../../main/crypto/random.ts';
import { logIn } from '../../main/protocol/xmpp/client-link.ts';
import { PATIENCE } from '../../main/protocol/xmpp/link.ts';
import type { LinkFactory } from '../../main/protocol/xmpp/link.ts';
import { StreamLink } from '../../main/protocol/xmpp/stream-link.ts';
import { canaryText, findCanaries } from './canaries.ts';
import type { Phase, Plan } from './line-plan.ts';
import type { TestMessenger } from './messengers.ts';
import { PASSWORD, befriend, leave, startMessenger } from './messengers.ts';
import type { TestServer } from './servers/test-server.ts';
import type { LineTimes } from './stanza-line.ts';
import { StanzaProxy } from './stanza-proxy.ts';

/** So many times faster than real. */
const HURRY = 20;
const MINUTE_MS = 60_000;
const LINE: LineTimes = {
  stallMs: MINUTE_MS / HURRY,
  octetMs: 1_000 / HURRY,
  noticedMs: MINUTE_MS / HURRY,
};
/** What a server may be told to keep a broken session for. */
export const HIBERNATION_SECONDS = 2;
/** Only ends what hangs: ninety seconds are four and a half here, on a machine that has nothing else to do. */
const DEFINED_MS = 60_000;
/** Behind this the keys of a set that was taken back must be gone (profile 6.2 step 6). */
const DRAINED_MS = 11 * MINUTE_MS;
/** A stream that breaks once more begins the time anew: then that much passes again. */
const MOST_DRAINS = 5;
const AT_ONCE_MS = 5_000;

/** What became of an exchange. */
export interface Outcome {
  readonly stanzas: number;
  readonly octets: number;
  /** Whether the line failed at all: what was planned may lie behind the end. */
  readonly hasFailed: boolean;
  /** What broke: letters lost, doubled or out of order, text in the clear, keys that are still there. */
  readonly broken: readonly string[];
}

/** In which part of an exchange what belongs to a phase is said, and by whom it is meant. */
const STEP_OF: Readonly<Record<Phase, 'writing' | 'returning' | 'leaving'>> = {
  fetch: 'writing',
  init: 'writing',
  message: 'writing',
  login: 'returning',
  withdraw: 'returning',
  'read-back': 'returning',
  purge: 'returning',
  configure: 'returning',
  publish: 'leaving',
};

export class CutExchange {
  readonly #proxy: StanzaProxy;
  readonly #alice: TestMessenger;
  readonly #bob: TestMessenger;
  /** All that Bob wrote, in order. */
  readonly #texts: string[] = [];
  #passedMs = 0;
  #plan: Plan | undefined;

  private constructor(proxy: StanzaProxy, alice: TestMessenger, bob: TestMessenger) {
    this.#proxy = proxy;
    this.#alice = alice;
    this.#bob = bob;
  }

  /**
   * Both are each other's contacts, and away; made so without haste.
   *
   * @param number - Tells their accounts from others of this server.
   */
  static async start(server: TestServer, number: number, modp: ModpEngine): Promise<CutExchange> {
    const proxy = await StanzaProxy.start(server, LINE);
    const pace: Pace = { hurry: 1 };
    const startOne = async (name: string): Promise<TestMessenger> => {
      await server.addUser(name, PASSWORD);
      const how = { hasAccount: true, directTls: true, hurry: HURRY, wrapLink: () => quickLinks(pace), modp };
      const messenger = await startMessenger({ ...server, port: proxy.port }, name, how);
      await messenger.signIn();
      return messenger;
    };
    const alice = await startOne(`alice${number}`);
    const bob = await startOne(`bob${number}`);
    await befriend(alice, bob);
    await leave(alice);
    await leave(bob);
    pace.hurry = HURRY;
    bob.call('leaving.comeBack', {}).catch(() => undefined);
    await until(bob, 'online');
    return new CutExchange(proxy, alice, bob);
  }

  /**
   * Bob writes two letters; Alice comes back, reads them, changes who may write, and leaves; over a line that fails once
   * on the way. Then both are where they should be, and what must hold holds, or it is told.
   *
   * @throws Error if anything of it does not come about in its time
   */
  async run(plan?: Plan): Promise<Outcome> {
    await this.#bob.until('Alice being away', () => this.#seesAlice('away'), DEFINED_MS);
    const before = { ...this.#proxy.passed };
    this.#proxy.heard.length = 0;
    this.#plan = plan;
    const texts = await this.#write();
    await this.#comeBack(texts);
    const keysLeft = await this.#proxy.undisturbed(() => this.#drain());
    this.#enter('leaving');
    await leave(this.#alice);
    const { stanzas, octets } = this.#proxy.passed;
    const hasFailed = plan !== undefined && !this.#proxy.isWhole;
    this.#proxy.fail();
    await until(this.#alice, 'offline');
    await until(this.#bob, 'online');
    const broken = [...(await this.#wrongOrder()), ...this.#inTheClear(texts), ...keysLeft];
    return { stanzas: stanzas - before.stanzas, octets: octets - before.octets, hasFailed, broken };
  }

  /** Ends both, and removes what they kept. */
  async stop(): Promise<void> {
    this.#proxy.fail();
    await this.#alice.remove();
    await this.#bob.remove();
    await this.#proxy.stop();
  }

  /** A plan by phase is armed where its phase comes, any other at the start. */
  #enter(step: 'writing' | 'returning' | 'leaving'): void {
    const plan = this.#plan;
    const begins = plan?.unit === 'phase' ? STEP_OF[plan.phase] : 'writing';
    if (plan !== undefined && begins === step) this.#proxy.fail(plan);
  }

  async #write(): Promise<readonly string[]> {
    this.#enter('writing');
    const texts = [1, 2].map((nth) => `for Alice only: ${this.#texts.length + nth}`);
    this.#texts.push(...texts);
    for (const text of texts) await this.#bob.call('messages.send', { to: this.#alice.address, text });
    await this.#bob.until('the hand-over', () => this.#areHandedOver(texts), DEFINED_MS);
    return texts;
  }

  async #comeBack(texts: readonly string[]): Promise<void> {
    this.#enter('returning');
    // It tries again by itself.
    this.#alice.call('leaving.comeBack', {}).catch(() => undefined);
    await this.#alice.until('the letters', async () => (await this.#shown()).at(-1) === texts.at(-1), DEFINED_MS);
    await until(this.#alice, 'online');
    const { whoMayWrite } = (await this.#alice.call('leaving.state', {})).policy;
    const other = whoMayWrite === 'contacts' ? 'anyone' : 'contacts';
    // Kept at any rate, and seen to with the next stream where this one breaks.
    await this.#alice.call('leaving.setPolicy', { whoMayWrite: other }).catch(() => undefined);
    await until(this.#alice, 'online');
  }

  async #seesAlice(wanted: 'here' | 'away'): Promise<boolean> {
    const [alice] = await this.#bob.call('contacts.list', {});
    return alice?.presence === wanted;
  }

  /** @returns what is left of sets that were taken back, long after they were. */
  async #drain(): Promise<readonly string[]> {
    let left: readonly string[] = ['not asked yet'];
    const areGone = async (): Promise<boolean> => {
      const { text } = await this.#alice.call('diagnostics.report', {});
      left = text.split('\n').filter((line) => /presence (draining|published|publishing)/.test(line));
      return left.length === 0;
    };
    for (let times = 0; times < MOST_DRAINS && left.length > 0; times += 1) {
      await this.#settle();
      this.#letPass(DRAINED_MS);
      await this.#alice.until('the end of the keys', areGone, AT_ONCE_MS).catch(() => undefined);
    }
    return left;
  }

  /** Nobody's line is dead for the minutes that pass at once then, nor does anybody come back behind them. */
  async #settle(): Promise<void> {
    await this.#alice.until('the line being well', () => !this.#proxy.isAiling, DEFINED_MS);
    await until(this.#bob, 'online');
    await until(this.#alice, 'online');
    await this.#bob.until('Alice being here', () => this.#seesAlice('here'), DEFINED_MS);
  }

  #letPass(ms: number): void {
    this.#passedMs += ms;
    for (const { clock } of [this.#alice, this.#bob]) clock.setOffset(this.#passedMs, true);
  }

  /** @returns what Alice shows of the last letters, if it is not what was written: once each, in order. */
  async #wrongOrder(): Promise<readonly string[]> {
    const shown = await this.#shown();
    return JSON.stringify(shown) === JSON.stringify(this.#texts.slice(-shown.length)) ? [] : [`shown: ${shown.join()}`];
  }

  #inTheClear(texts: readonly string[]): readonly string[] {
    const heard = { name: 'what was said', content: Buffer.concat(this.#proxy.heard) };
    return findCanaries(
      texts.map((text) => canaryText(text, text)),
      [heard],
    );
  }

  async #shown(): Promise<readonly string[]> {
    const page = await this.#alice.call('messages.list', { with: this.#bob.address, limit: LAST });
    return page.map(({ text, badge, details }) => text ?? `${badge} ${details.reason ?? ''}`);
  }

  async #areHandedOver(texts: readonly string[]): Promise<boolean> {
    const written = await this.#bob.call('messages.list', { with: this.#alice.address });
    await this.#tryAgain(written.filter(({ state }) => state === 'held').map(({ id }) => id));
    const handedOver = written.filter(({ state }) => state === 'sent' || state === 'delivered').map(({ text }) => text);
    return texts.every((text) => handedOver.includes(text));
  }

  /** What is held for an answer that did not come is tried again in ten minutes, or when Bob says so. */
  async #tryAgain(held: readonly string[]): Promise<void> {
    if ((await this.#bob.call('account.state', {})).state !== 'online') return;
    for (const id of held) await this.#bob.call('messages.retry', { id });
  }
}

/** As many of the last letters are looked at: a copy that comes late stands among them. */
const LAST = 20;

/** How many times faster than real the links are from now on. */
interface Pace {
  hurry: number;
}

/** Connecting is more computing than waiting: it gets twice its share. */
const OPEN_SHARE = 2;

function quickLinks(pace: Pace): LinkFactory {
  return (options, handlers) => {
    const { hurry } = pace;
    const { openMs, idleMs, answerMs } = PATIENCE;
    const patience = { openMs: (openMs * OPEN_SHARE) / hurry, idleMs: idleMs / hurry, answerMs: answerMs / hurry };
    const link = new StreamLink(options, handlers, logIn, systemRandom, patience);
    const [request, close] = [link.request.bind(link), link.close.bind(link)];
    link.request = (asked) => request({ ...asked, timeoutMs: (asked.timeoutMs ?? 20_000) / hurry });
    link.close = (timeoutMs) => close(timeoutMs / hurry);
    return link;
  };
}

async function until(messenger: TestMessenger, wanted: 'online' | 'offline'): Promise<void> {
  const isThere = async () => (await messenger.call('account.state', {})).state === wanted;
  await messenger.until(`being ${wanted}`, isThere, DEFINED_MS);
}
