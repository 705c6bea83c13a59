import { getDiffieHellman } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { GENERATOR, MODP_GROUPS, primeHex, primeOctets } from '../../../main/crypto/modp-groups.ts';
import { isPrimeRight } from '../../../main/crypto/self-test.ts';
import { isInSubgroup, primeOf } from '../../reference/integers.ts';
import { vectors } from '../../vectors/esession-vectors.ts';

describe('the MODP groups (RFC 3526)', () => {
  it.each(MODP_GROUPS)('S-014 group %i is what the formula, the platform and the vectors say', (group) => {
    const vector = vectors.groups.find(({ modp }) => modp === group);
    const prime = BigInt(`0x${primeHex(group)}`);
    expect(prime).toBe(primeOf(vector?.bits ?? 0));
    expect(getDiffieHellman(`modp${group}`).getPrime('hex')).toBe(primeHex(group));
    expect(vector?.p).toBe(primeHex(group));
    expect(primeOctets(group)).toBe((vector?.bits ?? 0) / 8);
  });

  it.each(MODP_GROUPS.filter((group) => group < 16))('2 generates the subgroup of squares in group %i', (group) => {
    expect(isInSubgroup(BigInt(GENERATOR), BigInt(`0x${primeHex(group)}`))).toBe(true);
  });

  it.each(MODP_GROUPS)('S-014 the self test fails when the prime of group %i is altered anywhere', (group) => {
    const prime = primeHex(group);
    expect(isPrimeRight(group, prime)).toBe(true);
    for (const at of [0, 17, prime.length - 1]) {
      const altered = prime.slice(0, at) + (prime[at] === '0' ? '1' : '0') + prime.slice(at + 1);
      expect(isPrimeRight(group, altered)).toBe(false);
    }
  });

  it('R-294 there are no groups 1 to 4', () => {
    expect(MODP_GROUPS.filter((group) => [1, 2, 3, 4].includes(group))).toEqual([]);
  });
});
