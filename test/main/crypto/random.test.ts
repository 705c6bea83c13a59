import { describe, expect, it } from 'vitest';
import { toHex } from '../../../main/base/bytes.ts';
import { systemRandom } from '../../../main/crypto/random.ts';

describe('systemRandom', () => {
  it('R-131 gives as many octets as asked for, never the same twice', () => {
    expect([0, 1, 16, 4096].map((length) => systemRandom.bytes(length).length)).toEqual([0, 1, 16, 4096]);
    const drawn = new Set(Array.from({ length: 10_000 }, () => toHex(systemRandom.bytes(16))));
    expect(drawn.size).toBe(10_000);
  });

  it('gives memory of its own, so that wiping it wipes nothing else', () => {
    const octets = systemRandom.bytes(16);
    expect(octets.buffer.byteLength).toBe(16);
  });
});
