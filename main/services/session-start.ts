/**
 * Finding or starting the one session in which a letter to a contact may go: a live one where the contact is here, else
 * an offline one (XEP-0116 §4.1; XEP-0187 §3.2, §3.3; profile 6.4).
 */
import type { Clock } from '../base/time.ts';
import type { ModpEngine } from '../crypto/modp.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { SigningKey } from '../crypto/signature.ts';
import type { Policy } from '../protocol/esession/policy.ts';
import { startOfflineSession } from '../protocol/esession/xep0187-offline.ts';
import type { BareJid } from '../wire/jid.ts';
import type { CheckOutcome, ContactChecks } from './contact-checks.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { LiveChannel } from './live-channel.ts';
import type { HoldReason } from './outgoing-facts.ts';
import type { NegotiationOutcome } from './running-negotiation.ts';
import type { SendingSessions } from './sending-sessions.ts';
import type { Trust } from './trust.ts';
import type { WritingSession } from './writing-session.ts';

export interface SessionStartParts {
  readonly sessions: SendingSessions;
  readonly checks: ContactChecks;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly modp: ModpEngine;
  readonly announcer: Announcer<ServiceEvents>;
  readonly signingKey: () => Promise<SigningKey>;
  readonly policy: () => Policy;
  /** Whether the own server lists XEP-0079. */
  readonly hasAmp: () => boolean;
  /** Ends the sessions that the contact started with us: we write back. */
  readonly endReceived: (address: BareJid) => void;
  /** Now as the contact's server would have it (H-21). */
  readonly now: () => Date;
  /** The live session with a contact, if there is one. */
  readonly live: (address: BareJid) => LiveChannel | undefined;
  /** Makes one with a contact who is here. */
  readonly negotiate: (address: BareJid) => Promise<NegotiationOutcome>;
}

export type SessionOutcome =
  { readonly kind: 'ready'; readonly session: WritingSession } | { readonly kind: 'held'; readonly reason: HoldReason };

export class SessionStart {
  readonly #parts: SessionStartParts;
  /** Counts what may not be slept through: a contact that comes online while a session is being made. */
  readonly #arrivals = new Map<BareJid, number>();
  /** The last search for each contact: two at a time would each start a session, and the second is forbidden. */
  readonly #turns = new Map<BareJid, Promise<unknown>>();

  constructor(parts: SessionStartParts) {
    this.#parts = parts;
  }

  /** The contact became available: what is being started for it must not be used. */
  contactCameOnline(address: BareJid): void {
    this.#arrivals.set(address, this.#arrivalsOf(address) + 1);
  }

  /**
   * The live session if it may be used for one more stanza, else a new one from options fetched now.
   * Who asks while a session with the contact is being looked for waits for that, and then looks: its own question may
   * be newer than the answer to the former.
   *
   * @param end - Ends a session that may not be used any more, before another is started.
   */
  async sessionFor(address: BareJid, end: (stale: WritingSession) => void): Promise<SessionOutcome> {
    const former = this.#turns.get(address);
    const turn = former === undefined ? this.#find(address, end) : former.then(() => this.#find(address, end));
    const done = turn.catch(() => undefined);
    this.#turns.set(address, done);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(address) === done) this.#turns.delete(address);
    }
  }

  /** True while one more stanza may be sent in the session, by the clock that decided about it. */
  isUsable(session: WritingSession): boolean {
    return session.isUsable(this.#parts.now(), this.#parts.clock.elapsedMs());
  }

  async #find(address: BareJid, end: (stale: WritingSession) => void): Promise<SessionOutcome> {
    const first = await this.#attempt(address, end);
    // The contact left in the middle of a negotiation: what is published now is asked for.
    return first === 'gone' ? this.#heldIfGone(await this.#attempt(address, end)) : first;
  }

  async #attempt(address: BareJid, end: (stale: WritingSession) => void): Promise<SessionOutcome | 'gone'> {
    const { trust, checks } = this.#parts;
    if (trust.isBlocked(address)) return { kind: 'held', reason: 'key-changed' };
    const open = this.#openOne(address, end);
    if (open !== undefined) return { kind: 'ready', session: open };
    const arrivals = this.#arrivalsOf(address);
    const outcome = await checks.checkAnew(address);
    if (outcome.kind === 'ready') return this.#start(address, outcome, arrivals);
    if (outcome.kind !== 'contact-online') return { kind: 'held', reason: this.#reasonOf(address, outcome) };
    // The contact may have asked for one meanwhile.
    const isLive = this.#parts.live(address) !== undefined;
    const negotiated = isLive ? 'established' : await this.#parts.negotiate(address);
    const channel = this.#parts.live(address);
    if (trust.isBlocked(address)) return { kind: 'held', reason: 'key-changed' };
    if (channel !== undefined) return { kind: 'ready', session: channel };
    if (negotiated === 'gone') return 'gone';
    // Nobody answered: presence alone speaks for the contact being here (6.4 b).
    const published = negotiated === 'no-answer' ? outcome.published : undefined;
    if (published !== undefined) return this.#start(address, published, this.#arrivalsOf(address));
    return { kind: 'held', reason: negotiated === 'refused' ? 'no-common-encryption' : 'contact-online' };
  }

  #openOne(address: BareJid, end: (stale: WritingSession) => void): WritingSession | undefined {
    const { sessions, live } = this.#parts;
    for (const session of [live(address), sessions.get(address)]) {
      if (session === undefined) continue;
      if (this.isUsable(session)) return session;
      end(session);
    }
    return undefined;
  }

  #heldIfGone(outcome: SessionOutcome | 'gone'): SessionOutcome {
    return outcome === 'gone' ? { kind: 'held', reason: 'contact-online' } : outcome;
  }

  async #start(
    address: BareJid,
    found: Extract<CheckOutcome, { kind: 'ready' }>,
    arrivals: number,
  ): Promise<SessionOutcome> {
    const { random, modp, policy, signingKey, sessions, announcer, hasAmp } = this.#parts;
    const started = await startOfflineSession({
      options: found.options,
      ownKey: await signingKey(),
      now: this.#parts.now(),
      policy: policy(),
      random,
      modp,
    });
    if (started.kind === 'refused') {
      return { kind: 'held', reason: started.reason === 'expired' ? 'key-expired' : 'no-common-encryption' };
    }
    const isLive = this.#parts.live(address) !== undefined;
    if (this.#arrivalsOf(address) !== arrivals || isLive) return { kind: 'held', reason: 'contact-online' };
    this.#parts.endReceived(address);
    const session = sessions.open(address, {
      ...started,
      options: found.options,
      signer: found.signer,
      set: found.set,
      withAmp: hasAmp(),
    });
    announcer.announce('sessionStarted', address);
    return { kind: 'ready', session };
  }

  #reasonOf(address: BareJid, outcome: Exclude<CheckOutcome, { kind: 'ready' }>): HoldReason {
    if (outcome.kind === 'expired') return 'key-expired';
    if (outcome.kind !== 'not-proven') return outcome.kind;
    const text = `The key that ${address} seems to have published is not signed by them. Nothing was sent.`;
    this.#parts.announcer.announce('alertRaised', { code: 'not-proven', address, text });
    return 'not-proven';
  }

  #arrivalsOf(address: BareJid): number {
    return this.#arrivals.get(address) ?? 0;
  }
}
