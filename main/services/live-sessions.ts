/**
 * Live sessions that are open, at most one per contact (S-040), and how each ends: by a termination of ours or theirs,
 * without a word where the other side has lost it, and always with its keys erased (R-126, profile 7.7).
 */
import { toHex } from '../base/bytes.ts';
import { MINUTE_MS, type Cancel, type Clock, type Timers } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import { buildTerminationContent } from '../protocol/esession/xep0200-stanza.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import type { Element } from '../wire/element.ts';
import { withResource, type BareJid, type FullJid } from '../wire/jid.ts';
import type { LiveChannel } from './live-channel.ts';
import type { ChainLink } from './retained-secrets.ts';

export interface LiveSessionsParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly link: () => Link | undefined;
}

/** How long a session that we ended still reads what was under way (profile 7.7). */
const ANSWER_MS = MINUTE_MS;
/** How long a session outlives its peer's presence (profile 7.7). */
const WITHOUT_PEER_MS = 10 * MINUTE_MS;
const MOST_OVER = 256;

export class LiveSessions {
  readonly #parts: LiveSessionsParts;
  readonly #open = new Map<BareJid, LiveChannel>();
  /** Terminated by us; the answer, and what was under way before it, may still come. */
  readonly #ending = new Set<LiveChannel>();
  /** Threads of sessions that are over: what comes back of them later means nothing. */
  readonly #over = new Set<string>();
  readonly #chains = new Map<LiveChannel, ChainLink>();
  readonly #waiting = new Map<LiveChannel, Cancel>();

  /** Called when a session is there, and when it is over, with its keys gone. Set once, by the composition. */
  onStarted: (channel: LiveChannel) => void = () => undefined;
  onEnded: (channel: LiveChannel) => void = () => undefined;
  /** Called when the other side has gone without a word: what it did not confirm has to go another way. */
  onPeerGone: (channel: LiveChannel) => void = () => undefined;

  constructor(parts: LiveSessionsParts) {
    this.#parts = parts;
  }

  get(address: BareJid): LiveChannel | undefined {
    return this.#open.get(address);
  }

  /** True if there is a session whose other side is still there: what waits for a lost one counts for nothing. */
  isOn(address: BareJid): boolean {
    return this.#open.get(address)?.isPeerGone === false;
  }

  all(): readonly LiveChannel[] {
    return [...this.#open.values()];
  }

  /** The session of a stanza (profile 3.8), one that is ending included. */
  find(from: FullJid, thread: string | undefined): LiveChannel | undefined {
    return [...this.#open.values(), ...this.#ending].find(
      (channel) => channel.peer === from && channel.thread === thread,
    );
  }

  /** True for a session that was here and is over. */
  isOver(from: FullJid, thread: string | undefined): boolean {
    return this.#over.has(`${from} ${thread ?? ''}`);
  }

  chainOf(channel: LiveChannel): ChainLink | undefined {
    return this.#chains.get(channel);
  }

  /** Takes the place of any other session with the contact: one that the same client has lost, or one of another. */
  start(channel: LiveChannel, chain: ChainLink | undefined): void {
    const former = this.#open.get(channel.address);
    if (former?.peer === channel.peer) this.erase(former);
    else if (former !== undefined) this.terminate(former);
    this.#open.set(channel.address, channel);
    if (chain !== undefined) this.#chains.set(channel, chain);
    this.onStarted(channel);
  }

  /** Ends a session with a termination, the last stanza we send in it. */
  terminate(channel: LiveChannel): void {
    const stanza = this.termination(channel);
    if (stanza === undefined) {
      this.erase(channel);
      return;
    }
    // Whether it arrives is not ours to know.
    this.#parts
      .link()
      ?.send(stanza)
      .catch(() => undefined);
    this.#ending.add(channel);
    this.#after(channel, ANSWER_MS);
    if (this.#remove(channel)) this.onEnded(channel);
  }

  /** The termination of a session, for whoever sends it; undefined if none can be made now. */
  termination(channel: LiveChannel): Element | undefined {
    if (!channel.canWrite || this.#open.get(channel.address) !== channel) return undefined;
    const id = toHex(this.#parts.random.bytes(16));
    return channel.next(id, buildTerminationContent(), false, this.#parts.clock.elapsedMs());
  }

  /** Erases a session without a word: the other side ended it, or knows nothing of it any more. */
  erase(channel: LiveChannel): void {
    this.#waiting.get(channel)?.();
    this.#waiting.delete(channel);
    this.#ending.delete(channel);
    this.#chains.delete(channel);
    const wasOpen = this.#remove(channel);
    channel.wipe();
    if (wasOpen) this.onEnded(channel);
  }

  /** The stream did not go on, or what was read is not durable: nothing of any session can be relied upon. */
  eraseAll(): void {
    for (const channel of [...this.#open.values(), ...this.#ending]) this.erase(channel);
  }

  /** A client of a contact is not available any more: its session waits ten minutes, and takes nothing. */
  peerLeft(address: BareJid, resource: string): void {
    const channel = this.#open.get(address);
    if (channel?.peer !== withResource(address, resource)) return;
    channel.isPeerGone = true;
    this.#after(channel, WITHOUT_PEER_MS);
    this.onPeerGone(channel);
  }

  /** A client came anew: it has no session from before. */
  peerCame(address: BareJid, resource: string): void {
    const channel = this.#open.get(address);
    if (channel?.peer === withResource(address, resource)) this.erase(channel);
  }

  #after(channel: LiveChannel, delayMs: number): void {
    this.#waiting.get(channel)?.();
    const cancel = this.#parts.timers.after(delayMs, () => {
      this.#waiting.delete(channel);
      if (this.#open.get(channel.address) === channel) this.terminate(channel);
      else this.erase(channel);
    });
    this.#waiting.set(channel, cancel);
  }

  #remove(channel: LiveChannel): boolean {
    if (this.#open.get(channel.address) !== channel) return false;
    this.#open.delete(channel.address);
    this.#over.add(`${channel.peer} ${channel.thread}`);
    const [oldest] = this.#over;
    if (this.#over.size > MOST_OVER && oldest !== undefined) this.#over.delete(oldest);
    return true;
  }
}
