/**
 * The Jacobi symbol of large numbers, as the check of a public value needs it (profile 9). Public values only: how long
 * it takes depends on them.
 */
import { fromBigInt } from './mpi.ts';

/**
 * (top/bottom); for a prime bottom the Legendre symbol.
 *
 * @param top - Not negative.
 * @param bottom - Odd and positive.
 */
export function jacobi(top: bigint, bottom: bigint): -1 | 0 | 1 {
  const b = limbsOfBottom(bottom);
  const pair: Pair = { a: limbsOf(top < bottom ? top : top % bottom, b.length), b, isNegative: false };
  let length = lengthOf(pair.a, pair.b);
  while (length > SMALL_LIMBS && !isZero(pair.a, length) && reduce(pair, length)) length = lengthOf(pair.a, pair.b);
  const rest = plainJacobi(valueOf(pair.a, length), valueOf(pair.b, length));
  return pair.isNegative && rest !== 0 ? (-rest as -1 | 1) : rest;
}

/** The same by division: few lines, and a new number for each of a thousand quotients. */
export function plainJacobi(top: bigint, bottom: bigint): -1 | 0 | 1 {
  let [a, n] = [top % bottom, bottom];
  let isNegative = false;
  while (a !== 0n) {
    const twos = trailingZeros(a);
    a >>= BigInt(twos);
    const residue = Number(BigInt.asUintN(3, n));
    if (twos % 2 === 1 && (residue === 3 || residue === 5)) isNegative = !isNegative;
    // Quadratic reciprocity: both are odd now.
    if (residue % 4 === 3 && BigInt.asUintN(2, a) === 3n) isNegative = !isNegative;
    [a, n] = [n % a, a];
  }
  if (n !== 1n) return 0;
  return isNegative ? -1 : 1;
}

function trailingZeros(value: bigint): number {
  let count = 0;
  for (let rest = value; BigInt.asUintN(1, rest) === 0n; rest >>= 1n) count += 1;
  return count;
}

/** Two numbers of the same room, and the sign that was split off so far. `b` is odd. */
interface Pair {
  readonly a: Float64Array;
  readonly b: Float64Array;
  isNegative: boolean;
}

/** Little-endian; a product of a limb and a factor of so many steps is exact in a double, and so are two of them. */
const LIMB_BITS = 24;
const LIMB_OCTETS = LIMB_BITS / 8;
const LIMB = 2 ** LIMB_BITS;
/** What is left then is quickly done by division. */
const SMALL_LIMBS = 3;

/**
 * Twenty-four steps of the binary algorithm at once (T. Pornin, "Optimized Binary GCD for Modular Inversion", 2020):
 * they are decided by the lowest bits and the highest, and done to the whole numbers as one linear combination.
 *
 * @returns false, and leaves the pair as it was, if the highest bits do not tell which number is larger.
 */
function reduce(pair: Pair, length: number): boolean {
  const { a, b } = pair;
  let aHigh = highOf(a, length);
  let bHigh = highOf(b, length);
  let aLow = lowOf(a);
  let bLow = lowOf(b);
  const doubt = Math.max(aHigh, bHigh) * DOUBT;
  let aa = 1;
  let ab = 0;
  let ba = 0;
  let bb = 1;
  let flips = 0;
  for (let step = 0; step < LIMB_BITS; step += 1) {
    if ((aLow & 1) === 1) {
      const difference = aHigh - bHigh;
      if (Math.abs(difference) <= doubt) return false;
      if (difference < 0) {
        // a, b = b - a, a. Quadratic reciprocity: both are odd here.
        flips ^= aLow & bLow & 2;
        bHigh = aHigh;
        const low = aLow;
        aLow = bLow - aLow;
        bLow = low;
        const factorA = aa;
        aa = ba - aa;
        ba = factorA;
        const factorB = ab;
        ab = bb - ab;
        bb = factorB;
      } else {
        aLow -= bLow;
        aa -= ba;
        ab -= bb;
      }
      aHigh = Math.abs(difference);
    }
    // (2/b) is -1 for b = 3 and 5 mod 8.
    flips ^= ((bLow + 2) & 4) >> 1;
    aHigh /= 2;
    aLow >>= 1;
    ba *= 2;
    bb *= 2;
  }
  combine(a, b, length, aa, ab, ba, bb);
  if (flips !== 0) pair.isNegative = !pair.isNegative;
  return true;
}

/** Of the larger number at the start: far more than cutting it to a double's bits, and 24 roundings, can be off. */
const DOUBT = 2 ** -40;

/** The three highest limbs. */
function highOf(limbs: Float64Array, length: number): number {
  return ((limbs[length - 1] ?? 0) * LIMB + (limbs[length - 2] ?? 0)) * LIMB + (limbs[length - 3] ?? 0);
}

/** The lowest 31 bits: each step leaves one fewer that counts, and three are needed. */
function lowOf(limbs: Float64Array): number {
  return (limbs[0] ?? 0) | ((((limbs[1] ?? 0) & 0x7f) << LIMB_BITS) >>> 0);
}

/**
 * a, b = (aa a + ab b) / 2^24, (ba a + bb b) / 2^24, which are whole and not negative. No array is made here: this is
 * where the time goes.
 */
function combine(a: Float64Array, b: Float64Array, length: number, aa: number, ab: number, ba: number, bb: number) {
  // The lowest limb is nothing but the 24 zero bits that are shifted out.
  let aCarry = (aa * (a[0] ?? 0) + ab * (b[0] ?? 0)) / LIMB;
  let bCarry = (ba * (a[0] ?? 0) + bb * (b[0] ?? 0)) / LIMB;
  for (let i = 1; i < length; i += 1) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    const aSum = aa * x + ab * y + aCarry;
    const bSum = ba * x + bb * y + bCarry;
    aCarry = Math.floor(aSum / LIMB);
    bCarry = Math.floor(bSum / LIMB);
    a[i - 1] = aSum - aCarry * LIMB;
    b[i - 1] = bSum - bCarry * LIMB;
  }
  a[length - 1] = aCarry;
  b[length - 1] = bCarry;
}

function lengthOf(a: Float64Array, b: Float64Array): number {
  let length = a.length;
  while (length > 0 && a[length - 1] === 0 && b[length - 1] === 0) length -= 1;
  return length;
}

function isZero(limbs: Float64Array, length: number): boolean {
  for (let i = 0; i < length; i += 1) if (limbs[i] !== 0) return false;
  return true;
}

/** The prime of the last call, taken apart: the same few come again and again. */
let latest: { readonly bottom: bigint; readonly limbs: Float64Array } | undefined;

function limbsOfBottom(bottom: bigint): Float64Array {
  if (latest?.bottom !== bottom) {
    const digits = bottom.toString(16).length;
    latest = { bottom, limbs: limbsOf(bottom, Math.ceil(digits / (2 * LIMB_OCTETS))) };
  }
  return latest.limbs.slice();
}

/** @param room - How many limbs there are to be. */
function limbsOf(value: bigint, room: number): Float64Array {
  const octets = fromBigInt(value);
  const limbs = new Float64Array(room);
  for (let i = 0, end = octets.length; end > 0; i += 1, end -= LIMB_OCTETS) {
    limbs[i] = ((octets[end - 3] ?? 0) * 256 + (octets[end - 2] ?? 0)) * 256 + (octets[end - 1] ?? 0);
  }
  return limbs;
}

function valueOf(limbs: Float64Array, length: number): bigint {
  return limbs.subarray(0, length).reduceRight((value, limb) => value * BigInt(LIMB) + BigInt(limb), 0n);
}
