import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../../../../main/base/bytes.ts';
import type { CipherName } from '../../../../../main/crypto/ctr.ts';
import {
  deriveCipherKey,
  deriveDirectionKeys,
  withSharedSecret,
} from '../../../../../main/protocol/esession/xep0116/keys.ts';
import { hmac } from '../../../../reference/session.ts';
import { vectors } from '../../../../vectors/esession-vectors.ts';

describe('deriveDirectionKeys (XEP-0116 §4.5.3)', () => {
  it.each(vectors.keyDerivation)(
    'R-087 S-017 matches the vector for $cipher, both directions',
    ({ cipher, K, keys }) => {
      const initiator = deriveDirectionKeys(fromHex(K), 'initiator', 'sha256', cipher as CipherName);
      const responder = deriveDirectionKeys(fromHex(K), 'responder', 'sha256', cipher as CipherName);
      expect([initiator.cipherKey, initiator.macKey, initiator.sigmaKey].map(toHex)).toEqual([
        keys.KC_A,
        keys.KM_A,
        keys.KS_A,
      ]);
      expect([responder.cipherKey, responder.macKey, responder.sigmaKey].map(toHex)).toEqual([
        keys.KC_B,
        keys.KM_B,
        keys.KS_B,
      ]);
    },
  );

  it('S-017 takes the last octets for a shorter key, and keeps leading zeros of K', () => {
    const K = new Uint8Array(32);
    K[31] = 7;
    const whole = hmac(K, utf8('Responder Cipher Key'));
    const { cipherKey } = deriveDirectionKeys(K, 'responder', 'sha256', 'aes128-ctr');
    expect(toHex(cipherKey)).toBe(toHex(whole.slice(16)));
  });

  it('S-018 gives each direction keys of its own', () => {
    const K = new Uint8Array(32).fill(3);
    const all = (['initiator', 'responder'] as const).flatMap((role) =>
      Object.values(deriveDirectionKeys(K, role, 'sha256', 'aes256-ctr')).map((key: Uint8Array) => toHex(key)),
    );
    expect(new Set(all).size).toBe(6);
  });

  it('refuses a K of another length', () => {
    for (const length of [0, 31, 33, 64]) {
      expect(() => deriveDirectionKeys(new Uint8Array(length), 'responder', 'sha256', 'aes256-ctr')).toThrow(
        RangeError,
      );
    }
  });

  it('R-088 refuses a hash that is shorter than the key of the cipher', () => {
    expect(() => deriveCipherKey(new Uint8Array(32), utf8('x'), 'sha256', 33)).toThrow(RangeError);
    expect(deriveCipherKey(new Uint8Array(32), utf8('x'), 'sha256', 32).length).toBe(32);
  });
});

describe('withSharedSecret', () => {
  const used = (octets: Uint8Array): string => withSharedSecret('sha256', octets, toHex);

  it.each(vectors.leadingZero)(
    'R-255 S-002 S-017 strips leading zeros of the power before it is hashed: $short short',
    (vector) => {
      expect(used(fromHex(vector.ZOctets.padStart(384, '0')))).toBe(vector.K);
      expect(used(fromHex(vector.ZOctets))).toBe(vector.K);
    },
  );

  it('R-089 S-058 erases K and the power once K was used, however that ends', () => {
    const kept: Uint8Array[] = [];
    const keep = (sharedSecret: Uint8Array): void => void kept.push(sharedSecret);
    const powers = [fromHex('0102'), fromHex('030405')];
    withSharedSecret('sha256', powers[0] ?? fromHex(''), keep);
    const failing = (sharedSecret: Uint8Array): never => {
      keep(sharedSecret);
      throw new TypeError('no');
    };
    expect(() => withSharedSecret('sha256', powers[1] ?? fromHex(''), failing)).toThrow('no');
    expect(kept.length).toBe(2);
    expect([...kept, ...powers].every((octets) => octets.every((octet) => octet === 0))).toBe(true);
  });
});
