/** From the Diffie-Hellman secret to the keys of a session (XEP-0116 4.5.2 and 4.5.3, profile 1.3). */
import { utf8, wipe } from '../../../base/bytes.ts';
import { CIPHER_KEY_OCTETS } from '../../../crypto/ctr.ts';
import type { CipherName } from '../../../crypto/ctr.ts';
import { HASH_OCTETS, digest, hmac } from '../../../crypto/hash.ts';
import type { HashAlgorithm } from '../../../crypto/hash.ts';
import { minimalOctets } from '../../../crypto/mpi.ts';

/** Who the keys belong to: in an offline session only the responder, who sends, has any (profile 1.1). */
export type SessionRole = 'initiator' | 'responder';

/** One direction's KC, KM and KS. */
export interface DirectionKeys {
  readonly cipherKey: Uint8Array;
  readonly macKey: Uint8Array;
  readonly sigmaKey: Uint8Array;
}

/**
 * Uses K = HASH(mpi(g^xy mod p)), 3-message and offline. There is no other way to K: it and the power are overwritten
 * when this returns or throws.
 */
export function withSharedSecret<Result>(
  hash: HashAlgorithm,
  power: Uint8Array,
  use: (sharedSecret: Uint8Array) => Result,
): Result {
  const sharedSecret = digest(hash, minimalOctets(power));
  try {
    return use(sharedSecret);
  } finally {
    wipe(power, sharedSecret);
  }
}

/**
 * Derives one direction's session keys from the shared secret. The other direction's are not even computed: an
 * offline session has no use for them (profile 1.1 demands that they be erased).
 *
 * @param sharedSecret - K: as long as the hash's output, leading zero octets kept.
 * @returns `cipherKey` of the cipher's length, the *last* octets of the HMAC output; `macKey` and `sigmaKey` whole.
 * @throws RangeError if K has another length, or the hash is shorter than the cipher's key.
 */
export function deriveDirectionKeys(
  sharedSecret: Uint8Array,
  role: SessionRole,
  hash: HashAlgorithm,
  cipher: CipherName,
): DirectionKeys {
  if (sharedSecret.length !== HASH_OCTETS[hash]) {
    throw new RangeError(`"sharedSecret" expected ${HASH_OCTETS[hash]} octets, got ${sharedSecret.length}`);
  }
  const labels = LABELS[role];
  return {
    cipherKey: deriveCipherKey(sharedSecret, labels.cipherKey, hash, CIPHER_KEY_OCTETS[cipher]),
    macKey: hmac(hash, sharedSecret, labels.macKey),
    sigmaKey: hmac(hash, sharedSecret, labels.sigmaKey),
  };
}

/** Both directions' keys of a live session. */
export interface SessionKeys {
  readonly initiator: DirectionKeys;
  readonly responder: DirectionKeys;
}

/** All six keys of K (profile 1.3); throws as `deriveDirectionKeys` does. */
export function deriveSessionKeys(sharedSecret: Uint8Array, hash: HashAlgorithm, cipher: CipherName): SessionKeys {
  return {
    initiator: deriveDirectionKeys(sharedSecret, 'initiator', hash, cipher),
    responder: deriveDirectionKeys(sharedSecret, 'responder', hash, cipher),
  };
}

export function wipeDirectionKeys(keys: DirectionKeys): void {
  wipe(keys.cipherKey, keys.macKey, keys.sigmaKey);
}

/**
 * K of a 4-message negotiation: HASH(K1 | SRS | OSS). It is hashed even if both are absent.
 *
 * @param provisory - K1; the caller wipes it.
 * @param retained - SRS, the retained secret that both sides have, if there is one.
 * @param other - OSS, the UTF-8 of a password that both know, if there is one.
 */
export function finalSecret(
  hash: HashAlgorithm,
  provisory: Uint8Array,
  retained: Uint8Array | undefined,
  other: Uint8Array | undefined,
): Uint8Array {
  return digest(hash, provisory, retained ?? NOTHING, other ?? NOTHING);
}

/**
 * KC: so many octets from the least significant end of HMAC(HASH, key, label).
 *
 * @throws RangeError if the hash is shorter than that.
 */
export function deriveCipherKey(key: Uint8Array, label: Uint8Array, hash: HashAlgorithm, octets: number): Uint8Array {
  if (octets > HASH_OCTETS[hash]) throw new RangeError(`${hash} is too short for a key of ${octets} octets`);
  const whole = hmac(hash, key, label);
  try {
    return new Uint8Array(whole.subarray(whole.length - octets));
  } finally {
    wipe(whole);
  }
}

const NOTHING = new Uint8Array();

const LABELS: Readonly<Record<SessionRole, DirectionKeys>> = {
  initiator: {
    cipherKey: utf8('Initiator Cipher Key'),
    macKey: utf8('Initiator MAC Key'),
    sigmaKey: utf8('Initiator SIGMA Key'),
  },
  responder: {
    cipherKey: utf8('Responder Cipher Key'),
    macKey: utf8('Responder MAC Key'),
    sigmaKey: utf8('Responder SIGMA Key'),
  },
};
