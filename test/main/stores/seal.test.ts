import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../../main/base/bytes.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { Sealer } from '../../../main/stores/seal.ts';
import type { Binding } from '../../../main/stores/seal.ts';
import { codeOf } from './codes.ts';

const sealer = new Sealer(new Uint8Array(32).fill(1), systemRandom);
const PLAIN = utf8('a message');
const PLACE: Binding = ['messages', 'alice@example.org', 5, new Uint8Array([1, 2]), null];

describe('Sealer (S-070, S-073)', () => {
  it('opens what it sealed, in the same place only', () => {
    expect(sealer.open(sealer.seal(PLAIN, PLACE), PLACE)).toEqual(PLAIN);
  });

  it.each<[string, Binding]>([
    ['another table', ['contacts', 'alice@example.org', 5, new Uint8Array([1, 2]), null]],
    ['another account', ['messages', 'bob@example.org', 5, new Uint8Array([1, 2]), null]],
    ['another row', ['messages', 'alice@example.org', 6, new Uint8Array([1, 2]), null]],
    ['another tag', ['messages', 'alice@example.org', 5, new Uint8Array([1, 3]), null]],
    ['a tag where there was none', ['messages', 'alice@example.org', 5, new Uint8Array([1, 2]), new Uint8Array()]],
    ['a text for a number', ['messages', 'alice@example.org', '5', new Uint8Array([1, 2]), null]],
    ['parts divided elsewhere', ['messagesalice', '@example.org', 5, new Uint8Array([1, 2]), null]],
    ['a part more', [...PLACE, '']],
  ])('S-073 does not open it in the place of %s', (_, place) => {
    expect(sealer.open(sealer.seal(PLAIN, PLACE), place)).toBeUndefined();
  });

  it('does not open it with any octet changed, cut or added', () => {
    const sealed = sealer.seal(PLAIN, PLACE);
    for (const [at, octet] of sealed.entries()) {
      const changed = sealed.slice();
      changed[at] = octet ^ 1;
      expect(sealer.open(changed, PLACE)).toBeUndefined();
    }
    expect(sealer.open(sealed.subarray(1), PLACE)).toBeUndefined();
    expect(sealer.open(new Uint8Array(), PLACE)).toBeUndefined();
  });

  it('never draws a nonce twice, across many more calls than it draws ahead', () => {
    const nonces = Array.from({ length: 1_000 }, () => toHex(sealer.seal(PLAIN, PLACE).subarray(0, 12)));
    expect(new Set(nonces).size).toBe(1_000);
  });

  it('gives tags by column and text, the same again, and others under another key', () => {
    const tag = sealer.tag('contact', 'bob@example.com');
    expect(tag).toHaveLength(16);
    expect(sealer.tag('contact', 'bob@example.com')).toEqual(tag);
    expect(sealer.repeatedTag('contact', 'bob@example.com')).toEqual(tag);
    expect(sealer.tag('message', 'bob@example.com')).not.toEqual(tag);
    expect(new Sealer(new Uint8Array(32), systemRandom).tag('contact', 'bob@example.com')).not.toEqual(tag);
  });

  it('cannot be used after it was destroyed (S-058)', () => {
    const spent = new Sealer(new Uint8Array(32).fill(2), systemRandom);
    const sealed = spent.seal(PLAIN, PLACE);
    spent.repeatedTag('contact', 'x');
    spent.destroy();
    expect(codeOf(() => spent.seal(PLAIN, PLACE))).toBe('locked');
    expect(codeOf(() => spent.open(sealed, PLACE))).toBe('locked');
    expect(codeOf(() => spent.tag('contact', 'x'))).toBe('locked');
    expect(codeOf(() => spent.repeatedTag('contact', 'x'))).toBe('locked');
  });
});
