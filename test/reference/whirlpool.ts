/**
 * Whirlpool as ISO/IEC 10118-3 describes it: a state of 8 by 8 octets, row by row, ten rounds, Miyaguchi and Preneel's way
 * around them. No tables but the two small boxes.
 */
export function whirlpool(...parts: readonly Uint8Array[]): Uint8Array {
  const text = Buffer.concat(parts);
  const zeros = new Uint8Array((95 - (text.length % 64)) % 64);
  const bits = Buffer.from((BigInt(text.length) * 8n).toString(16).padStart(64, '0'), 'hex');
  const padded = Buffer.concat([text, Uint8Array.of(0x80), zeros, bits]);
  let hash: readonly number[] = new Array<number>(64).fill(0);
  for (let start = 0; start < padded.length; start += 64) {
    const block = [...padded.subarray(start, start + 64)];
    hash = added(added(encrypted(block, hash), hash), block);
  }
  return Uint8Array.from(hash);
}

function encrypted(block: readonly number[], hash: readonly number[]): readonly number[] {
  let key = hash;
  let state = added(block, key);
  for (let number = 0; number < 10; number += 1) {
    const constant = Array.from({ length: 64 }, (_, at) => (at < 8 ? substituted(8 * number + at) : 0));
    key = round(key, constant);
    state = round(state, key);
  }
  return state;
}

/** Substitute, shift each column down by its number, multiply each row by the circulant matrix, add the key. */
function round(state: readonly number[], key: readonly number[]): readonly number[] {
  const shifted = state.map((_, at) => substituted(octet(state, ((at >> 3) - (at & 7)) & 7, at & 7)));
  const mixed = state.map((_, at) => {
    const products = MATRIX_ROW.map((_factor, column) =>
      times(octet(shifted, at >> 3, column), MATRIX_ROW[((at & 7) - column) & 7] ?? 0),
    );
    return products.reduce((sum, product) => sum ^ product, 0);
  });
  return added(mixed, key);
}

const MATRIX_ROW = [1, 1, 4, 1, 8, 5, 2, 9];
const E = [0x1, 0xb, 0x9, 0xc, 0xd, 0x6, 0xf, 0x3, 0xe, 0x8, 0x7, 0x4, 0xa, 0x2, 0x5, 0x0];
const R = [0x7, 0xc, 0xb, 0xd, 0xe, 0x4, 0x9, 0xf, 0x6, 0x3, 0x8, 0xa, 0x2, 0x5, 0x1, 0x0];

/** The S-box, from the small boxes E, its inverse, and R. */
function substituted(value: number): number {
  const high = E[value >> 4] ?? 0;
  const low = E.indexOf(value & 15);
  const both = R[high ^ low] ?? 0;
  return ((E[high ^ both] ?? 0) << 4) | E.indexOf(low ^ both);
}

/** In the field of 256 elements modulo x^8 + x^4 + x^3 + x^2 + 1. */
function times(one: number, other: number): number {
  let product = 0;
  for (let bit = 0, power = one; bit < 8; bit += 1) {
    if ((other >> bit) & 1) product ^= power;
    power = power & 0x80 ? (power << 1) ^ 0x11d : power << 1;
  }
  return product;
}

function added(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.map((value, at) => value ^ (other[at] ?? 0));
}

function octet(state: readonly number[], row: number, column: number): number {
  return state[8 * row + column] ?? 0;
}
