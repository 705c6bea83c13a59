/**
 * Integers as octets, big-endian without leading zero octets (XEP-0116 6.1, profile 2.1, R-129). Zero is the single
 * octet 0x00. Hash and HMAC results, nonces and signatures are octet strings and never come through here (S-002).
 */

/**
 * The minimal form of an integer: the same memory, without the leading zeros.
 *
 * @throws RangeError for no octets at all: an empty value is no integer.
 */
export function minimalOctets(octets: Uint8Array): Uint8Array {
  if (octets.length === 0) throw new RangeError('an integer has at least one octet');
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start += 1;
  return start === 0 ? octets : octets.subarray(start);
}

/** The integer at a fixed width, as counters have in the cipher. @throws RangeError if it does not fit. */
export function fixedOctets(octets: Uint8Array, length: number): Uint8Array {
  const minimal = minimalOctets(octets);
  if (minimal.length > length) throw new RangeError(`an integer of ${minimal.length} octets in place of ${length}`);
  const fixed = new Uint8Array(length);
  fixed.set(minimal, length - minimal.length);
  return fixed;
}

/** The number of bits up to the highest that is set; 0 for zero. */
export function bitLength(octets: Uint8Array): number {
  const minimal = minimalOctets(octets);
  return minimal.length * 8 - Math.clz32(minimal[0] ?? 0) + 24;
}

/** For arithmetic. A bigint cannot be wiped, so a secret one stays inside the function that needs it (S-058). */
export function toBigInt(octets: Uint8Array): bigint {
  const hex = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('hex');
  return hex === '' ? 0n : BigInt(`0x${hex}`);
}

/** Minimal octets of a number that is not negative. */
export function fromBigInt(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return new Uint8Array(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}
