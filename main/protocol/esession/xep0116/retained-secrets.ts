/**
 * Secrets that two clients keep from one negotiation for the next (XEP-0116 §4.6.4, §4.7.3, §4.7.4; profile 7.2, 7.3).
 * Which of them exist, and for how long, is the services' matter.
 */
import { equalBytes, utf8 } from '../../../base/bytes.ts';
import { HASH_OCTETS, hmac } from '../../../crypto/hash.ts';
import type { HashAlgorithm } from '../../../crypto/hash.ts';
import type { RandomSource } from '../../../crypto/random.ts';

/** A secret of a former negotiation; `id` is the store's. */
export interface RetainedSecret {
  readonly id: string;
  readonly secret: Uint8Array;
}

/**
 * What the initiator says of its secrets: an HMAC for each, hidden among random values and in random order, so that
 * nobody learns whether there is one.
 *
 * @param initiatorNonce - N_A
 * @throws RangeError for more secrets than a form may hold (profile 2.8).
 */
export function retainedSecretHashes(
  secrets: readonly RetainedSecret[],
  initiatorNonce: Uint8Array,
  hash: HashAlgorithm,
  random: RandomSource,
): readonly Uint8Array[] {
  if (secrets.length > MOST_SECRETS) throw new RangeError('more retained secrets than a form holds');
  const hashes = secrets.map(({ secret }) => hmac(hash, initiatorNonce, secret));
  for (let count = 0; count < RANDOM_VALUES; count += 1) hashes.push(random.bytes(HASH_OCTETS[hash]));
  return shuffled(hashes, random);
}

/** SRS as the responder finds it: the first of its own secrets that the initiator has as well. */
export function findOfferedSecret(
  secrets: readonly RetainedSecret[],
  initiatorNonce: Uint8Array,
  offered: readonly Uint8Array[],
  hash: HashAlgorithm,
): RetainedSecret | undefined {
  return secrets.find(({ secret }) => {
    const own = hmac(hash, initiatorNonce, secret);
    return offered.some((value) => equalBytes(value, own));
  });
}

/** `srshash`: names SRS to the initiator, or nothing, in a way nobody else can tell apart. */
export function sharedSecretHash(
  shared: RetainedSecret | undefined,
  hash: HashAlgorithm,
  random: RandomSource,
): Uint8Array {
  return shared === undefined ? random.bytes(HASH_OCTETS[hash]) : hmac(hash, shared.secret, SHARED_LABEL);
}

/** SRS as the initiator finds it. */
export function findSharedSecret(
  secrets: readonly RetainedSecret[],
  srshash: Uint8Array,
  hash: HashAlgorithm,
): RetainedSecret | undefined {
  return secrets.find(({ secret }) => equalBytes(hmac(hash, secret, SHARED_LABEL), srshash));
}

/** The secret that takes the place of SRS, from the final K. */
export function newRetainedSecret(finalSecret: Uint8Array, hash: HashAlgorithm): Uint8Array {
  return hmac(hash, finalSecret, NEW_LABEL);
}

const RANDOM_VALUES = 3;
/** With the random values, 32 (profile 2.8). */
export const MOST_SECRETS = 32 - RANDOM_VALUES;
const SHARED_LABEL = utf8('Shared Retained Secret');
const NEW_LABEL = utf8('New Retained Secret');

/** Fisher and Yates; the octets' small bias hides nothing less well. */
function shuffled(values: readonly Uint8Array[], random: RandomSource): readonly Uint8Array[] {
  const mixed = [...values];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const at = (random.bytes(1)[0] ?? 0) % (last + 1);
    const [one, other] = [mixed[last], mixed[at]];
    if (one !== undefined && other !== undefined) [mixed[at], mixed[last]] = [one, other];
  }
  return mixed;
}
