import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../../main/base/bytes.ts';
import { open, seal } from '../../../main/crypto/aead.ts';
import { systemRandom } from '../../../main/crypto/random.ts';

const key = systemRandom.bytes(32);
const associated = utf8('row 1');

describe('seal and open (AES-256-GCM)', () => {
  it.each([0, 1, 15, 16, 17, 5000])('give back %i octets', (length) => {
    const plain = systemRandom.bytes(length);
    const sealed = seal(key, plain, associated, systemRandom);
    expect(sealed.length).toBe(length + 28);
    expect(toHex(open(key, sealed, associated) ?? utf8('nothing'))).toBe(toHex(plain));
  });

  it('seal the same text differently each time', () => {
    const sealed = new Set(Array.from({ length: 100 }, () => toHex(seal(key, utf8('same'), associated, systemRandom))));
    expect(sealed.size).toBe(100);
  });

  it('open nothing of which any octet was changed, cut off or added', () => {
    const sealed = seal(key, utf8('secret'), associated, systemRandom);
    for (let at = 0; at < sealed.length; at += 1) {
      expect(
        open(
          key,
          sealed.map((octet, index) => (index === at ? octet ^ 1 : octet)),
          associated,
        ),
      ).toBeUndefined();
      expect(open(key, sealed.subarray(0, at), associated)).toBeUndefined();
    }
    expect(open(key, new Uint8Array([...sealed, 0]), associated)).toBeUndefined();
  });

  it('open nothing under another key or for another row', () => {
    const sealed = seal(key, utf8('secret'), associated, systemRandom);
    expect(open(systemRandom.bytes(32), sealed, associated)).toBeUndefined();
    expect(open(key, sealed, utf8('row 2'))).toBeUndefined();
  });

  it('refuse a key of another length', () => {
    expect(() => seal(key.subarray(1), utf8('x'), associated, systemRandom)).toThrow(RangeError);
    expect(() => open(key.subarray(1), utf8('x'), associated)).toThrow(RangeError);
  });
});
