/** Authenticated encryption for data at rest: AES-256-GCM, with a random nonce in front and the tag behind. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concatBytes } from '../base/bytes.ts';
import { plainOctets } from './octets.ts';
import type { PreparedKey } from './prepared-key.ts';
import type { RandomSource } from './random.ts';

export const AEAD_KEY_OCTETS = 32;

/**
 * Encrypts and authenticates.
 *
 * @param key - 32 octets. With random nonces one key serves at most 2^32 calls.
 * @param associated - Bound to the result and needed to open it; not part of it.
 * @returns nonce | ciphertext | tag
 */
export function seal(
  key: Uint8Array | PreparedKey,
  plain: Uint8Array,
  associated: Uint8Array,
  random: RandomSource,
): Uint8Array {
  assertKey(key);
  const nonce = random.bytes(NONCE_OCTETS);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated);
  const ciphertext = cipher.update(plain);
  cipher.final();
  return concatBytes(nonce, ciphertext, cipher.getAuthTag());
}

/**
 * Undoes `seal`.
 *
 * @returns undefined if anything was changed: the sealed octets, the associated ones, or the key.
 */
export function open(
  key: Uint8Array | PreparedKey,
  sealed: Uint8Array,
  associated: Uint8Array,
): Uint8Array | undefined {
  assertKey(key);
  if (sealed.length < NONCE_OCTETS + TAG_OCTETS) return undefined;
  const end = sealed.length - TAG_OCTETS;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_OCTETS), {
    authTagLength: TAG_OCTETS,
  });
  decipher.setAAD(associated).setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(NONCE_OCTETS, end));
  try {
    decipher.final();
    return plainOctets(plain);
  } catch {
    plain.fill(0);
    return undefined;
  }
}

const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;

function assertKey(key: Uint8Array | PreparedKey): void {
  const octets = key instanceof Uint8Array ? key.length : (key.symmetricKeySize ?? 0);
  if (octets !== AEAD_KEY_OCTETS) throw new RangeError(`"key" expected 32 octets, got ${octets}`);
}
