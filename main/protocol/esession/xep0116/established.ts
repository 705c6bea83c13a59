/** What both sides have at the end of an online negotiation (XEP-0116 §4.8), and what both compute on the way. */
import { wipe } from '../../../base/bytes.ts';
import { advanceCounter, blocksFor } from '../../../crypto/ctr.ts';
import type { PublicKey } from '../../../crypto/signature.ts';
import type { LiveSession } from '../live-session.ts';
import { liveSessionOf } from '../live-session.ts';
import type { KeyJudgement } from './identity-proof.ts';
import type { IdentityCipher } from './identity.ts';
import type { DirectionKeys, SessionKeys, SessionRole } from './keys.ts';
import type { Chosen } from './options.ts';
import { newRetainedSecret } from './retained-secrets.ts';
import type { RetainedSecret } from './retained-secrets.ts';

export interface Established {
  readonly kind: 'established';
  readonly session: LiveSession;
  readonly chosen: Chosen;
  /** Absent if the other side proved no key. */
  readonly peerKey?: PublicKey;
  /** `changed`: the text is decrypted and held aside. */
  readonly keyJudgement: Exclude<KeyJudgement, 'refused'>;
  /** The spoken code; 4-message only. */
  readonly sas?: string;
  /** The new retained secret, to be stored sealed, and the one it replaces once its successor is proven (H-9). */
  readonly retained?: { readonly secret: Uint8Array; readonly former?: RetainedSecret };
  /** The session ends with the stanza that completed it. */
  readonly terminate: boolean;
}

/** One side of the exchange when everything is verified. */
export interface EndOfExchange {
  readonly role: SessionRole;
  readonly chosen: Chosen;
  readonly rekeyFrequency: number;
  readonly keys: SessionKeys;
  readonly sendCounter: Uint8Array;
  readonly sendBlocks: number;
  readonly receiveCounter: Uint8Array;
  /** x or y: kept by the session for re-keying. */
  readonly exponent: Uint8Array;
  readonly peerPublic: Uint8Array;
}

/** The session; KS of both directions has served and is erased. */
export function sessionFrom(end: EndOfExchange): LiveSession {
  const { role, keys, chosen } = end;
  wipe(keys.initiator.sigmaKey, keys.responder.sigmaKey);
  const [send, receive] = role === 'initiator' ? [keys.initiator, keys.responder] : [keys.responder, keys.initiator];
  return liveSessionOf({
    role,
    modp: chosen.modp,
    cipher: chosen.cipher,
    hash: chosen.hash,
    rekeyFrequency: end.rekeyFrequency,
    sendCipherKey: send.cipherKey,
    sendMacKey: send.macKey,
    sendCounter: end.sendCounter,
    sendBlocks: end.sendBlocks,
    receiveCounter: end.receiveCounter,
    sets: [{ cipherKey: receive.cipherKey, macKey: receive.macKey, exponent: end.exponent, madeAtMs: 0 }],
    peerPublic: end.peerPublic,
    keysReceived: 0,
    sinceRekey: 0,
    oldMacKeys: [],
  });
}

/** The moment before an identity of that direction is hidden or revealed. */
export function cipherAt({ cipher, hash }: Chosen, keys: DirectionKeys, counter: Uint8Array): IdentityCipher {
  return { cipher, hash, keys, counter };
}

/** Where a counter stands after an identity of that many octets. */
export function afterIdentity(counter: Uint8Array, hiddenIdentity: Uint8Array): Uint8Array {
  return advanceCounter(counter, blocksFor(hiddenIdentity.length));
}

/** What is kept for the next negotiation; K itself is erased by whoever made it. */
export function retainedFrom(
  finalSecret: Uint8Array,
  { hash }: Chosen,
  former: RetainedSecret | undefined,
): NonNullable<Established['retained']> {
  return { secret: newRetainedSecret(finalSecret, hash), ...(former === undefined ? {} : { former }) };
}
