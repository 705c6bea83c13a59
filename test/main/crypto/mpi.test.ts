import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../main/base/bytes.ts';
import { bitLength, fixedOctets, fromBigInt, minimalOctets, toBigInt } from '../../../main/crypto/mpi.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { numberOf, octetsOf } from '../../reference/integers.ts';

describe('minimalOctets (XEP-0116 §6.1, profile 2.1)', () => {
  it.each([
    ['00', '00'],
    ['0000', '00'],
    ['01', '01'],
    ['0080', '80'],
    ['000000ff00', 'ff00'],
    ['ff', 'ff'],
  ])('R-129 writes %s as %s', (octets, minimal) => {
    expect(toHex(minimalOctets(fromHex(octets)))).toBe(minimal);
  });

  it('refuses no octets at all: an integer has at least one', () => {
    expect(() => minimalOctets(new Uint8Array())).toThrow(RangeError);
  });
});

describe('fixedOctets', () => {
  it('puts leading zeros before a short integer, and takes them away from a long one', () => {
    expect(toHex(fixedOctets(fromHex('0102'), 4))).toBe('00000102');
    expect(toHex(fixedOctets(fromHex('000000000102'), 4))).toBe('00000102');
  });

  it('refuses an integer that does not fit', () => {
    expect(() => fixedOctets(fromHex('0100000000'), 4)).toThrow(RangeError);
  });
});

describe('bitLength', () => {
  it.each([
    ['00', 0],
    ['01', 1],
    ['00ff', 8],
    ['0100', 9],
    ['8000000000', 40],
  ])('of %s is %i', (octets, bits) => {
    expect(bitLength(fromHex(octets))).toBe(bits);
  });
});

describe('toBigInt and fromBigInt', () => {
  it('R-129 agree with the reference on 500 numbers of every length', () => {
    for (let length = 1; length <= 500; length += 1) {
      const octets = systemRandom.bytes(length % 40 === 0 ? length : (length % 40) + 1);
      expect(toBigInt(octets)).toBe(numberOf(octets));
      expect(toHex(fromBigInt(numberOf(octets)))).toBe(toHex(octetsOf(numberOf(octets))));
    }
  });
});
