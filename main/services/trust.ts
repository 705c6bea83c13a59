/**
 * Which key belongs to which address (profile 4.4, ruling 16): the first key seen is used and called not verified;
 * after that nothing new is used until the user decides.
 */
import type { Clock } from '../base/time.ts';
import type { PublicKey } from '../crypto/signature.ts';
import { fingerprintOf } from '../protocol/esession/xep0116/key-value.ts';
import type { KeyJudgement } from '../protocol/esession/xep0187-offline.ts';
import type { ContactKey, KeyStore } from '../stores/keys.ts';
import type { BareJid } from '../wire/jid.ts';
import { CommandError } from './command-error.ts';
import type { Announcer, ServiceEvents } from './events.ts';

export type KeyDecision = 'verified' | 'accepted' | 'refused';

export class Trust {
  readonly #keys: KeyStore;
  readonly #clock: Clock;
  readonly #announcer: Announcer<ServiceEvents>;

  constructor(keys: KeyStore, clock: Clock, announcer: Announcer<ServiceEvents>) {
    this.#keys = keys;
    this.#clock = clock;
    this.#announcer = announcer;
  }

  /** Keys whose signatures count for this address: verified or known ones (4.3 step 2). */
  acceptable(address: BareJid): readonly ContactKey[] {
    return this.#keys.keysOf(address).filter(isInUse);
  }

  /** Every key ever seen for the address. */
  all(address: BareJid): readonly ContactKey[] {
    return this.#keys.keysOf(address);
  }

  /** The key to show beside the address: a changed one first, since it waits for a decision. */
  current(address: BareJid): ContactKey | undefined {
    const keys = this.#keys.keysOf(address);
    return keys.find((key) => key.state === 'changed') ?? keys.findLast(isInUse);
  }

  /** What is decided about one key of the address; undefined for a key never seen. */
  stateOf(address: BareJid, fingerprint: string): ContactKey['state'] | undefined {
    return this.#keys.keysOf(address).find((key) => key.fingerprint === fingerprint)?.state;
  }

  /** True while a changed key waits for a decision: nothing is sent to the address (ruling 16). */
  isBlocked(address: BareJid): boolean {
    return this.#keys.keysOf(address).some((key) => key.state === 'changed');
  }

  /**
   * Judges a key that someone presents for an address, by what is on file (4.4). Changes nothing.
   *
   * @returns `accepted` also for the first key of an address; `changed` when another one is on file for it, or when
   * this one is on file for another address (S-027); `refused` when the user refused it.
   */
  judge(address: BareJid, key: PublicKey): KeyJudgement {
    const fingerprint = fingerprintOf(key);
    const onFile = this.#keys.keysOf(address);
    const same = onFile.find((known) => known.fingerprint === fingerprint);
    if (same?.state === 'refused') return 'refused';
    if (same !== undefined) return isInUse(same) ? 'accepted' : 'changed';
    return onFile.length === 0 && this.#othersWith(address, fingerprint).length === 0 ? 'accepted' : 'changed';
  }

  /**
   * Notes that an address presented a key: a first one becomes known, any other waits for the user. Alerts where the
   * profile says so. The caller has seen a proof that whoever presents the key holds it.
   *
   * @param asChanged - Treat even a first key as changed: it is not among the address's published ones.
   */
  note(address: BareJid, key: PublicKey, asChanged = false): void {
    const fingerprint = fingerprintOf(key);
    const onFile = this.#keys.keysOf(address);
    const same = onFile.find((known) => known.fingerprint === fingerprint);
    if (same !== undefined && (same.state === 'refused' || same.state === 'changed' || isInUse(same))) return;
    const others = this.#othersWith(address, fingerprint);
    const changed = asChanged || onFile.length > 0 || others.length > 0;
    this.#keys.put({
      fingerprint,
      modulus: key.modulus,
      exponent: key.exponent,
      address,
      state: changed ? 'changed' : 'known',
      firstSeenAt: same?.firstSeenAt ?? this.#clock.now(),
    });
    if (others.length > 0) this.#alertShared(address, others);
    else if (changed) this.#alertChanged(address);
    this.#announcer.announce('contactChanged', address);
  }

  /**
   * Carries out what the user decided. Accepting or verifying a key retires the others of that address: they would
   * have to be decided upon again.
   *
   * @throws CommandError `no-such-key`
   */
  decide(address: BareJid, fingerprint: string, decision: KeyDecision): void {
    const keys = this.#keys.keysOf(address);
    const chosen = this.#chosen(address, fingerprint);
    const { verifiedAt: _before, ...rest } = chosen;
    if (decision === 'refused') {
      this.#keys.put({ ...rest, state: 'refused' });
    } else {
      for (const other of keys) {
        if (other.fingerprint !== fingerprint && isInUse(other)) this.#keys.put({ ...other, state: 'former' });
      }
      const verified = decision === 'verified' || chosen.state === 'verified';
      this.#keys.put(
        verified
          ? { ...rest, state: 'verified', verifiedAt: chosen.verifiedAt ?? this.#clock.now() }
          : { ...rest, state: 'known' },
      );
    }
    this.#announcer.announce('contactChanged', address);
  }

  /**
   * Gives a name to whoever holds a key, or takes it away.
   *
   * @param petname - Empty: none.
   * @throws CommandError `no-such-key`
   */
  setPetname(address: BareJid, fingerprint: string, petname: string): void {
    const { petname: _before, ...rest } = this.#chosen(address, fingerprint);
    this.#keys.put(petname === '' ? rest : { ...rest, petname });
    this.#announcer.announce('contactChanged', address);
    this.#announcer.announce('conversationChanged', address);
  }

  /** The user does not want to be asked again to compare codes under this key. @throws CommandError `no-such-key` */
  dismissReminder(address: BareJid, fingerprint: string): void {
    this.#keys.put({ ...this.#chosen(address, fingerprint), reminderOff: true });
  }

  /** True for a key that nobody has compared yet, and that the user may be reminded of. */
  wantsComparing(address: BareJid, fingerprint: string): boolean {
    const key = this.#keys.keysOf(address).find((known) => known.fingerprint === fingerprint);
    return key?.state === 'known' && key.reminderOff !== true;
  }

  /**
   * Someone may stand between us and this contact: the spoken codes differ. The key waits for the user's decision,
   * whatever was decided before.
   */
  doubt(address: BareJid, fingerprint: string): void {
    const key = this.#keys.keysOf(address).find((known) => known.fingerprint === fingerprint);
    if (key === undefined || key.state === 'refused') return;
    const { verifiedAt: _before, ...rest } = key;
    this.#keys.put({ ...rest, state: 'changed' });
    const text = `Your codes and those of ${address} differ. Someone may be between you. Nothing is sent until you decide.`;
    this.#announcer.announce('alertRaised', { code: 'key-changed', address, text });
    this.#announcer.announce('contactChanged', address);
  }

  /** Someone would have a session with us without showing its key: an alarm where one is on file. */
  noteMissing(address: BareJid): void {
    if (this.#keys.keysOf(address).length === 0) return;
    const text = `Somebody at ${address} wanted to talk without proving who they are. It was refused.`;
    this.#announcer.announce('alertRaised', { code: 'not-proven', address, text });
  }

  #chosen(address: BareJid, fingerprint: string): ContactKey {
    const key = this.#keys.keysOf(address).find((known) => known.fingerprint === fingerprint);
    if (key === undefined) throw new CommandError('no-such-key', 'There is no such code for this contact.');
    return key;
  }

  #othersWith(address: BareJid, fingerprint: string): readonly BareJid[] {
    return this.#keys.addressesOf(fingerprint).filter((other) => other !== address);
  }

  #alertShared(address: BareJid, others: readonly BareJid[]): void {
    const text = `${address} uses the same safety code as ${others.join(', ')}. One of them may not be who they say.`;
    this.#announcer.announce('alertRaised', { code: 'key-shared', address, text });
  }

  #alertChanged(address: BareJid): void {
    const text = `The safety code of ${address} is not the one on file. Nothing is sent until you decide.`;
    this.#announcer.announce('alertRaised', { code: 'key-changed', address, text });
  }
}

function isInUse(key: ContactKey): boolean {
  return key.state === 'known' || key.state === 'verified';
}
