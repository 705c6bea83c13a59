/** Randomness for tests: repeatable from a seed, or spelled out. Never part of the program (S-064). */
import { createHash } from 'node:crypto';
import type { RandomSource } from '../../main/crypto/random.ts';

/** The same octets for the same seed: SHA-256 of seed and a count. */
export function seededRandom(seed: string | number): RandomSource {
  let block = 0;
  let rest = new Uint8Array();
  return {
    bytes: (length) => {
      while (rest.length < length) {
        const more = createHash('sha256').update(`${seed} ${block}`).digest();
        block += 1;
        rest = Uint8Array.from([...rest, ...more]);
      }
      const taken = rest.slice(0, length);
      rest = rest.slice(length);
      return taken;
    },
  };
}

/** Gives exactly these octets, call by call. @throws RangeError if asked for another length or once too often */
export function scriptedRandom(...calls: readonly Uint8Array[]): RandomSource {
  const left = [...calls];
  return {
    bytes: (length) => {
      const next = left.shift();
      if (next?.length !== length)
        throw new RangeError(`"length" expected ${next?.length ?? 'no call'}, got ${length}`);
      return new Uint8Array(next);
    },
  };
}
