import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../../main/base/bytes.ts';
import { digest, hmac, hmacWithPrefix, sha1, sha256 } from '../../../main/crypto/hash.ts';
import { hmac as referenceHmac } from '../../reference/session.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('digest (FIPS 180-4)', () => {
  it('R-147 gives SHA-256 of "abc", in one part or several', () => {
    const known = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(toHex(sha256(utf8('abc')))).toBe(known);
    expect(toHex(digest('sha256', utf8('a'), new Uint8Array(), utf8('bc')))).toBe(known);
  });

  it('gives SHA-1 for entity capabilities', () => {
    expect(toHex(sha1(utf8('abc')))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  });

  it('answers with the standard kind of octets, so that a slice of them is a copy', () => {
    const octets = sha256(utf8('abc'));
    octets.slice(0, 1).fill(0);
    expect(octets[0]).toBe(0xba);
  });
});

describe('hmac (RFC 2104)', () => {
  it.each([
    ['Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    ['k'.repeat(131), 'longer than a block', undefined],
    ['', '', 'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad'],
  ])('R-142 is right for the key "%s"', (key, text, known) => {
    const mac = toHex(hmac('sha256', utf8(key), utf8(text)));
    expect(mac).toBe(toHex(referenceHmac(utf8(key), utf8(text))));
    if (known !== undefined) expect(mac).toBe(known);
  });
});

describe('hmacWithPrefix', () => {
  it('gives what hmac gives, for every ending', () => {
    const random = seededRandom('hmac');
    for (const [keyLength, prefixLength] of [
      [32, 0],
      [32, 64],
      [100, 700],
    ] as const) {
      const key = random.bytes(keyLength);
      const prefix = random.bytes(prefixLength);
      const macOf = hmacWithPrefix('sha256', key, prefix);
      for (const ending of [fromHex(''), fromHex('05'), random.bytes(16)]) {
        expect(toHex(macOf(ending))).toBe(toHex(hmac('sha256', key, prefix, ending)));
      }
    }
  });
});
