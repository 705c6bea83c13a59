import { describe, expect, it } from 'vitest';
import { fromBase64, fromHex, toBase64, toHex } from '../../../main/base/bytes.ts';
import { forgePower } from '../../../main/crypto/forge.ts';
import { sha256 } from '../../../main/crypto/hash.ts';
import type { ModpGroup } from '../../../main/crypto/modp-groups.ts';
import { bigIntPower, createNativePower } from '../../../main/crypto/modp-power.ts';
import type { ModpPower } from '../../../main/crypto/modp-power.ts';
import { fromBigInt } from '../../../main/crypto/mpi.ts';
import { vectors } from '../../vectors/esession-vectors.ts';

const WAYS: readonly (readonly [string, ModpPower])[] = [
  ['platform', createNativePower()],
  ['BigInt', bigIntPower],
  ['node-forge', forgePower],
];

const number = (hex: string): Uint8Array => fromBigInt(BigInt(`0x${hex}`));

describe.each(WAYS)('powers by %s', (_, power) => {
  it.each(vectors.groups)('R-067 R-079 R-142 match the vectors of group $modp', (vector) => {
    const group = vector.modp as ModpGroup;
    const publicValue = power(group, fromHex(vector.x));
    expect(toBase64(publicValue)).toBe(vector.eBase64);
    expect(toHex(sha256(publicValue))).toBe(vector.He);
    expect(toHex(power(group, fromHex(vector.y)))).toBe(toHex(number(vector.d)));
    const shared = power(group, fromHex(vector.x), number(vector.d));
    expect(toHex(shared)).toBe(toHex(number(vector.Z)));
    expect(toHex(power(group, fromHex(vector.y), number(vector.e)))).toBe(toHex(shared));
    expect(toHex(sha256(shared))).toBe(vector.K);
  });

  it.each(vectors.leadingZero)('R-255 S-002 give minimal octets where $short is short', (vector) => {
    const group = vector.modp as ModpGroup;
    const publicValue = power(group, fromHex(vector.x));
    expect(toBase64(publicValue)).toBe(vector.eBase64);
    expect(toHex(sha256(publicValue))).toBe(vector.He);
    const shared = power(group, fromHex(vector.x), number(vector.d));
    expect(toHex(shared)).toBe(vector.ZOctets);
    expect(toHex(sha256(shared))).toBe(vector.K);
    expect(Math.min(publicValue.length, shared.length)).toBe(191);
  });

  it('take a base with leading zeros as the same number', () => {
    const e = fromBase64(vectors.groups[0]?.eBase64 ?? '') ?? new Uint8Array();
    const padded = new Uint8Array([0, 0, 0, ...e]);
    expect(toHex(power(5, Uint8Array.of(9), padded))).toBe(toHex(power(5, Uint8Array.of(9), e)));
  });

  it('S-013 refuse a base outside 1 < base < p - 1 and an exponent of zero', () => {
    const p = BigInt(`0x${vectors.groups[0]?.p ?? ''}`);
    for (const base of [0n, 1n, p - 1n, p, p + 1n]) {
      expect(() => power(5, Uint8Array.of(3), fromBigInt(base))).toThrow(RangeError);
    }
    expect(() => power(5, new Uint8Array(40))).toThrow(RangeError);
  });
});

describe('bigIntPower', () => {
  it('gives the same result whichever way the exponent is split', () => {
    const vector = vectors.groups[0];
    const results = Array.from({ length: 20 }, () => toHex(bigIntPower(5, fromHex(vector?.x ?? ''))));
    expect(new Set(results)).toEqual(new Set([toHex(number(vector?.e ?? ''))]));
  });

  it('is right for the smallest exponents', () => {
    for (const exponent of [1, 2, 15, 16, 17, 255]) {
      expect(toHex(bigIntPower(5, Uint8Array.of(exponent)))).toBe(toHex(fromBigInt(2n ** BigInt(exponent))));
    }
  });
});
