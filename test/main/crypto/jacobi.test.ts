import { describe, expect, it } from 'vitest';
import { jacobi, plainJacobi } from '../../../main/crypto/jacobi.ts';
import { MODP_GROUPS } from '../../../main/crypto/modp-groups.ts';
import { primeOf } from '../../../main/crypto/modp.ts';
import { toBigInt } from '../../../main/crypto/mpi.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const random = seededRandom('jacobi');
const draw = (octets: number): bigint => toBigInt(random.bytes(octets));

describe('jacobi (profile 9)', () => {
  it('R-295 gives the symbols of a table for the odd numbers below 12', () => {
    const rows = [3n, 5n, 7n, 9n, 11n].map((bottom) =>
      Array.from({ length: 11 }, (_, top) => jacobi(BigInt(top), bottom)),
    );
    expect(rows).toEqual([
      [0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1],
      [0, 1, -1, -1, 1, 0, 1, -1, -1, 1, 0],
      [0, 1, 1, -1, 1, -1, -1, 0, 1, 1, -1],
      [0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1],
      [0, 1, -1, 1, 1, 1, -1, -1, -1, 1, -1],
    ]);
    expect(jacobi(0n, 1n)).toBe(1);
  });

  it('agrees with division for numbers of every length, common factors included', () => {
    for (let i = 0; i < 5_000; i += 1) {
      const factor = i % 3 === 0 ? draw(1) | 1n : 1n;
      const bottom = (draw(1 + (i % 61)) | 1n) * factor;
      const top = draw(1 + ((i * 7) % 67)) * factor;
      expect(jacobi(top, bottom), `${top}/${bottom}`).toBe(plainJacobi(top, bottom));
    }
  });

  it.each(MODP_GROUPS)(
    'agrees with division in group %i, near the prime, its parts and its powers of two too',
    (group) => {
      const prime = primeOf(group);
      const octets = prime.toString(16).length / 2;
      for (let i = 0; i < 40; i += 1) {
        const near = draw(1 + (i % 20));
        for (const top of [draw(octets), near, prime - near, prime / (near + 1n), (prime >> BigInt(i * 3)) + near]) {
          expect(jacobi(top, prime), String(top)).toBe(plainJacobi(top, prime));
        }
      }
    },
  );
});
