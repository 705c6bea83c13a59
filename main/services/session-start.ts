/** Finding or starting the one session in which a letter to a contact may go (XEP-0187 §3.2, §3.3; profile 6.4). */
import type { Clock } from '../base/time.ts';
import type { ModpEngine } from '../crypto/modp.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { SigningKey } from '../crypto/signature.ts';
import type { Policy } from '../protocol/esession/policy.ts';
import { startOfflineSession } from '../protocol/esession/xep0187-offline.ts';
import type { BareJid } from '../wire/jid.ts';
import type { CheckOutcome, ContactChecks } from './contact-checks.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { HoldReason } from './outgoing-facts.ts';
import type { LetterSession, SendingSessions } from './sending-sessions.ts';
import type { Trust } from './trust.ts';

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
}

export type SessionOutcome =
  { readonly kind: 'ready'; readonly session: LetterSession } | { readonly kind: 'held'; readonly reason: HoldReason };

export class SessionStart {
  readonly #parts: SessionStartParts;
  /** Counts what may not be slept through: a contact that comes online while a session is being made. */
  readonly #arrivals = new Map<BareJid, number>();

  constructor(parts: SessionStartParts) {
    this.#parts = parts;
  }

  /** The contact became available: what is being started for it must not be used. */
  contactCameOnline(address: BareJid): void {
    this.#arrivals.set(address, this.#arrivalsOf(address) + 1);
  }

  /**
   * The live session if it may be used for one more stanza, else a new one from options fetched now.
   *
   * @param end - Ends a session that may not be used any more, before another is started.
   */
  async sessionFor(address: BareJid, end: (stale: LetterSession) => void): Promise<SessionOutcome> {
    const { sessions, trust, checks, clock } = this.#parts;
    if (trust.isBlocked(address)) return { kind: 'held', reason: 'key-changed' };
    const live = sessions.get(address);
    if (live?.isUsable(this.#parts.now(), clock.elapsedMs()) === true) return { kind: 'ready', session: live };
    if (live !== undefined) end(live);
    const arrivals = this.#arrivalsOf(address);
    const outcome = await checks.checkAnew(address);
    if (outcome.kind !== 'ready') return { kind: 'held', reason: this.#reasonOf(address, outcome) };
    return this.#start(address, outcome, arrivals);
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
    if (this.#arrivalsOf(address) !== arrivals) return { kind: 'held', reason: 'contact-online' };
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
