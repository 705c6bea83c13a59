import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../../main/base/bytes.ts';
import { MODP_GROUPS, primeHex, primeOctets } from '../../../main/crypto/modp-groups.ts';
import type { ModpGroup } from '../../../main/crypto/modp-groups.ts';
import { drawExponent, isValidPublicValue } from '../../../main/crypto/modp.ts';
import { bitLength, fromBigInt, toBigInt } from '../../../main/crypto/mpi.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { isInSubgroup } from '../../reference/integers.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { vectors } from '../../vectors/esession-vectors.ts';

const BITS: Readonly<Record<ModpGroup, number>> = { 5: 320, 14: 320, 15: 420, 16: 480, 17: 540, 18: 620 };

describe('drawExponent (XEP-0116 §4.3, profile 9)', () => {
  it.each(MODP_GROUPS)('R-067 R-079 S-015 has the length for group %i with the top bit set', (group) => {
    for (let i = 0; i < 200; i += 1) {
      const exponent = drawExponent(group, systemRandom);
      expect(bitLength(exponent)).toBe(BITS[group]);
      const value = toBigInt(exponent);
      expect(value > 2n ** 255n && value < BigInt(`0x${primeHex(group)}`) - 1n).toBe(true);
    }
  });

  it('R-180 S-015 never repeats in 10,000 draws', () => {
    const drawn = new Set<string>();
    for (let i = 0; i < 10_000; i += 1) drawn.add(toHex(drawExponent(14, systemRandom)));
    expect(drawn.size).toBe(10_000);
  });

  it('S-015 takes every bit but the top one from the random source', () => {
    const [ones, zeros] = [
      { bytes: (n: number) => new Uint8Array(n).fill(0xff) },
      { bytes: (n: number) => new Uint8Array(n) },
    ];
    for (const group of MODP_GROUPS) {
      expect(toBigInt(drawExponent(group, ones))).toBe(2n ** BigInt(BITS[group]) - 1n);
      expect(toBigInt(drawExponent(group, zeros))).toBe(2n ** BigInt(BITS[group] - 1));
    }
  });
});

describe('isValidPublicValue (profile 9)', () => {
  it.each(vectors.invalidPublicKeys)('R-295 S-013 refuses the vector in group $modp: $why', ({ modp, value }) => {
    expect(isValidPublicValue(modp as ModpGroup, fromBigInt(BigInt(`0x${value}`)))).toBe(false);
  });

  it.each(MODP_GROUPS)('R-295 S-013 refuses what lies outside 1 < v < p - 1 in group %i', (group) => {
    const p = BigInt(`0x${primeHex(group)}`);
    for (const value of [0n, 1n, p - 1n, p, p + 1n, 2n * p + 2n, p + 4n]) {
      expect(isValidPublicValue(group, fromBigInt(value))).toBe(false);
    }
    expect(isValidPublicValue(group, new Uint8Array())).toBe(false);
    // A negative number as two's complement is one longer than p, or at least p.
    expect(isValidPublicValue(group, new Uint8Array(primeOctets(group)).fill(0xff))).toBe(false);
    expect(isValidPublicValue(group, new Uint8Array(primeOctets(group) + 1).fill(0xff))).toBe(false);
    expect(isValidPublicValue(group, new Uint8Array(100_000).fill(0xff))).toBe(false);
  });

  it.each(MODP_GROUPS)('S-013 takes leading zeros as the same number in group %i', (group) => {
    for (const value of [
      fromBigInt(4n),
      fromBigInt(BigInt(`0x${vectors.groups.find(({ modp }) => modp === group)?.e ?? ''}`)),
    ]) {
      expect(isValidPublicValue(group, value)).toBe(true);
      expect(isValidPublicValue(group, concatBytes(new Uint8Array(3), value))).toBe(true);
      expect(isValidPublicValue(group, concatBytes(new Uint8Array(primeOctets(group)), value))).toBe(true);
    }
  });

  it.each([5, 14, 15] as const)('S-013 agrees with the power itself in group %i, squares and others', (group) => {
    const p = BigInt(`0x${primeHex(group)}`);
    const random = seededRandom(group);
    let squares = 0;
    for (let i = 0; i < 10; i += 1) {
      // As p = 3 mod 4, one of v and p - v is a square.
      const value = i < 2 ? ([9n, p - 9n][i] ?? 0n) : toBigInt(random.bytes(primeOctets(group) - 1));
      expect(isValidPublicValue(group, fromBigInt(value))).toBe(isInSubgroup(value, p));
      if (isInSubgroup(value, p)) squares += 1;
    }
    expect([0, 10]).not.toContain(squares);
  });

  it.each([16, 17, 18] as const)('S-013 refuses p - 4 in group %i: minus a square is none, as p = 3 mod 4', (group) => {
    const p = BigInt(`0x${primeHex(group)}`);
    expect(isValidPublicValue(group, fromBigInt(p - 4n))).toBe(false);
    expect(isValidPublicValue(group, fromBigInt(4n))).toBe(true);
  });
});
