/**
 * `sign_algs`: RSASSA-PKCS1-v1_5 with SHA-256, by the platform alone, which rebuilds the one expected encoding and
 * compares (S-024). Key objects are kept: parsing a key costs more than using it.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { equalBytes } from '../base/bytes.ts';
import { CryptoError } from './crypto-error.ts';
import { bitLength, minimalOctets } from './mpi.ts';
import { plainOctets } from './octets.ts';

/** An RSA public key: minimal big-endian octets of both integers. */
export interface PublicKey {
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

/** A private key in use. It signs and tells its public half; printing it gives the name of its type. */
export interface SigningKey {
  readonly publicKey: PublicKey;
  /** The signature over the message (not over its hash), exactly as long as the modulus. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * A new key of our own: RSA with 3072 bits and exponent 65537, made off the main thread (S-061).
 *
 * @returns PKCS#8 in DER, which the caller seals and wipes.
 */
export function generateSigningKey(): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const options = { modulusLength: OWN_MODULUS_BITS, publicExponent: 65537 };
    generateKeyPair('rsa', options, (error, _, privateKey) => {
      if (error instanceof Error) reject(error);
      else resolve(plainOctets(privateKey.export({ type: 'pkcs8', format: 'der' })));
    });
  });
}

/**
 * Reads a private key and proves it: it must sign what its public half verifies.
 *
 * @param pkcs8 - DER; may be wiped afterwards.
 * @throws CryptoError `bad-key` for anything but a sound RSA key inside profile 9.
 */
export function importSigningKey(pkcs8: Uint8Array): SigningKey {
  try {
    const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    const key = new PlatformSigningKey(privateKey);
    if (verifySignature(key.publicKey, PROBE, key.sign(PROBE))) return key;
  } catch (error) {
    throw new CryptoError('bad-key', 'no usable RSA private key', { cause: error });
  }
  throw new CryptoError('bad-key', 'an RSA private key outside the policy, or damaged');
}

/**
 * True if the signature is by that key over that message.
 *
 * A signature shorter than the modulus is padded on the left, because older text calls it an integer; a longer one is
 * refused (profile 2.6). A key that is not acceptable verifies nothing.
 */
export function verifySignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isAcceptableKey(key) || signature.length > key.modulus.length) return false;
  const padded = new Uint8Array(key.modulus.length);
  padded.set(signature, padded.length - signature.length);
  try {
    return verify('sha256', message, keyObjectOf(key), padded);
  } catch {
    // Whatever number the platform takes for no modulus, no signature by it is good.
    return false;
  }
}

/** Profile 9 and S-012: a modulus of 2048 to 8192 bits, odd, and the exponent 65537 exactly. */
export function isAcceptableKey(key: PublicKey): boolean {
  if (!equalBytes(key.exponent, EXPONENT)) return false;
  const { modulus } = key;
  if (modulus.length === 0 || modulus[0] === 0 || ((modulus.at(-1) ?? 0) & 1) === 0) return false;
  const bits = bitLength(modulus);
  return bits >= MIN_MODULUS_BITS && bits <= MAX_MODULUS_BITS;
}

const OWN_MODULUS_BITS = 3072;
const MIN_MODULUS_BITS = 2048;
const MAX_MODULUS_BITS = 8192;

const EXPONENT = Uint8Array.of(1, 0, 1);
const PROBE = new TextEncoder().encode('a key that signs this and verifies it is whole');

class PlatformSigningKey implements SigningKey {
  readonly publicKey: PublicKey;
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    const { n, e } = createPublicKey(key).export({ format: 'jwk' });
    if (key.asymmetricKeyType !== 'rsa' || n === undefined || e === undefined) throw new TypeError('no RSA key');
    this.publicKey = { modulus: fromBase64Url(n), exponent: fromBase64Url(e) };
    this.#key = key;
  }

  sign(message: Uint8Array): Uint8Array {
    return plainOctets(sign('sha256', message, this.#key));
  }

  toString(): string {
    return 'SigningKey';
  }

  toJSON(): string {
    return 'SigningKey';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return 'SigningKey';
  }
}

function fromBase64Url(text: string): Uint8Array {
  return minimalOctets(new Uint8Array(Buffer.from(text, 'base64url')));
}

/** Public keys in the platform's form, the least recently used dropped first. */
const keyObjects = new Map<string, KeyObject>();
const MAX_KEY_OBJECTS = 64;

function keyObjectOf({ modulus, exponent }: PublicKey): KeyObject {
  const n = Buffer.from(modulus).toString('base64url');
  // An acceptable key has the one exponent, so the modulus names it.
  const known = keyObjects.get(n);
  const object = known ?? importPublicKey(n, Buffer.from(exponent).toString('base64url'));
  keyObjects.delete(n);
  keyObjects.set(n, object);
  const [oldest] = keyObjects.keys();
  if (keyObjects.size > MAX_KEY_OBJECTS && oldest !== undefined) keyObjects.delete(oldest);
  return object;
}

function importPublicKey(n: string, e: string): KeyObject {
  return createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
}
