/** Two people making sure who the other is: a live session, its spoken code, and what follows from it (ux.md 3.5). */
import type { BareJid } from '../wire/jid.ts';
import { CommandError } from './command-error.ts';
import type { Contacts } from './contacts.ts';
import type { LiveChannel } from './live-channel.ts';
import type { LiveNegotiations } from './live-negotiations.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { RetainedSecrets } from './retained-secrets.ts';
import type { NegotiationOutcome } from './running-negotiation.ts';
import type { KeyDecision, Trust } from './trust.ts';

export interface VerificationParts {
  readonly contacts: Contacts;
  readonly trust: Trust;
  readonly live: LiveSessions;
  readonly negotiations: LiveNegotiations;
  readonly retained: RetainedSecrets;
}

export class Verification {
  readonly #parts: VerificationParts;

  constructor(parts: VerificationParts) {
    this.#parts = parts;
  }

  /**
   * Makes a live session with a contact who is here, unless there is one.
   *
   * @throws CommandError `key-changed`, `cannot-encrypt`, `timed-out`
   */
  async start(address: BareJid): Promise<void> {
    const { contacts, trust, live, negotiations } = this.#parts;
    if (trust.isBlocked(address)) {
      throw new CommandError('key-changed', 'Their safety code changed. Decide about it first.');
    }
    if (live.get(address) !== undefined) return;
    if (contacts.resources(address).length === 0) throw new CommandError('cannot-encrypt', 'They are not here now.');
    const outcome = await negotiations.negotiate(address);
    if (outcome !== 'established') throw new CommandError(...FAILURES[outcome]);
  }

  /**
   * What the two people found when they read the code to each other (R-111, profile 7.4). It matches: the key is
   * verified, and so is the chain of retained secrets. It does not: someone may stand between them, so the session
   * ends, and nothing is sent until the user decides about the key.
   *
   * @returns the fingerprint of the key it is about.
   * @throws CommandError `no-session`
   */
  confirmSpokenCode(address: BareJid, matches: boolean): string {
    const { trust, live, retained } = this.#parts;
    const channel = live.get(address);
    if (channel?.sas === undefined) throw new CommandError('no-session', 'There is no code to compare.');
    const fingerprint = channel.recipientFingerprint;
    if (matches) {
      trust.decide(address, fingerprint, 'verified');
      const chain = live.chainOf(channel);
      if (chain !== undefined) retained.confirm(chain);
    } else {
      trust.doubt(address, fingerprint);
      this.#distrust(channel);
    }
    return fingerprint;
  }

  /**
   * Whether the two people should compare the spoken code of a session: their key was never compared, no chain of
   * retained secrets stands in for that, and the user has not had enough of being asked (XEP-0116 §4.7.2, profile 7.4).
   */
  wantsComparing(channel: LiveChannel): boolean {
    const { trust, live, retained } = this.#parts;
    const chain = live.chainOf(channel);
    const isConfirmed = chain !== undefined && retained.isConfirmed(chain);
    return (
      channel.sas !== undefined && !isConfirmed && trust.wantsComparing(channel.address, channel.recipientFingerprint)
    );
  }

  /** No more reminders, in this session and later ones, under the key of this one. @throws CommandError `no-session` */
  dismissReminder(address: BareJid): void {
    const channel = this.#parts.live.get(address);
    if (channel === undefined) throw new CommandError('no-session', 'There is no code to compare.');
    this.#parts.trust.dismissReminder(address, channel.recipientFingerprint);
  }

  /** The user decided about a key: no session goes on under one that is not in use. */
  decided(address: BareJid, fingerprint: string, decision: KeyDecision): void {
    const channel = this.#parts.live.get(address);
    if (channel === undefined) return;
    if (decision === 'refused' && channel.recipientFingerprint === fingerprint) this.#distrust(channel);
    else if (decision !== 'refused' && channel.recipientFingerprint !== fingerprint)
      this.#parts.live.terminate(channel);
  }

  #distrust(channel: LiveChannel): void {
    this.#parts.retained.forget(channel.address);
    this.#parts.live.terminate(channel);
  }
}

const FAILURES: Readonly<
  Record<Exclude<NegotiationOutcome, 'established'>, readonly ['cannot-encrypt' | 'timed-out', string]>
> = {
  'no-answer': ['timed-out', 'They did not answer.'],
  unsupported: ['cannot-encrypt', 'Their program cannot hold a live encrypted session.'],
  refused: ['cannot-encrypt', 'No live encrypted session could be agreed upon.'],
  gone: ['cannot-encrypt', 'They are not here now.'],
};
