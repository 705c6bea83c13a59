/**
 * One live session with one client of a contact, in memory only: its state, used by one at a time, re-keyed as it goes
 * (XEP-0200 §9, profile 8), and what was sent in it without a receipt yet.
 */
import { toBase64 } from '../base/bytes.ts';
import { HOUR_MS } from '../base/time.ts';
import type { ModpEngine } from '../crypto/modp.ts';
import type { RandomSource } from '../crypto/random.ts';
import { fingerprintOf } from '../protocol/esession/xep0116/key-value.ts';
import type { SessionRole } from '../protocol/esession/xep0116/keys.ts';
import type { Chosen } from '../protocol/esession/xep0187-offline.ts';
import {
  acceptRekey,
  encryptLive,
  fitsRekey,
  mayRekey,
  mustRekey,
  openLive,
  prepareRekey,
  wipeLiveSession,
  wipeRekey,
  type LiveSession,
  type PreparedRekey,
} from '../protocol/esession/xep0200-live.ts';
import type { EncryptedStanza } from '../protocol/esession/xep0200-stanza.ts';
import type { PublicKey } from '../crypto/signature.ts';
import type { Element } from '../wire/element.ts';
import { bareOf, type BareJid, type FullJid } from '../wire/jid.ts';
import { buildLiveMessage } from '../wire/live-message.ts';
import type { UnacknowledgedStanza, WritingSession } from './writing-session.ts';

export interface ChannelParts {
  readonly peer: FullJid;
  readonly thread: string;
  readonly session: LiveSession;
  readonly chosen: Chosen;
  readonly peerKey: PublicKey;
  readonly sas?: string;
  readonly startedAt: Date;
  readonly elapsedMs: number;
  readonly random: RandomSource;
  readonly modp: ModpEngine;
}

/** What became of a stanza of the other side. */
export type ChannelOutcome =
  | { readonly kind: 'opened'; readonly content: readonly Element[] }
  /** A copy of one that was opened: it changes nothing. */
  | { readonly kind: 'copy' }
  /** It does not verify, or what it holds is of no use: the session must end. */
  | { readonly kind: 'broken'; readonly content: readonly Element[] };

/** A session that rested so long is ended instead of used again. */
const LONGEST_IDLE_MS = HOUR_MS;
/** A re-key is computed this many stanzas before it may be sent. */
const PREPARED_AHEAD = 3;

export class LiveChannel implements WritingSession {
  readonly address: BareJid;
  readonly peer: FullJid;
  readonly thread: string;
  readonly set = 'live';
  readonly chosen: Chosen;
  readonly startedAt: Date;
  readonly role: SessionRole;
  readonly recipientFingerprint: string;
  readonly sas: string | undefined;
  readonly unacknowledged = new Map<string, UnacknowledgedStanza>();
  readonly messageIds: string[] = [];
  /** The other side is not there any more: nothing more is written into it. */
  isPeerGone = false;
  readonly #parts: ChannelParts;
  readonly #macs = new Set<string>();
  #state: LiveSession;
  #prepared: PreparedRekey | undefined;
  #isPreparing = false;
  #isWiped = false;
  #lastUsedMs: number;
  #busy: Promise<void> | undefined;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    this.peer = parts.peer;
    this.address = bareOf(parts.peer);
    this.thread = parts.thread;
    this.chosen = parts.chosen;
    this.startedAt = parts.startedAt;
    this.role = parts.session.role;
    this.recipientFingerprint = fingerprintOf(parts.peerKey);
    this.sas = parts.sas;
    this.#state = parts.session;
    this.#lastUsedMs = parts.elapsedMs;
  }

  /** Set while a re-key of the other side is being computed. */
  get busy(): Promise<void> | undefined {
    return this.#busy;
  }

  isUsable(_now: Date, elapsedMs: number): boolean {
    const isFresh = elapsedMs - this.#lastUsedMs < LONGEST_IDLE_MS;
    return !this.#isWiped && !this.isPeerGone && isFresh && !mustRekey(this.#state);
  }

  next(id: string, content: readonly Element[], _hasText: boolean, elapsedMs: number): Element {
    const rekey = this.#takeRekey();
    const { c, session } = encryptLive(this.#state, content, { elapsedMs, ...(rekey === undefined ? {} : { rekey }) });
    this.#state = session;
    this.#lastUsedMs = elapsedMs;
    this.#prepareAhead();
    return buildLiveMessage({ to: this.peer, id, thread: this.thread, c });
  }

  /** True if a stanza can be made at this very moment, as a termination at sleep needs it. */
  get canWrite(): boolean {
    return !this.#isWiped && this.#busy === undefined;
  }

  /** Opens a stanza of the other side. One at a time: the caller awaits it before the next. */
  async open(c: EncryptedStanza, elapsedMs: number): Promise<ChannelOutcome> {
    const mac = toBase64(c.mac);
    if (this.#macs.has(mac)) return { kind: 'copy' };
    if (this.#isWiped) return { kind: 'broken', content: [] };
    const outcome = openLive(this.#state, c, elapsedMs);
    if (outcome.kind === 'mismatch') return { kind: 'broken', content: [] };
    this.#macs.add(mac);
    this.#state = outcome.session;
    this.#lastUsedMs = elapsedMs;
    if (outcome.kind === 'malformed-content') return { kind: 'broken', content: [] };
    const { content } = outcome;
    const isRight = outcome.session.pendingKey === undefined || (await this.#acceptRekey());
    this.#prepareAhead();
    return { kind: isRight ? 'opened' : 'broken', content };
  }

  /** Erases every key. */
  wipe(): void {
    this.#isWiped = true;
    wipeLiveSession(this.#state);
    if (this.#prepared !== undefined) wipeRekey(this.#prepared);
    this.#prepared = undefined;
  }

  async #acceptRekey(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#busy = promise;
    try {
      const next = await acceptRekey(this.#state, this.#parts.modp);
      if (next === undefined) return false;
      this.#state = next;
      if (this.#isWiped) wipeLiveSession(next);
      return !this.#isWiped;
    } finally {
      this.#busy = undefined;
      resolve(undefined);
    }
  }

  /** The prepared re-key if it may be sent now and still fits. */
  #takeRekey(): PreparedRekey | undefined {
    const rekey = this.#prepared;
    if (rekey === undefined || !mayRekey(this.#state)) return undefined;
    this.#prepared = undefined;
    if (fitsRekey(this.#state, rekey)) return rekey;
    wipeRekey(rekey);
    return undefined;
  }

  /** Computes the next re-key beside everything else, so that no stanza waits for it. */
  #prepareAhead(): void {
    const { sinceRekey, rekeyFrequency, pendingKey } = this.#state;
    const isDue = sinceRekey + PREPARED_AHEAD >= rekeyFrequency;
    if (!isDue || this.#isPreparing || this.#isWiped || pendingKey !== undefined) return;
    if (this.#prepared !== undefined && fitsRekey(this.#state, this.#prepared)) return;
    this.#isPreparing = true;
    prepareRekey(this.#state, this.#parts.random, this.#parts.modp)
      .then((rekey) => {
        if (this.#prepared !== undefined) wipeRekey(this.#prepared);
        this.#prepared = this.#isWiped ? undefined : rekey;
        if (this.#isWiped) wipeRekey(rekey);
      })
      .catch(() => undefined) // the engine was closed: the session ends with it
      .finally(() => {
        this.#isPreparing = false;
      });
  }
}
