/**
 * Diffie-Hellman over the MODP groups: what a session asks for. The powers themselves are asynchronous and come from
 * an engine (`modp-engine.ts`); exponents and checks are here.
 */
import { jacobi } from './jacobi.ts';
import { GENERATOR, primeHex, primeOctets } from './modp-groups.ts';
import type { ModpGroup } from './modp-groups.ts';
import { minimalOctets, toBigInt } from './mpi.ts';
import type { RandomSource } from './random.ts';

export type { ModpGroup } from './modp-groups.ts';

export interface ModpEngine {
  /**
   * base^exponent mod p.
   *
   * @param exponent - Big-endian octets; the caller wipes its own copy.
   * @param base - A public value that passed `isValidPublicValue`; absent means the generator.
   * @returns minimal big-endian octets (profile 2.1).
   * @throws RangeError for a base outside 1 < base < p - 1 or an exponent of zero
   * @throws CryptoError `engine-failed`
   */
  power(group: ModpGroup, exponent: Uint8Array, base?: Uint8Array): Promise<Uint8Array>;
  /** Ends the engine's threads; calls still open are refused with `engine-failed`. */
  close(): void;
}

/**
 * A fresh private exponent of the length profile 9 gives for its group, top bit set (S-015). RFC 3526 section 8 has
 * the lengths as its higher estimates; p = 2q + 1 with q prime makes short ones sound.
 *
 * @returns big-endian octets the caller owns and wipes.
 */
export function drawExponent(group: ModpGroup, random: RandomSource): Uint8Array {
  const bits = EXPONENT_BITS[group];
  const exponent = random.bytes(Math.ceil(bits / 8));
  const topBit = 1 << ((bits - 1) % 8);
  exponent[0] = ((exponent[0] ?? 0) & (topBit - 1)) | topBit;
  return exponent;
}

/**
 * The two checks on a public value from the other side (profile 9, S-013): 1 < v < p - 1, and v^((p-1)/2) mod p = 1,
 * computed as a Jacobi symbol. The value is public, so this need not take constant time.
 *
 * @param octets - Big-endian; leading zero octets are the same number.
 */
export function isValidPublicValue(group: ModpGroup, octets: Uint8Array): boolean {
  if (octets.length === 0 || minimalOctets(octets).length > primeOctets(group)) return false;
  const value = toBigInt(octets);
  const prime = primeOf(group);
  return value > 1n && value < prime - 1n && jacobi(value, prime) === 1;
}

/** The prime as a number, made once. */
export function primeOf(group: ModpGroup): bigint {
  let prime = primes.get(group);
  if (prime === undefined) primes.set(group, (prime = BigInt(`0x${primeHex(group)}`)));
  return prime;
}

/**
 * The base of a power, in range: the generator unless another is given.
 *
 * @throws RangeError for one outside 1 < base < p - 1; the subgroup is the caller's to check.
 */
export function baseOf(group: ModpGroup, base: Uint8Array | undefined): bigint {
  const value = base === undefined ? BigInt(GENERATOR) : toBigInt(base);
  if (value <= 1n || value >= primeOf(group) - 1n) throw new RangeError('a base outside 1 < base < p - 1');
  return value;
}

const primes = new Map<ModpGroup, bigint>();

const EXPONENT_BITS: Readonly<Record<ModpGroup, number>> = { 5: 320, 14: 320, 15: 420, 16: 480, 17: 540, 18: 620 };
