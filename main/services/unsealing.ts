/**
 * `<c/>` of a received session (profile 6.3, second table; H-3): duplicates, the running counter, what is held for a
 * stanza that is missing, and the bounded forward search.
 */
import { equalBytes } from '../base/bytes.ts';
import { ESessionError } from '../protocol/esession/errors.ts';
import {
  decryptStanza,
  parseEncrypted,
  searchForward,
  type EncryptedStanza,
} from '../protocol/esession/xep0200-stanza.ts';
import type { Element } from '../wire/element.ts';
import type { Batch } from './batch.ts';
import type { Letter } from './letter.ts';
import type { LiveSession, ReceivedSessions } from './received-sessions.ts';

/** What became of a stanza; each is called with the session already advanced. */
export interface UnsealingSink {
  opened(live: LiveSession, letter: Letter, content: readonly Element[], missingBefore: boolean, batch: Batch): void;
  /** No text exists or may be shown. */
  altered(live: LiveSession, letter: Letter, batch: Batch): void;
  /** A copy of something already opened: nothing is shown. */
  duplicate(letter: Letter, batch: Batch): void;
}

interface Held {
  readonly letter: Letter;
  readonly encrypted: EncryptedStanza;
}

const MAX_HELD = 100;
const SEARCHED_BLOCKS = 65_536;
/** After so many searches in vain a session's unverifiable stanzas are refused without one (S-034's work bound). */
const MAX_VAIN_SEARCHES = 5;

export class Unsealing {
  readonly #sessions: ReceivedSessions;
  readonly #sink: UnsealingSink;
  readonly #held = new Map<LiveSession, Held[]>();
  readonly #vainSearches = new Map<LiveSession, number>();

  constructor(sessions: ReceivedSessions, sink: UnsealingSink) {
    this.#sessions = sessions;
    this.#sink = sink;
  }

  /** True while a stanza waits for one before it. */
  get holdsSome(): boolean {
    return this.#held.size > 0;
  }

  /** Deals with one `<c/>` of an open session. */
  take(live: LiveSession, letter: Letter, c: Element, batch: Batch): void {
    let encrypted: EncryptedStanza;
    try {
      encrypted = parseEncrypted(c);
    } catch (error) {
      if (!(error instanceof ESessionError)) throw error;
      return this.#sink.altered(live, letter, batch);
    }
    if (this.#isKnown(live, encrypted)) return this.#sink.duplicate(letter, batch);
    if (!this.#tryOpen(live, { letter, encrypted }, false, batch))
      return this.#hold(live, { letter, encrypted }, batch);
    this.#retryHeld(live, batch);
  }

  /** Decides about everything held: the missing stanzas will not come any more. */
  settle(batch: Batch): void {
    for (const live of [...this.#held.keys()]) this.#settleSession(live, batch);
  }

  /** Forgets what is held; it is still in the journal. */
  forget(): void {
    this.#held.clear();
    this.#vainSearches.clear();
  }

  #isKnown(live: LiveSession, encrypted: EncryptedStanza): boolean {
    const held = this.#held.get(live) ?? [];
    return (
      this.#sessions.hasMac(live, encrypted.mac) || held.some((one) => equalBytes(one.encrypted.mac, encrypted.mac))
    );
  }

  /** @returns false if the MAC does not hold at the running counter. */
  #tryOpen(live: LiveSession, held: Held, missingBefore: boolean, batch: Batch): boolean {
    if (live.stored.state !== 'open') return false;
    const { letter, encrypted } = held;
    const outcome = decryptStanza(live.stored.session, encrypted);
    if (outcome.kind === 'mismatch') return false;
    this.#sessions.advance(live, outcome.session, letter.entry.arrivedAt, missingBefore);
    this.#sessions.addMac(live, encrypted.mac);
    batch.write(() => {
      this.#sessions.writeMac(live, encrypted.mac);
    });
    batch.touch(live);
    if (outcome.kind === 'opened') this.#sink.opened(live, letter, outcome.content, missingBefore, batch);
    else this.#sink.altered(live, letter, batch);
    return true;
  }

  #hold(live: LiveSession, held: Held, batch: Batch): void {
    const waiting = this.#held.get(live) ?? [];
    waiting.push(held);
    this.#held.set(live, waiting);
    if (waiting.length > MAX_HELD) this.#settleSession(live, batch);
  }

  #retryHeld(live: LiveSession, batch: Batch): void {
    for (;;) {
      const waiting = this.#held.get(live);
      if (waiting === undefined) return;
      const at = waiting.findIndex((held) => this.#tryOpen(live, held, false, batch));
      if (at === -1) return;
      waiting.splice(at, 1);
      if (waiting.length === 0) this.#held.delete(live);
    }
  }

  /** The held stanza found at the lowest counter goes first; what is found nowhere is refused. */
  #settleSession(live: LiveSession, batch: Batch): void {
    for (let waiting = this.#held.get(live); waiting !== undefined; waiting = this.#held.get(live)) {
      const found = this.#findNearest(live, waiting);
      if (found === undefined) {
        this.#held.delete(live);
        for (const { letter } of waiting) this.#sink.altered(live, letter, batch);
        return;
      }
      waiting.splice(waiting.indexOf(found), 1);
      if (waiting.length === 0) this.#held.delete(live);
      this.#tryOpen(live, found, true, batch);
      this.#retryHeld(live, batch);
    }
  }

  #findNearest(live: LiveSession, waiting: readonly Held[]): Held | undefined {
    if (live.stored.state !== 'open') return undefined;
    let nearest: { held: Held; session: NonNullable<ReturnType<typeof searchForward>>['session'] } | undefined;
    let limit = SEARCHED_BLOCKS;
    for (const held of waiting) {
      if ((this.#vainSearches.get(live) ?? 0) >= MAX_VAIN_SEARCHES) break;
      const found = searchForward(live.stored.session, held.encrypted, limit);
      if (found !== undefined) {
        nearest = { held, session: found.session };
        limit = found.skippedBlocks - 1;
      } else if (limit === SEARCHED_BLOCKS) {
        this.#vainSearches.set(live, (this.#vainSearches.get(live) ?? 0) + 1);
      }
    }
    if (nearest === undefined) return undefined;
    this.#sessions.advance(live, nearest.session, nearest.held.letter.entry.arrivedAt, true);
    return nearest.held;
  }
}
