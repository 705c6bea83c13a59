import { randomFillSync } from 'node:crypto';

/** Where randomness comes from; a parameter everywhere, so that a test vector is one function call. */
export interface RandomSource {
  /** That many unpredictable octets, in a fresh array the caller owns and may wipe. */
  bytes(length: number): Uint8Array;
}

/**
 * The operating system's generator (R-131, S-050): the only source outside tests. Short draws, of which a backlog makes
 * thousands, are cut from one longer draw; no octet is given out twice or left behind.
 */
export const systemRandom: RandomSource = {
  bytes: (length) => (length > SHORT_OCTETS ? randomFillSync(new Uint8Array(length)) : cutFromPool(length)),
};

const SHORT_OCTETS = 32;
const pool = new Uint8Array(4_096);
let taken = pool.length;

function cutFromPool(length: number): Uint8Array {
  if (taken + length > pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  const cut = pool.slice(taken, taken + length);
  pool.fill(0, taken, (taken += length));
  return cut;
}
