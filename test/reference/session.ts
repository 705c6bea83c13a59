/**
 * One offline session from its private values (profile 1.3 to 2.6 and 5). Of the platform it takes SHA-256 and single
 * AES blocks; HMAC, counter mode and everything above are spelled out. Another hash is a parameter (`whirlpool.ts`).
 */
import { createCipheriv, createHash } from 'node:crypto';
import { numberOf, octetsOf, power } from './integers.ts';

export interface ReferenceKeys {
  readonly K: Uint8Array;
  readonly KC: Uint8Array;
  readonly KM: Uint8Array;
  readonly KS: Uint8Array;
}

/** HASH over the parts; every hash here has blocks of 64 octets. */
export type ReferenceHash = (...parts: readonly Uint8Array[]) => Uint8Array;

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest());
}

/** RFC 2104 with SHA-256. */
export function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmacWith(sha256, key, ...parts);
}

/** RFC 2104. */
export function hmacWith(hash: ReferenceHash, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const padded = new Uint8Array(64);
  padded.set(key.length > 64 ? hash(key) : key);
  const inner = hash(
    padded.map((octet) => octet ^ 0x36),
    ...parts,
  );
  return hash(
    padded.map((octet) => octet ^ 0x5c),
    inner,
  );
}

/** The keys of one role, from one's own exponent and the other's public value. */
export function keysOf(
  role: 'Initiator' | 'Responder',
  ownExponent: bigint,
  otherPublic: bigint,
  prime: bigint,
  cipherKeyOctets: number,
  hash: ReferenceHash = sha256,
): ReferenceKeys {
  const Z = power(otherPublic, ownExponent, prime);
  const K = hash(octetsOf(Z));
  const keyOf = (label: string): Uint8Array => hmacWith(hash, K, ascii(`${role} ${label} Key`));
  return { K, KC: keyOf('Cipher').slice(-cipherKeyOctets), KM: keyOf('MAC'), KS: keyOf('SIGMA') };
}

/** Counter mode, block by block. */
export function counterMode(key: Uint8Array, counter: bigint, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length);
  for (let start = 0, block = counter; start < data.length; start += 16, block = (block + 1n) % 2n ** 128n) {
    const stream = aesBlock(key, fixed(block));
    for (let i = start; i < Math.min(start + 16, data.length); i += 1)
      out[i] = (data[i] ?? 0) ^ (stream[i - start] ?? 0);
  }
  return out;
}

export function advance(counter: bigint, octets: number): bigint {
  return (counter + BigInt(Math.max(1, Math.ceil(octets / 16)))) % 2n ** 128n;
}

/** C_A XOR 2^127. */
export function otherHalf(counter: bigint): bigint {
  return counter ^ (2n ** 127n);
}

/** mac_B of the 3-message exchange. */
export function identityMac(
  KS: Uint8Array,
  N_A: Uint8Array,
  N_B: Uint8Array,
  d: bigint,
  pubKey: string,
  formB: string,
): Uint8Array {
  return hmac(KS, N_A, N_B, octetsOf(d), utf8(pubKey), utf8(formB));
}

/** M_B: counter first. */
export function hiddenIdentityMac(
  KM: Uint8Array,
  counter: bigint,
  ID: Uint8Array,
  hash: ReferenceHash = sha256,
): Uint8Array {
  return hmacWith(hash, KM, octetsOf(counter), ID);
}

/** a_mac: counter last. */
export function stanzaMac(KM: Uint8Array, mContent: string, counter: bigint, hash: ReferenceHash = sha256): Uint8Array {
  return hmacWith(hash, KM, utf8(mContent), octetsOf(counter));
}

export function counterOf(octets: Uint8Array): bigint {
  return numberOf(octets);
}

function aesBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null);
  return new Uint8Array(cipher.update(block));
}

function fixed(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(32, '0'), 'hex'));
}

function ascii(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'ascii'));
}

function utf8(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}
