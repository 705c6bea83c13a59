/**
 * XEP-0200: Stanza Encryption, version 0.2 (2007-05-30).
 * https://xmpp.org/extensions/xep-0200.html
 *
 * Covers live sessions: §6 to §8 in both directions, §9 (re-key exchange, also when both sides start one at once),
 * §10 (publishing old MAC keys) and §11.4. Offline sessions are `xep0200-stanza.ts`. Profile 5 and 8.
 */
import { equalBytes, toBase64, utf8, wipe } from '../../base/bytes.ts';
import { CIPHER_KEY_OCTETS, advanceCounter, applyCtr, blocksFor } from '../../crypto/ctr.ts';
import type { CipherName } from '../../crypto/ctr.ts';
import { hmac, publicHmac } from '../../crypto/hash.ts';
import type { HashAlgorithm } from '../../crypto/hash.ts';
import { drawExponent, isValidPublicValue } from '../../crypto/modp.ts';
import type { ModpEngine } from '../../crypto/modp.ts';
import { minimalOctets } from '../../crypto/mpi.ts';
import type { RandomSource } from '../../crypto/random.ts';
import { serialize } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { ESessionError } from './errors.ts';
import {
  assertUsable,
  liveSessionOf,
  spendLive,
  spendPending,
  withoutOldest,
  withoutOutlived,
} from './live-session.ts';
import type { LiveSession, ReceivingKeys } from './live-session.ts';
import { readProtected, writeProtected } from './protected-content.ts';
import { BLOCK_LIMIT } from './session.ts';
import { isTermination } from './termination.ts';
import { encryptedElement } from './xep0200-element.ts';
import type { EncryptedStanza } from './xep0200-element.ts';
import { deriveCipherKey } from './xep0116/keys.ts';

export { wipeLiveSession } from './live-session.ts';
export type { LiveSession } from './live-session.ts';

/** A re-key of ours, computed and not sent yet. It fits one state of the session. */
export interface PreparedRekey {
  /** P that it was made for. */
  readonly peerPublic: Uint8Array;
  readonly exponent: Uint8Array;
  readonly publicValue: Uint8Array;
  readonly keys: RekeyKeys;
}

interface RekeyKeys {
  readonly initiator: PairOfKeys;
  readonly acceptor: PairOfKeys;
}

interface PairOfKeys {
  readonly cipherKey: Uint8Array;
  readonly macKey: Uint8Array;
}

/** How one stanza is written. */
export interface LiveWriting {
  readonly elapsedMs: number;
  readonly rekey?: PreparedRekey;
  readonly keepOldKeys?: boolean;
}

/** True once enough stanzas have passed since the last re-key by either side. */
export function mayRekey({ sinceRekey, rekeyFrequency }: LiveSession): boolean {
  return sinceRekey >= rekeyFrequency;
}

/** True if the key should not be used any longer (profile 8.3): a re-key is overdue. */
export function mustRekey({ sendBlocks }: LiveSession): boolean {
  return sendBlocks >= REKEY_AFTER_BLOCKS;
}

/** Draws x' and computes the new keys (§9.2). K' is the shared value itself, not its hash. */
export async function prepareRekey(
  session: LiveSession,
  random: RandomSource,
  modp: ModpEngine,
): Promise<PreparedRekey> {
  assertUsable(session);
  const { peerPublic, modp: group, hash, cipher } = session;
  const exponent = drawExponent(group, random);
  const [publicValue, shared] = await Promise.all([
    modp.power(group, exponent),
    modp.power(group, exponent, peerPublic),
  ]);
  return { peerPublic, exponent, publicValue, keys: rekeyKeys(shared, hash, cipher) };
}

/** True while nothing arrived that makes a prepared re-key useless. */
export function fitsRekey(session: LiveSession, rekey: PreparedRekey): boolean {
  return equalBytes(session.peerPublic, rekey.peerPublic);
}

export function wipeRekey({ exponent, keys: { initiator, acceptor } }: PreparedRekey): void {
  wipe(exponent, initiator.cipherKey, initiator.macKey, acceptor.cipherKey, acceptor.macKey);
}

/**
 * Encrypts the next stanza of a live session (§6), with `<new/>`, `<old/>` and, if a re-key is given, `<key/>`: the
 * stanza itself is under the old keys, those after it under the new.
 *
 * @param content - What is protected, padded; undefined for a re-key alone.
 * @param p.elapsedMs - The monotonic clock.
 * @param p.keepOldKeys - Leaves what could be published for a later stanza (R-177 is a MAY).
 * @param p.blockLimit - Lowered in tests.
 * @returns the `<c/>` to send, octet for octet or not at all, and the session for what comes next; this one is spent.
 * @throws ESessionError `exhausted` if the key has too few blocks left, `spent` for a value used before
 * @throws RangeError for a re-key that is too early or does not fit any more
 */
export function encryptLive(
  session: LiveSession,
  content: readonly Element[] | undefined,
  p: LiveWriting & { readonly blockLimit?: number },
): { readonly c: Element; readonly session: LiveSession } {
  const plain = content === undefined ? undefined : writeProtected(content);
  const limit = p.blockLimit ?? BLOCK_LIMIT;
  const kept = content !== undefined && isTermination(content) ? 0 : BLOCKS_KEPT_FOR_TERMINATION;
  if (session.sendBlocks + blocksFor(plain?.length ?? 0) + kept > limit) {
    throw new ESessionError('exhausted', 'the key has too few blocks left');
  }
  return encryptLiveOctets(session, plain, p);
}

/** Encrypts what is serialised and padded already; `encryptLive` is the way to call it. */
export function encryptLiveOctets(
  session: LiveSession,
  plain: Uint8Array | undefined,
  { elapsedMs, rekey, keepOldKeys = false }: LiveWriting,
): { readonly c: Element; readonly session: LiveSession } {
  if (rekey !== undefined && !mayRekey(session)) throw new RangeError('a re-key before its time');
  if (rekey !== undefined && !fitsRekey(session, rekey)) throw new RangeError('a re-key of a former state');
  spendLive(session);
  const { cipher, hash, sendCipherKey, sendMacKey, sendCounter, keysReceived } = session;
  const published = keepOldKeys ? [] : session.oldMacKeys;
  const parts = [
    ...(plain === undefined ? [] : [part('data', applyCtr(cipher, sendCipherKey, sendCounter, plain))]),
    ...(rekey === undefined ? [] : [part('key', minimalOctets(rekey.publicValue))]),
    ...(keysReceived === 0 ? [] : [encryptedElement('new', String(keysReceived))]),
    ...published.map((key) => part('old', key)),
  ];
  const written = utf8(parts.map((el) => serialize(el, NS.encrypted)).join(''));
  const mac = publicHmac(hash, sendMacKey, written, minimalOctets(sendCounter));
  wipe(...published);
  const blocks = blocksFor(plain?.length ?? 0);
  const next: LiveSession = {
    ...session,
    ...{ sendCounter: advanceCounter(sendCounter, blocks), sendBlocks: session.sendBlocks + blocks },
    ...{
      keysReceived: 0,
      oldMacKeys: keepOldKeys ? session.oldMacKeys : [],
      sinceRekey: session.sinceRekey + 1,
      sets: withoutOutlived(session, elapsedMs),
    },
  };
  return {
    c: encryptedElement('c', ...parts, part('mac', mac)),
    session: liveSessionOf(rekey === undefined ? next : afterOwnRekey(next, rekey, elapsedMs)),
  };
}

export type LiveOutcome =
  | { readonly kind: 'opened'; readonly content: readonly Element[]; readonly session: LiveSession }
  /** The MAC holds, but what it covers is no XML: ends the session. */
  | { readonly kind: 'malformed-content'; readonly session: LiveSession }
  /** A copy, or not by the other side at this counter. Nothing was decrypted, the session is as before. */
  | { readonly kind: 'mismatch' };

/**
 * Verifies, then decrypts, then parses the next stanza of the other side (§8). `<new/>` selects the set of keys; older
 * sets are erased only when the MAC holds, so that a forged stanza destroys nothing (profile 8.3).
 *
 * @returns if the next session has a `pendingKey`, call `acceptRekey` before anything else.
 * @throws ESessionError `spent` for a value used before
 */
export function openLive(session: LiveSession, c: EncryptedStanza, elapsedMs: number): LiveOutcome {
  assertUsable(session);
  const outlived = withoutOutlived(session, elapsedMs);
  const count = c.newKeys ?? 0;
  const set = outlived[count];
  if (set === undefined || set.isGone === true) return { kind: 'mismatch' };
  const { receiveCounter, cipher, hash } = session;
  const mac = publicHmac(hash, set.macKey, c.content, minimalOctets(receiveCounter));
  if (!equalBytes(mac, c.mac)) return { kind: 'mismatch' };
  spendLive(session);
  const plain = c.data === undefined ? undefined : applyCtr(cipher, set.cipherKey, receiveCounter, c.data);
  const { sets, published } = withoutOldest(outlived, count);
  const next = liveSessionOf({
    ...session,
    ...{ sets, receiveCounter: advanceCounter(receiveCounter, blocksFor(plain?.length ?? 0)) },
    ...{ oldMacKeys: [...session.oldMacKeys, ...published].slice(0, MAX_OLD), sinceRekey: session.sinceRekey + 1 },
    ...(c.key === undefined ? {} : { pendingKey: c.key }),
  });
  const content = plain === undefined ? [] : readProtected(plain);
  return content === undefined
    ? { kind: 'malformed-content', session: next }
    : { kind: 'opened', content, session: next };
}

/**
 * Applies the re-key of the stanza that was just opened (§9.3): Z' from e' and the exponent of the oldest set; the new
 * receiving keys in **all** sets; and, with exactly one set, new sending keys too.
 *
 * @returns the session under the new keys; undefined if the value is invalid, which ends the session.
 * @throws TypeError if no re-key waits
 */
export async function acceptRekey(session: LiveSession, modp: ModpEngine): Promise<LiveSession | undefined> {
  const { pendingKey, modp: group, hash, cipher } = session;
  if (pendingKey === undefined) throw new TypeError('no re-key waits');
  spendPending(session);
  const [oldest] = session.sets;
  if (oldest === undefined || !isValidPublicValue(group, pendingKey)) return undefined;
  const { initiator, acceptor } = rekeyKeys(await modp.power(group, oldest.exponent, pendingKey), hash, cipher);
  for (const { cipherKey, macKey } of session.sets) wipe(cipherKey, macKey);
  const { pendingKey: _used, ...rest } = session;
  const next = {
    ...rest,
    sets: session.sets.map((set): ReceivingKeys => ({ ...set, ...initiator })),
    ...{ peerPublic: pendingKey, keysReceived: session.keysReceived + 1, sinceRekey: 0 },
  };
  if (next.sets.length > 1) {
    wipe(acceptor.cipherKey, acceptor.macKey);
    return liveSessionOf(next);
  }
  wipe(session.sendCipherKey, session.sendMacKey);
  const { cipherKey: sendCipherKey, macKey: sendMacKey } = acceptor;
  return liveSessionOf({ ...next, sendCipherKey, sendMacKey, sendBlocks: 0 });
}

/** §9.2: the sending keys become the initiator's, the old KC is gone, and a set waits for the other side's answer. */
function afterOwnRekey(session: LiveSession, { keys, exponent }: PreparedRekey, elapsedMs: number): LiveSession {
  wipe(session.sendCipherKey);
  const formerSendMacKey = session.sendMacKey;
  return {
    ...session,
    ...{ sendCipherKey: keys.initiator.cipherKey, sendMacKey: keys.initiator.macKey, sendBlocks: 0, sinceRekey: 0 },
    sets: [...session.sets, { ...keys.acceptor, exponent, madeAtMs: elapsedMs, formerSendMacKey }],
  };
}

/** Half of what may be sent under one key (profile 8.3). */
const REKEY_AFTER_BLOCKS = 2 ** 31;
const BLOCKS_KEPT_FOR_TERMINATION = 32;
/** KM values that wait to be published; what is more is dropped, since publishing is only for deniability. */
const MAX_OLD = 16;

/** The *initiator* of a re-key is whoever sends the `<key/>`. The shared value is erased. */
function rekeyKeys(shared: Uint8Array, hash: HashAlgorithm, cipher: CipherName): RekeyKeys {
  const octets = CIPHER_KEY_OCTETS[cipher];
  try {
    return {
      initiator: {
        cipherKey: deriveCipherKey(shared, LABELS.initiatorCipher, hash, octets),
        macKey: hmac(hash, shared, LABELS.initiatorMac),
      },
      acceptor: {
        cipherKey: deriveCipherKey(shared, LABELS.acceptorCipher, hash, octets),
        macKey: hmac(hash, shared, LABELS.acceptorMac),
      },
    };
  } finally {
    wipe(shared);
  }
}

const LABELS = {
  initiatorCipher: utf8('Rekey Initiator Crypt'),
  initiatorMac: utf8('Rekey Initiator MAC'),
  acceptorCipher: utf8('Rekey Acceptor Crypt'),
  acceptorMac: utf8('Rekey Acceptor MAC'),
};

function part(name: string, octets: Uint8Array): Element {
  return encryptedElement(name, toBase64(octets));
}
