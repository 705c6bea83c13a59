/**
 * `<c/>` of a received session (profile 6.3, second table; H-3): duplicates, the running counter, what is held for a
 * stanza that is missing, re-keying (8.4), and the bounded forward search.
 */
import { equalBytes } from '../base/bytes.ts';
import { ESessionError } from '../protocol/esession/errors.ts';
import {
  decryptStanza,
  parseEncrypted,
  type EncryptedStanza,
  type ReceivingSession,
} from '../protocol/esession/xep0200-stanza.ts';
import type { Element } from '../wire/element.ts';
import type { Batch } from './batch.ts';
import { EarlyLetters } from './early-letters.ts';
import { ForwardSearch, type HeldStanza } from './forward-search.ts';
import type { Letter } from './letter.ts';
import type { LiveSession, ReceivedSessions } from './received-sessions.ts';

/** What became of a stanza; each is called with the session already advanced. */
export interface UnsealingSink {
  opened(live: LiveSession, letter: Letter, content: readonly Element[], missingBefore: boolean, batch: Batch): void;
  /** No text exists or may be shown. */
  altered(live: LiveSession, letter: Letter, batch: Batch): void;
  /** A copy of something already opened: nothing is shown. */
  duplicate(letter: Letter, batch: Batch): void;
  /** Of a session that has ended, or that was never known here. */
  withoutSession(letter: Letter, batch: Batch): void;
}

export interface UnsealingParts {
  readonly sessions: ReceivedSessions;
  readonly sink: UnsealingSink;
  /** Applies a sender's `<key/>` with the set's x; undefined: the value is invalid, or x is gone. */
  readonly rekey: (live: LiveSession, value: Uint8Array) => Promise<ReceivingSession | undefined>;
}

const MAX_HELD = 100;
/** Re-keys that one session may ask for (S-037). */
const MAX_REKEYS = 64;

export class Unsealing {
  readonly #parts: UnsealingParts;
  readonly #search = new ForwardSearch();
  readonly #held = new Map<LiveSession, HeldStanza[]>();
  readonly #rekeys = new Map<LiveSession, number>();
  readonly #early = new EarlyLetters();

  constructor(parts: UnsealingParts) {
    this.#parts = parts;
  }

  /** True while a stanza waits for one before it. */
  get holdsSome(): boolean {
    return this.#held.size > 0 || this.#early.hasSome;
  }

  /** Keeps a letter whose session is not known yet until `takeEarly` or `settle`. @returns false if too many wait. */
  holdEarly(letter: Letter): boolean {
    return this.#early.hold(letter);
  }

  /** What waited for this opening, in order of arrival. */
  takeEarly(opening: Letter): readonly Letter[] {
    return this.#early.takeFor(opening);
  }

  /** Deals with one `<c/>` of a session. Waits only for what is rare: a re-key, or stanzas that were held. */
  take(live: LiveSession, letter: Letter, c: Element, batch: Batch): Promise<void> | void {
    const encrypted = parse(c);
    const stanza = encrypted && { letter, encrypted };
    // What verifies at the running counter is new, whatever came before: only what does not can be a copy.
    if (stanza === undefined || !this.#tryOpen(live, stanza, false, batch)) {
      return this.#takeUnopened(live, letter, stanza, batch);
    }
    if (stanza.encrypted.hasKey || this.#held.has(live)) return this.#afterOpening(live, stanza.encrypted, batch);
  }

  /** Decides about everything held: the missing stanzas will not come any more. */
  async settle(batch: Batch): Promise<void> {
    for (const live of [...this.#held.keys()]) await this.#settleSession(live, batch);
    for (const letter of this.#early.takeAll()) this.#parts.sink.withoutSession(letter, batch);
  }

  /** Forgets what is held; it is still in the journal. */
  forget(): void {
    this.#held.clear();
    this.#early.forget();
    this.#rekeys.clear();
    this.#search.forget();
  }

  #takeUnopened(live: LiveSession, letter: Letter, stanza: HeldStanza | undefined, batch: Batch): Promise<void> | void {
    const { sink } = this.#parts;
    const isKnown = stanza !== undefined && this.#isKnown(live, stanza.encrypted);
    if (isKnown || batch.hasDigest(letter.digest)) return sink.duplicate(letter, batch);
    if (stanza === undefined) return sink.altered(live, letter, batch);
    if (live.stored.state !== 'open') return sink.withoutSession(letter, batch);
    return this.#hold(live, stanza, batch);
  }

  #isKnown(live: LiveSession, encrypted: EncryptedStanza): boolean {
    const held = this.#held.get(live) ?? [];
    return (
      this.#parts.sessions.hasMac(live, encrypted.mac) ||
      held.some((one) => equalBytes(one.encrypted.mac, encrypted.mac))
    );
  }

  /** @returns false if the MAC does not hold at the running counter. */
  #tryOpen(live: LiveSession, { letter, encrypted }: HeldStanza, missingBefore: boolean, batch: Batch): boolean {
    if (live.stored.state !== 'open') return false;
    const outcome = decryptStanza(live.stored.session, encrypted);
    if (outcome.kind === 'mismatch') return false;
    const { sessions, sink } = this.#parts;
    sessions.advance(live, outcome.session, letter.entry.arrivedAt, missingBefore);
    sessions.addMac(live, encrypted.mac);
    batch.write(() => {
      sessions.writeMac(live, encrypted.mac);
    });
    batch.touch(live);
    if (outcome.kind === 'opened') sink.opened(live, letter, outcome.content, missingBefore, batch);
    else sink.altered(live, letter, batch);
    return true;
  }

  async #afterOpening(live: LiveSession, encrypted: EncryptedStanza, batch: Batch): Promise<void> {
    await this.#rekey(live, encrypted, batch);
    for (let next = this.#openHeld(live, batch); next !== undefined; next = this.#openHeld(live, batch)) {
      await this.#rekey(live, next.encrypted, batch);
    }
  }

  /** Opens one held stanza that is next in order now. */
  #openHeld(live: LiveSession, batch: Batch): HeldStanza | undefined {
    const next = this.#held.get(live)?.find((held) => this.#tryOpen(live, held, false, batch));
    if (next !== undefined) this.#release(live, next);
    return next;
  }

  /** The next stanza is under the new keys (8.3); a value that is no good ends the session after this one (8.4). */
  async #rekey(live: LiveSession, { key }: EncryptedStanza, batch: Batch): Promise<void> {
    if (key === undefined || live.stored.state !== 'open') return;
    const { sessions, rekey } = this.#parts;
    const count = (this.#rekeys.get(live) ?? 0) + 1;
    this.#rekeys.set(live, count);
    const next = count > MAX_REKEYS ? undefined : await rekey(live, key);
    const at = live.stored.lastActivityAt;
    if (next === undefined) sessions.end(live, at);
    else sessions.advance(live, next, at);
    batch.touch(live);
  }

  #hold(live: LiveSession, stanza: HeldStanza, batch: Batch): Promise<void> | void {
    const waiting = this.#held.get(live) ?? [];
    waiting.push(stanza);
    this.#held.set(live, waiting);
    if (waiting.length > MAX_HELD) return this.#settleSession(live, batch);
  }

  #release(live: LiveSession, stanza: HeldStanza): void {
    const left = (this.#held.get(live) ?? []).filter((held) => held !== stanza);
    if (left.length === 0) this.#held.delete(live);
    else this.#held.set(live, left);
  }

  /** The held stanza found at the lowest counter goes first; what is found nowhere is refused. */
  async #settleSession(live: LiveSession, batch: Batch): Promise<void> {
    for (let waiting = this.#held.get(live); waiting !== undefined; waiting = this.#held.get(live)) {
      const found = await this.#search.nearest(live, waiting);
      if (found === undefined) {
        this.#held.delete(live);
        for (const { letter } of waiting) this.#parts.sink.altered(live, letter, batch);
        return;
      }
      this.#parts.sessions.advance(live, found.session, found.held.letter.entry.arrivedAt, true);
      this.#release(live, found.held);
      this.#tryOpen(live, found.held, true, batch);
      await this.#afterOpening(live, found.held.encrypted, batch);
    }
  }
}

function parse(c: Element): EncryptedStanza | undefined {
  try {
    return parseEncrypted(c);
  } catch (error) {
    if (error instanceof ESessionError) return undefined;
    throw error;
  }
}
