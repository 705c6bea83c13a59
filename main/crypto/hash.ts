import { createHash, hash as hashAtOnce } from 'node:crypto';
import { wipe } from '../base/bytes.ts';
import { plainOctets } from './octets.ts';
import { whirlpool, whirlpoolAfter } from './whirlpool.ts';

/**
 * The `hash_algs` options this program computes (profile 9): sha256 is mandatory, md5 and sha1 are never used; whirlpool
 * is there once it was loaded (`whirlpool.ts`) and its known answers were right.
 */
export type HashAlgorithm = 'sha256' | 'whirlpool';

/** Octets of the hash's output, and so of K, KM, KS and every MAC. */
export const HASH_OCTETS: Readonly<Record<HashAlgorithm, number>> = { sha256: 32, whirlpool: 64 };

/** Lengths that a MAC can have, as long as it is not known which hash made it. */
export const MAC_LENGTHS: ReadonlySet<number> = new Set(Object.values(HASH_OCTETS));

/** HASH over the parts, joined with nothing in between. */
export function digest(algorithm: HashAlgorithm, ...parts: readonly Uint8Array[]): Uint8Array {
  return hashOf(algorithm, parts);
}

/** HMAC (RFC 2104) over the parts, joined with nothing in between (profile 2.5). */
export function hmac(algorithm: HashAlgorithm, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  // Spelled out, because the platform's takes three times as long over octets and keeps a copy of them.
  const [innerPad, outerPad] = [pad(algorithm, key, INNER), pad(algorithm, key, OUTER)];
  try {
    return digest(algorithm, outerPad, digest(algorithm, innerPad, ...parts));
  } finally {
    wipe(innerPad, outerPad);
  }
}

/**
 * The octets that `hmac` gives, in a third of its time: by way of a text, which cannot be wiped. For what is no secret,
 * a MAC that travels or a look-up tag; never for a key.
 */
export function publicHmac(algorithm: HashAlgorithm, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const pads = hmacPads(algorithm, key);
  try {
    return publicHmacWith(algorithm, pads, ...parts);
  } finally {
    wipe(pads.inner, pads.outer);
  }
}

/** What HMAC makes of a key, for one that is used often. As secret as the key: the caller wipes both. */
export interface HmacPads {
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

export function hmacPads(algorithm: HashAlgorithm, key: Uint8Array): HmacPads {
  return { inner: pad(algorithm, key, INNER), outer: pad(algorithm, key, OUTER) };
}

/** As `publicHmac`. */
export function publicHmacWith(algorithm: HashAlgorithm, pads: HmacPads, ...parts: readonly Uint8Array[]): Uint8Array {
  const inner = joined(pads.inner, parts);
  const outer = joined(pads.outer, [hashOfAll(algorithm, inner)]);
  try {
    return hashOfAll(algorithm, outer);
  } finally {
    wipe(inner, outer);
  }
}

/** SHA-256, where the profile fixes it whatever was negotiated: fingerprints, digests of stanzas. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only, ...others] = parts;
  return only === undefined || others.length > 0 ? hashOf('sha256', parts) : hashOfAll('sha256', only);
}

/** SHA-1, for entity capabilities (XEP-0115) alone: the protocol names it, and nothing secret rests on it. */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return hashOf('sha1', parts);
}

/**
 * HMAC over one long prefix and many short endings (the forward search of profile 6.3): what is computed once is kept,
 * so each ending costs two blocks of the hash.
 *
 * @returns a function from an ending to the MAC. The key's pads live inside it until it is dropped.
 */
export function hmacWithPrefix(
  algorithm: HashAlgorithm,
  key: Uint8Array,
  prefix: Uint8Array,
): (ending: Uint8Array) => Uint8Array {
  const inner = digestAfter(algorithm, pad(algorithm, key, INNER), prefix);
  const outer = digestAfter(algorithm, pad(algorithm, key, OUTER));
  return (ending) => outer(inner(ending));
}

const INNER = 0x36;
const OUTER = 0x5c;
const BLOCK_OCTETS: Readonly<Record<HashAlgorithm, number>> = { sha256: 64, whirlpool: 64 };

function pad(algorithm: HashAlgorithm, key: Uint8Array, filler: number): Uint8Array {
  const block = new Uint8Array(BLOCK_OCTETS[algorithm]).fill(filler);
  const short = key.length > block.length ? digest(algorithm, key) : key;
  for (let i = 0; i < short.length; i += 1) block[i] = (short[i] ?? 0) ^ filler;
  return block;
}

function hashOf(name: HashAlgorithm | 'sha1', parts: readonly Uint8Array[]): Uint8Array {
  if (name === 'whirlpool') return whirlpool(parts);
  const hash = createHash(name);
  for (const part of parts) hash.update(part);
  return plainOctets(hash.digest());
}

/** HASH over a beginning that stays and endings that change. */
function digestAfter(
  algorithm: HashAlgorithm,
  ...beginning: readonly Uint8Array[]
): (ending: Uint8Array) => Uint8Array {
  if (algorithm === 'whirlpool') return whirlpoolAfter(...beginning);
  const begun = createHash(algorithm);
  for (const part of beginning) begun.update(part);
  return (ending) => plainOctets(begun.copy().update(ending).digest());
}

/** The platform's shortest way, by a text: for results that are no secret. */
function hashOfAll(algorithm: HashAlgorithm, octets: Uint8Array): Uint8Array {
  if (algorithm === 'whirlpool') return whirlpool([octets]);
  return plainOctets(Buffer.from(hashAtOnce(algorithm, octets, 'hex'), 'hex'));
}

/** In memory of the platform's pool, which costs nothing to collect. */
function joined(first: Uint8Array, rest: readonly Uint8Array[]): Uint8Array {
  const all = Buffer.allocUnsafe(rest.reduce((sum, part) => sum + part.length, first.length));
  all.set(first);
  let end = first.length;
  for (const part of rest) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
