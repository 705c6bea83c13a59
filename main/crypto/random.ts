import { randomBytes } from 'node:crypto';

/** Where randomness comes from; a parameter everywhere, so that a test vector is one function call. */
export interface RandomSource {
  /** That many unpredictable octets, in a fresh array the caller owns and may wipe. */
  bytes(length: number): Uint8Array;
}

/** The operating system's generator (R-131, S-050): the only source outside tests. */
export const systemRandom: RandomSource = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
