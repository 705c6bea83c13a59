/**
 * Offline ESessions that we started, in memory only (profile 6.1: a counter is never used twice because nothing of a
 * sending session survives the process), at most one per contact.
 */
import { toHex } from '../base/bytes.ts';
import { MINUTE_MS, type Clock } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import { fingerprintOf } from '../protocol/esession/xep0116/key-value.ts';
import type { Chosen } from '../protocol/esession/xep0187-offline.ts';
import type { PublishedOptions } from '../protocol/esession/xep0187-options.ts';
import {
  buildTerminationContent,
  encryptStanza,
  isExhausted,
  wipeSession,
  type SendingSession,
} from '../protocol/esession/xep0200-stanza.ts';
import type { PublicKey } from '../crypto/signature.ts';
import type { Element } from '../wire/element.ts';
import { withResource, type BareJid, type Jid } from '../wire/jid.ts';
import { buildOfflineMessage, withoutAmp } from '../wire/offline-message.ts';
import type { UnacknowledgedStanza, WritingSession } from './writing-session.ts';

const LONGEST_IDLE_MS = 30 * MINUTE_MS;

/** What a session was started with. */
export interface StartedSession {
  readonly session: SendingSession;
  readonly form: Element;
  readonly chosen: Chosen;
  readonly options: PublishedOptions;
  readonly signer: PublicKey;
  readonly set: 'away' | 'backup';
  readonly withAmp: boolean;
}

/** One session with one contact. */
export class LetterSession implements WritingSession {
  readonly address: BareJid;
  readonly to: Jid;
  readonly thread: string;
  readonly set: 'away' | 'backup';
  readonly chosen: Chosen;
  readonly expires: Date;
  readonly startedAt: Date;
  readonly recipientFingerprint: string;
  /** In sending order, for byte-for-byte resending (6.4). */
  readonly unacknowledged = new Map<string, UnacknowledgedStanza>();
  /** The id of the stanza with the <init/>: if it bounces the session never was. */
  firstStanzaId: string | undefined;
  /** Messages sent in it, in order. */
  readonly messageIds: string[] = [];
  /** Stanzas that carried the AMP rule, in order: they may have to go again without it (3.6). */
  readonly ampStanzas: Element[] = [];
  #withAmp: boolean;
  #state: SendingSession;
  #form: Element | undefined;
  #lastUsedMs: number;

  constructor(address: BareJid, started: StartedSession, thread: string, startedAt: Date, elapsedMs: number) {
    const { matchResource, expires } = started.options;
    this.address = address;
    // With match_resource every stanza goes to that resource and no other (R-028, S-039).
    this.to = matchResource === undefined ? address : withResource(address, matchResource);
    this.thread = thread;
    this.set = started.set;
    this.chosen = started.chosen;
    this.expires = expires;
    this.startedAt = startedAt;
    this.recipientFingerprint = fingerprintOf(started.signer);
    this.#withAmp = started.withAmp && matchResource !== undefined;
    this.#state = started.session;
    this.#form = started.form;
    this.#lastUsedMs = elapsedMs;
  }

  /** True while another stanza may be sent in it (6.4, "before each stanza"). */
  isUsable(now: Date, elapsedMs: number): boolean {
    return now < this.expires && elapsedMs - this.#lastUsedMs < LONGEST_IDLE_MS && !isExhausted(this.#state);
  }

  /**
   * Encrypts content into the next stanza. The counter has advanced before this returns, so what comes out is
   * sent exactly as it is or not at all.
   *
   * @param hasText - True for content a person wrote: it gets the constant fallback body (3.5).
   */
  next(id: string, content: readonly Element[], hasText: boolean, elapsedMs: number): Element {
    const { c, session } = encryptStanza(this.#state, content);
    this.#state = session;
    this.#lastUsedMs = elapsedMs;
    const initForm = this.#form;
    this.#form = undefined;
    if (initForm !== undefined) this.firstStanzaId = id;
    const stanza = buildOfflineMessage({
      to: this.to,
      id,
      thread: this.thread,
      c,
      hasText,
      withAmp: this.#withAmp,
      ...(initForm === undefined ? {} : { initForm }),
    });
    if (this.#withAmp) this.ampStanzas.push(stanza);
    return stanza;
  }

  /** No AMP on the path: the stanzas from that one on, to be sent again in order without the rule. */
  giveUpAmp(fromId: string): readonly Element[] {
    this.#withAmp = false;
    const at = this.ampStanzas.findIndex((stanza) => stanza.attrs['id'] === fromId);
    return at === -1 ? [] : this.ampStanzas.splice(at).map(withoutAmp);
  }

  /** True until the stanza with the <init/> was made: the contact knows nothing of the session. */
  get isUnsent(): boolean {
    return this.#form !== undefined;
  }

  wipe(): void {
    wipeSession(this.#state);
  }
}

export class SendingSessions {
  readonly #sessions = new Map<BareJid, LetterSession>();
  readonly #clock: Clock;
  readonly #random: RandomSource;

  constructor(clock: Clock, random: RandomSource) {
    this.#clock = clock;
    this.#random = random;
  }

  get(address: BareJid): LetterSession | undefined {
    return this.#sessions.get(address);
  }

  all(): readonly LetterSession[] {
    return [...this.#sessions.values()];
  }

  /** @throws TypeError if a session with the contact is live: a second one is forbidden. */
  open(address: BareJid, started: StartedSession): LetterSession {
    if (this.#sessions.has(address)) throw new TypeError('a session with this contact is established');
    const thread = toHex(this.#random.bytes(16));
    const session = new LetterSession(address, started, thread, this.#clock.now(), this.#clock.elapsedMs());
    this.#sessions.set(address, session);
    return session;
  }

  /** A termination stanza, to be sent as the session's last (3.7); undefined if the contact never heard of it. */
  termination(session: LetterSession): Element | undefined {
    if (session.isUnsent || !session.isUsable(this.#clock.now(), this.#clock.elapsedMs())) return undefined;
    const id = toHex(this.#random.bytes(16));
    return session.next(id, buildTerminationContent(), false, this.#clock.elapsedMs());
  }

  /** Erases a session's keys. */
  erase(session: LetterSession): void {
    session.wipe();
    session.unacknowledged.clear();
    if (this.#sessions.get(session.address) === session) this.#sessions.delete(session.address);
  }
}
