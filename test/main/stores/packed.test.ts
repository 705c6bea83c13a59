import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../../main/stores/packed.ts';

describe('pack and unpack', () => {
  it.each([
    ['octets', new Uint8Array([0, 1, 255])],
    ['a buffer', new Uint8Array(Buffer.from('abc'))],
    ['a date', new Date('2026-11-22T08:01:00.123Z')],
    ['texts that look like marks', ['\u0000o', '\u0000dnot a date', '\u0000t', '\u0000', 'plain']],
    ['what is nested', { a: [{ at: new Date(0), x: new Uint8Array(3) }], b: null, c: 1.5, d: true }],
  ])('give back %s', (_, value) => {
    expect(unpack(pack(value))).toEqual(value);
  });

  it('leave out undefined properties', () => {
    expect(unpack(pack({ a: undefined, b: 1 }))).toEqual({ b: 1 });
  });
});
