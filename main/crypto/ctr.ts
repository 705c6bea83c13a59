/**
 * Counter mode for `crypt_algs` (XEP-0116 4.5.4, profile 2.4): NIST SP 800-38A with an explicit 128-bit big-endian
 * counter. The first block uses the counter itself; a partial block counts as one and its rest is thrown away.
 */
import { createCipheriv } from 'node:crypto';
import { plainOctets } from './octets.ts';
import { prepareKey } from './prepared-key.ts';
import type { RandomSource } from './random.ts';

/** The `crypt_algs` options this program computes. */
export type CipherName = 'aes256-ctr' | 'aes192-ctr' | 'aes128-ctr';

/** Octets of the cipher's key. */
export const CIPHER_KEY_OCTETS: Readonly<Record<CipherName, number>> = {
  'aes256-ctr': 32,
  'aes192-ctr': 24,
  'aes128-ctr': 16,
};

export const COUNTER_OCTETS = 16;

/**
 * CIPHER(KC, C, data); the same call decrypts.
 *
 * @param counter - 16 octets: the first counter block.
 */
export function applyCtr(cipher: CipherName, key: Uint8Array, counter: Uint8Array, data: Uint8Array): Uint8Array {
  // Prepared for this one call: given octets, the platform takes four times as long. Counter mode has nothing left to
  // say at the end: `final` would return no octets.
  return plainOctets(createCipheriv(PLATFORM_NAMES[cipher], prepareKey(key), counter).update(data));
}

/** Blocks a message of that many octets takes: one per block or part of one, and one for no data. */
export function blocksFor(octets: number): number {
  return Math.max(1, Math.ceil(octets / BLOCK_OCTETS));
}

/** C + blocks mod 2^128, in a new array. */
export function advanceCounter(counter: Uint8Array, blocks: number): Uint8Array {
  const next = new Uint8Array(counter);
  let carry = blocks;
  for (let i = next.length - 1; i >= 0 && carry > 0; i -= 1) {
    const sum = (next[i] ?? 0) + carry;
    next[i] = sum % 256;
    carry = Math.floor(sum / 256);
  }
  return next;
}

/** C XOR 2^127: the other direction's first counter (XEP-0116 4.5.1, R-078). */
export function xorHalf(counter: Uint8Array): Uint8Array {
  const other = new Uint8Array(counter);
  other[0] = (other[0] ?? 0) ^ 0x80;
  return other;
}

/**
 * A fresh C_A. Its top octet is neither 0x00 nor 0x80 (R-256, S-003): then minimal and padded counters are the same
 * octets in both directions, and software that reads the rule either way agrees with us.
 */
export function drawCounter(random: RandomSource): Uint8Array {
  for (;;) {
    const counter = random.bytes(COUNTER_OCTETS);
    if (((counter[0] ?? 0) & 0x7f) !== 0) return counter;
  }
}

const BLOCK_OCTETS = 16;

const PLATFORM_NAMES: Readonly<Record<CipherName, string>> = {
  'aes256-ctr': 'aes-256-ctr',
  'aes192-ctr': 'aes-192-ctr',
  'aes128-ctr': 'aes-128-ctr',
};
