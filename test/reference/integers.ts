/** Numbers as profile 2.1 and RFC 3526 say them, in the plainest way. */

export function octetsOf(value: bigint): Uint8Array {
  const octets: number[] = [];
  for (let rest = value; rest > 0n; rest /= 256n) octets.unshift(Number(rest % 256n));
  return Uint8Array.from(octets.length === 0 ? [0] : octets);
}

export function numberOf(octets: Uint8Array): bigint {
  let value = 0n;
  for (const octet of octets) value = value * 256n + BigInt(octet);
  return value;
}

export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest /= 2n) {
    if (rest % 2n === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Profile 9: 1 < v < p - 1 and v^((p-1)/2) mod p = 1, by the power itself. */
export function isInSubgroup(value: bigint, prime: bigint): boolean {
  return value > 1n && value < prime - 1n && power(value, (prime - 1n) / 2n, prime) === 1n;
}

/** RFC 3526: 2^n - 2^(n-64) - 1 + 2^64 * ([2^(n-130) pi] + c). */
export function primeOf(bits: number): bigint {
  const addend = ADDENDS[bits];
  if (addend === undefined) throw new RangeError('no such group');
  const n = BigInt(bits);
  return 2n ** n - 2n ** (n - 64n) - 1n + 2n ** 64n * (piTimesTwoTo(n - 130n) + addend);
}

const ADDENDS: Readonly<Record<number, bigint>> = {
  1536: 741_804n,
  2048: 124_476n,
  3072: 1_690_314n,
  4096: 240_904n,
  6144: 929_484n,
  8192: 4_743_158n,
};

/** The whole part of 2^exponent * pi, by Machin's formula. */
function piTimesTwoTo(exponent: bigint): bigint {
  const guard = 64n;
  const one = 2n ** (exponent + guard);
  return (4n * (4n * arctanOfInverse(5n, one) - arctanOfInverse(239n, one))) / 2n ** guard;
}

function arctanOfInverse(x: bigint, one: bigint): bigint {
  let sum = 0n;
  let term = one / x;
  for (let n = 1n; term !== 0n; n += 2n) {
    sum += n % 4n === 1n ? term / n : -(term / n);
    term /= x * x;
  }
  return sum;
}
