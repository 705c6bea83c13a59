import { beforeAll, describe, expect, it, vi } from 'vitest';
import { toHex, utf8 } from '../../../main/base/bytes.ts';
import { digest, hmac, hmacWithPrefix, publicHmac } from '../../../main/crypto/hash.ts';
import { loadWhirlpool } from '../../../main/crypto/whirlpool.ts';
import { hmacWith } from '../../reference/session.ts';
import { whirlpool as reference } from '../../reference/whirlpool.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const whirlpool = (...parts: readonly Uint8Array[]): string => toHex(digest('whirlpool', ...parts));
/** The part of the platform's interface that is watched here. */
interface Machine {
  readonly exports: { readonly memory: { readonly buffer: ArrayBuffer } };
}
const { WebAssembly: machines } = globalThis as unknown as {
  WebAssembly: { instantiate: (...args: readonly unknown[]) => Promise<Machine> };
};
let memory: Machine['exports']['memory'];

beforeAll(async () => {
  expect(() => whirlpool(utf8('abc')), 'before it is loaded').toThrow(TypeError);
  const instantiate = vi.spyOn(machines, 'instantiate');
  await loadWhirlpool();
  const made = await instantiate.mock.settledResults[0]?.value;
  if (made === undefined) throw new TypeError('nothing was made');
  ({ memory } = (made as Machine).exports);
  instantiate.mockRestore();
});

/** ISO/IEC 10118-3, test vectors; the same from another implementation. */
const KNOWN: readonly (readonly [string, string])[] = [
  ['', '19fa61d75522a4669b44e39c1d2e1726c530232130d407f89afee0964997f7a7'],
  ['a', '8aca2602792aec6f11a67206531fb7d7f0dff59413145e6973c45001d0087b42'],
  ['abc', '4e2448a4c6f486bb16b6562c73b4020bf3043e3a731bce721ae1b303d97e6d4c'],
  ['message digest', '378c84a4126e2dc6e56dcc7458377aac838d00032230f53ce1f5700c0ffb4d3b'],
  ['abcdefghijklmnopqrstuvwxyz', 'f1d754662636ffe92c82ebb9212a484a8d38631ead4238f5442ee13b8054e41b'],
  [
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
    'dc37e008cf9ee69bf11f00ed9aba26901dd7c28cdec066cc6af42e40f82f3a1e',
  ],
  ['1234567890'.repeat(8), '466ef18babb0154d25b9d38a6414f5c08784372bccb204d6549c4afadb601429'],
  ['abcdbcdecdefdefgefghfghighijhijk', '2a987ea40f917061f5d6f0a0e4644f488a7a5a52deee656207c562f988e95c69'],
  ['a'.repeat(1_000_000), '0c99005beb57eff50a7cf005560ddf5d29057fd86b20bfd62deca0f1ccea4af5'],
];

describe('Whirlpool (XEP-0116 §8.4)', () => {
  it.each(KNOWN)('R-148 begins as the standard says for the text "%.20s"', (text, beginning) => {
    expect(whirlpool(utf8(text)).slice(0, 64)).toBe(beginning);
  });

  it('R-148 is that of the reference for every length around a block, in one part or several', () => {
    const random = seededRandom('whirlpool');
    for (const length of [0, 1, 31, 32, 33, 62, 63, 64, 65, 95, 96, 127, 128, 129, 200]) {
      const text = random.bytes(length);
      const known = toHex(reference(text));
      expect(whirlpool(text), `${length} octets`).toBe(known);
      expect(whirlpool(text.subarray(0, 5), text.subarray(5, 70), text.subarray(70)), `${length} in parts`).toBe(known);
    }
  });

  it('R-148 takes a text that is longer than the machine takes at once', () => {
    const text = new Uint8Array(40_000).fill(7);
    expect(whirlpool(text)).toBe(whirlpool(text.subarray(0, 16_385), text.subarray(16_385)));
  });

  it('R-148 makes the HMAC of the reference, each way it is computed', () => {
    const random = seededRandom('whirlpool hmac');
    for (const [keyLength, length] of [
      [64, 100],
      [0, 0],
      [65, 20],
      [131, 130],
    ] as const) {
      const [key, text] = [random.bytes(keyLength), random.bytes(length)];
      const known = toHex(hmacWith(reference, key, text));
      expect(toHex(hmac('whirlpool', key, text))).toBe(known);
      expect(toHex(publicHmac('whirlpool', key, text))).toBe(known);
      const macOf = hmacWithPrefix('whirlpool', key, text.subarray(0, 15));
      expect([1, 2].map(() => toHex(macOf(text.subarray(15))))).toEqual([known, known]);
    }
  });

  it.each([16, 40, 63, 64, 65, 500, 16_383, 16_384, 20_000])(
    'S-058 leaves nothing of a secret of %d octets in the memory of its machine',
    (length) => {
      const secret = new Uint8Array(length).fill(0xa7);
      for (const run of [() => whirlpool(secret), () => whirlpool(utf8('x'), secret)]) {
        run();
        const left = new Uint8Array(memory.buffer).filter((octet) => octet === 0xa7).length;
        expect(left).toBeLessThan(UNRELATED);
      }
    },
  );
});

/** Tables and intermediate values hold any octet here and there. */
const UNRELATED = 40;
