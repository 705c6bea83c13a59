import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromUtf8, utf8 } from '../../../../main/base/bytes.ts';
import { LineReader } from '../../../../main/hosts/headless/line-reader.ts';

function read(maxOctets: number, chunks: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const reader = new LineReader(maxOctets, {
    line: (octets) => void lines.push(fromUtf8(octets)),
    tooLong: () => void lines.push('<too long>'),
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return lines;
}

describe('LineReader', () => {
  it('gives the same lines however the octets are cut', () => {
    const seed = 20_261_122;
    const text = 'one\n\nthree é 😀\r\nand a rest';
    fc.assert(
      fc.property(fc.array(fc.nat(utf8(text).length), { maxLength: 10 }), (cuts) => {
        const octets = utf8(text);
        const at = [0, ...cuts.sort((a, b) => a - b), octets.length];
        const chunks = at.slice(1).map((end, index) => octets.subarray(at[index], end));
        expect(concatBytes(...chunks)).toEqual(octets);
        expect(read(1_000, chunks)).toEqual(['one', '', 'three é 😀\r', 'and a rest']);
      }),
      { seed },
    );
  });

  it('takes a line of exactly the limit, refuses one octet more once, and goes on', () => {
    expect(read(4, [utf8('1234\n12345\n12\n')])).toEqual(['1234', '<too long>', '12']);
    expect(read(4, [utf8('12'), utf8('345678'), utf8('9'), utf8('\nok\n')])).toEqual(['<too long>', 'ok']);
    expect(read(4, [utf8('12345')])).toEqual(['<too long>']);
  });

  it('gives nothing for the end right after a line feed', () => {
    expect(read(10, [utf8('a\n')])).toEqual(['a']);
    expect(read(10, [])).toEqual([]);
  });
});
