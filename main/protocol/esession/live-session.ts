/**
 * A live ESession: both directions, and what re-keying needs (XEP-0200 §9, profile 8.1). A value for one use, in memory
 * only: whatever is done with it gives the next one and spends this one, so no counter can serve twice (S-032, R-280).
 */
import { equalBytes, wipe } from '../../base/bytes.ts';
import type { CipherName } from '../../crypto/ctr.ts';
import type { HashAlgorithm } from '../../crypto/hash.ts';
import type { ModpGroup } from '../../crypto/modp.ts';
import { ESessionError } from './errors.ts';
import type { SessionRole } from './xep0116/keys.ts';

/** {KC_r, KM_r, own private exponent} of one re-key of ours that the other side may not have seen yet. */
export interface ReceivingKeys {
  readonly cipherKey: Uint8Array;
  readonly macKey: Uint8Array;
  readonly exponent: Uint8Array;
  /** On the monotonic clock. */
  readonly madeAtMs: number;
  /** KM_s that this re-key put out of use; published once the other side has it. */
  readonly formerSendMacKey?: Uint8Array;
  /** A minute has passed since a newer set was made: its keys are erased, its place is still counted. */
  readonly isGone?: boolean;
}

export interface LiveSession {
  readonly role: SessionRole;
  readonly modp: ModpGroup;
  readonly cipher: CipherName;
  readonly hash: HashAlgorithm;
  /** The least number of stanzas, of both directions together, between two re-keys. */
  readonly rekeyFrequency: number;
  readonly sendCipherKey: Uint8Array;
  readonly sendMacKey: Uint8Array;
  readonly sendCounter: Uint8Array;
  /** Blocks sent under the present key. */
  readonly sendBlocks: number;
  readonly receiveCounter: Uint8Array;
  /** Oldest first; never empty. */
  readonly sets: readonly ReceivingKeys[];
  /** P: the other side's newest public value. */
  readonly peerPublic: Uint8Array;
  /** `<key/>` stanzas received since our last stanza: what `<new/>` says. */
  readonly keysReceived: number;
  /** Stanzas of both directions since the last re-key by either side. */
  readonly sinceRekey: number;
  /** KM values that the next stanza publishes. */
  readonly oldMacKeys: readonly Uint8Array[];
  /** e' of a stanza just opened: nothing else can be done before `acceptRekey`. */
  readonly pendingKey?: Uint8Array;
}

/** How long old sets are kept (profile 8.3): more than a round trip and a slow computer take. */
const OLD_SET_MS = 60_000;

/** Makes a session value that prints, and serialises, as the name of its type. */
export function liveSessionOf(fields: LiveSession): LiveSession {
  const describe = { value: () => 'LiveSession', enumerable: false };
  return Object.defineProperties(fields, {
    toString: describe,
    [Symbol.for('nodejs.util.inspect.custom')]: describe,
    toJSON: describe,
  });
}

/**
 * Marks a session value as used.
 *
 * @throws ESessionError `spent` if it was used before or wiped
 * @throws TypeError while a re-key of the other side waits for `acceptRekey`
 */
export function spendLive(session: LiveSession): void {
  assertUsable(session);
  if (session.pendingKey !== undefined) throw new TypeError('a re-key must be accepted first');
  spent.add(session);
}

/** @throws ESessionError `spent` if the value was used before or wiped */
export function assertUsable(session: LiveSession): void {
  if (spent.has(session)) throw new ESessionError('spent', 'the session value was used before');
}

/** Takes the one value that may follow a pending one; used by `acceptRekey` alone. */
export function spendPending(session: LiveSession): void {
  assertUsable(session);
  spent.add(session);
}

/** Erases every key of the session, and of the values before it, which share them. */
export function wipeLiveSession(session: LiveSession): void {
  spent.add(session);
  wipe(session.sendCipherKey, session.sendMacKey, session.sendCounter, session.receiveCounter, ...session.oldMacKeys);
  for (const set of session.sets) wipe(set.cipherKey, set.macKey, set.exponent, set.formerSendMacKey);
}

/** Erases the keys of sets that a newer one has outlived by a minute. */
export function withoutOutlived(session: LiveSession, elapsedMs: number): readonly ReceivingKeys[] {
  const { sets } = session;
  if (sets.length === 1) return sets;
  return sets.map((set, at) => {
    const next = sets[at + 1];
    if (set.isGone === true || next === undefined || elapsedMs - next.madeAtMs < OLD_SET_MS) return set;
    wipe(set.exponent);
    // Sets share their receiving keys after a re-key by the other side.
    if (!sets.some((other) => other !== set && other.cipherKey === set.cipherKey)) wipe(set.cipherKey, set.macKey);
    return { ...set, isGone: true };
  });
}

/** The sets after the n oldest, those erased, and the KM values that may be published now. */
export function withoutOldest(
  sets: readonly ReceivingKeys[],
  count: number,
): { readonly sets: readonly ReceivingKeys[]; readonly published: readonly Uint8Array[] } {
  if (count === 0) return { sets, published: [] };
  const [removed, kept] = [sets.slice(0, count), sets.slice(count)];
  const published: Uint8Array[] = [];
  for (const set of removed) {
    wipe(set.exponent);
    const isShared = kept.some((other) => other.macKey === set.macKey);
    if (!isShared) wipe(set.cipherKey);
    // What was erased unread is zeros: not a key that anybody used.
    const isNew = !isShared && set.isGone !== true && !published.some((one) => equalBytes(one, set.macKey));
    if (isNew) published.push(set.macKey);
  }
  // The other side has every re-key up to the oldest set kept, and so all that was sent before it.
  const reached = [...removed, ...kept.slice(0, 1)];
  for (const { formerSendMacKey } of reached) if (formerSendMacKey !== undefined) published.unshift(formerSendMacKey);
  const [oldest, ...newer] = kept;
  if (oldest === undefined) throw new RangeError('more re-keys confirmed than made');
  const { formerSendMacKey: _published, ...rest } = oldest;
  return { sets: [rest, ...newer], published };
}

const spent = new WeakSet<LiveSession>();
