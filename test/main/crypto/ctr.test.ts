import { describe, expect, it } from 'vitest';
import { fromHex, toBase64, toHex } from '../../../main/base/bytes.ts';
import { advanceCounter, applyCtr, blocksFor, drawCounter, xorHalf } from '../../../main/crypto/ctr.ts';
import type { CipherName } from '../../../main/crypto/ctr.ts';
import { minimalOctets } from '../../../main/crypto/mpi.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { advance, counterMode, counterOf } from '../../reference/session.ts';
import { scriptedRandom, seededRandom } from '../../support/seeded-random.ts';
import { vectors } from '../../vectors/esession-vectors.ts';

describe('applyCtr (NIST SP 800-38A, profile 2.4)', () => {
  it.each(vectors.counters)('R-260 S-033 matches the vector: $case', (vector) => {
    const [key, counter, plain] = [fromHex(vector.key), fromHex(vector.counter), fromHex(vector.plaintext)];
    expect(toHex(applyCtr('aes256-ctr', key, counter, plain))).toBe(vector.ciphertext);
    expect(toHex(advanceCounter(counter, blocksFor(plain.length)))).toBe(vector.counterAfter);
    expect(toHex(xorHalf(counter))).toBe(vector.xorHalf);
  });

  it.each(vectors.counters)('R-129 S-002 writes the counter minimally: $case', (vector) => {
    expect(toHex(minimalOctets(fromHex(vector.counter)))).toBe(vector.counterOctets);
    expect(toBase64(minimalOctets(fromHex(vector.counter)))).toBe(vector.counterBase64);
    expect(toHex(minimalOctets(xorHalf(fromHex(vector.counter))))).toBe(vector.xorHalfOctets);
  });

  it.each([
    ['aes128-ctr', 16],
    ['aes192-ctr', 24],
    ['aes256-ctr', 32],
  ] as const)('R-143 R-260 agrees with single blocks of %s, wrapping included', (cipher: CipherName, keyLength) => {
    const random = seededRandom(cipher);
    for (let length = 0; length < 200; length += 7) {
      const [key, data] = [random.bytes(keyLength), random.bytes(length)];
      const counter = length % 2 === 0 ? random.bytes(16) : fromHex('fffffffffffffffffffffffffffffffd');
      expect(toHex(applyCtr(cipher, key, counter, data))).toBe(toHex(counterMode(key, counterOf(counter), data)));
    }
  });

  it('undoes itself', () => {
    const random = seededRandom('undo');
    const [key, counter, data] = [random.bytes(32), random.bytes(16), random.bytes(1000)];
    const there = applyCtr('aes256-ctr', key, counter, data);
    expect(toHex(applyCtr('aes256-ctr', key, counter, there))).toBe(toHex(data));
  });
});

describe('blocksFor (XEP-0116 §4.5.4, XEP-0200 §6)', () => {
  it.each([
    [0, 1],
    [1, 1],
    [15, 1],
    [16, 1],
    [17, 2],
    [32, 2],
    [33, 3],
  ])('R-095 R-156 S-033 counts %i octets as %i blocks', (octets, blocks) => {
    expect(blocksFor(octets)).toBe(blocks);
  });
});

describe('advanceCounter', () => {
  it('S-033 is addition modulo 2^128 for every carry', () => {
    for (const counter of ['ff'.repeat(16), '00'.repeat(15) + 'ff', '7fffffffffffffffffffffffffffffff']) {
      for (const blocks of [1, 2, 255, 256, 65_536, 2 ** 32]) {
        const expected = (BigInt(`0x${counter}`) + BigInt(blocks)) % 2n ** 128n;
        expect(BigInt(`0x${toHex(advanceCounter(fromHex(counter), blocks))}`)).toBe(expected);
      }
    }
    expect(advance(2n ** 128n - 1n, 16)).toBe(0n);
  });

  it('leaves the counter it was given as it was, even one that is a view of other memory', () => {
    const counter = Buffer.from('00'.repeat(16), 'hex');
    advanceCounter(counter, 5);
    xorHalf(counter);
    expect(counter.toString('hex')).toBe('00'.repeat(16));
  });
});

describe('drawCounter (profile 1.2, 2.1)', () => {
  it('R-256 S-003 draws again while the top octet is 0x00 or 0x80', () => {
    const drawn = ['00', '80', '7f'].map((top) => fromHex(top + '11'.repeat(15)));
    expect(toHex(drawCounter(scriptedRandom(...drawn)))).toBe('7f' + '11'.repeat(15));
  });

  it('R-078 R-256 S-003 gives 16 octets that are minimal in both directions, 10,000 times', () => {
    for (let i = 0; i < 10_000; i += 1) {
      const counter = drawCounter(systemRandom);
      expect(counter.length).toBe(16);
      const other = xorHalf(counter);
      expect(minimalOctets(counter).length + minimalOctets(other).length).toBe(32);
      if (i === 0) expect(counterOf(other)).toBe(counterOf(counter) ^ (2n ** 127n));
    }
  });
});
