import { describe, expect, it } from 'vitest';
import {
  concatBytes,
  equalBytes,
  fromBase64,
  fromHex,
  fromUtf8,
  toBase64,
  toHex,
  utf8,
  wipe,
} from '../../../main/base/bytes.ts';

describe('fromBase64 (RFC 4648 §4, profile 2.2)', () => {
  it.each([
    'A',
    'AA',
    'AAA',
    'AA=',
    'A===',
    '====',
    '=',
    'AAAA=',
    'AAAA==',
    'AAAAA',
    'AA==AA==',
    'AA=A',
    '=AAA',
    'AAAA-',
    'AA_A',
    'AA-A',
    'AAA!',
    'AA.A',
    'AA,A',
    'AAA\u0000',
    'AA\u00a0==',
    'AA\u2003==',
    'AA\f==',
    'AA\v==',
    'ＡＡ==',
    'AB==',
    'AAB=',
    '"AAAA"',
    'AAAA%0A',
    'data:,AAAA',
  ])('R-257 S-001 refuses %j', (text) => {
    expect(fromBase64(text)).toBeUndefined();
  });

  it.each([
    ['', ''],
    ['AA==', '00'],
    [' A A\t=\r\n= ', '00'],
    ['+/+/', 'fbffbf'],
    ['\nAQID\nBAUG\n', '010203040506'],
  ])('R-257 S-001 reads %j, white space left out', (text, hex) => {
    expect(toHex(fromBase64(text) ?? utf8('nothing'))).toBe(hex);
  });

  it('R-257 reads what toBase64 writes, on one line, for every length', () => {
    for (let length = 0; length < 300; length += 1) {
      const octets = Uint8Array.from({ length }, (_, index) => (index * 37 + length) % 256);
      expect(toBase64(octets)).toMatch(/^[A-Za-z0-9+/]*={0,2}$/);
      expect(toHex(fromBase64(toBase64(octets)) ?? utf8('nothing'))).toBe(toHex(octets));
    }
  });
});

describe('equalBytes', () => {
  it('S-019 is true for equal octets alone, wherever and however little they differ', () => {
    const octets = Uint8Array.from({ length: 32 }, (_, index) => index);
    expect(equalBytes(octets, octets.slice())).toBe(true);
    expect(equalBytes(new Uint8Array(), new Uint8Array())).toBe(true);
    for (let bit = 0; bit < 256; bit += 1) {
      const other = octets.map((octet, at) => (at === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet));
      expect(equalBytes(octets, other)).toBe(false);
    }
  });

  it('S-019 is false for other lengths, prefixes included', () => {
    const octets = new Uint8Array(32);
    for (const length of [0, 31, 33]) {
      expect(equalBytes(octets, new Uint8Array(length))).toBe(false);
      expect(equalBytes(new Uint8Array(length), octets)).toBe(false);
    }
  });
});

describe('the other helpers', () => {
  it('join octets in order', () => {
    expect(toHex(concatBytes(fromHex('01'), new Uint8Array(), fromHex('0203')))).toBe('010203');
  });

  it('S-058 wipe what exists', () => {
    const secret = fromHex('ff'.repeat(40));
    wipe(undefined, secret);
    expect(toHex(secret)).toBe('00'.repeat(40));
  });

  it('read UTF-8 strictly and keep a byte order mark', () => {
    expect(fromUtf8(utf8('\ufeffü中🔒'))).toBe('\ufeffü中🔒');
    for (const hex of ['ff', 'c0af', 'eda080', 'f4908080', 'e4b8'])
      expect(() => fromUtf8(fromHex(hex))).toThrow(TypeError);
  });

  it.each(['0', '0g', 'xx', '0 '])('refuse %j for hexadecimal', (text) => {
    expect(() => fromHex(text)).toThrow(TypeError);
  });
});
