import { describe, expect, it } from 'vitest';
import { hueOf } from '../../../renderer/lib/hue.ts';
import { plural, textsOf } from '../../../renderer/lib/language.ts';
import { spelledAloud } from '../../../renderer/lib/phonetic.ts';
import { accented } from '../../../renderer/lib/pseudo-locale.ts';

describe('accented (ux.md M16)', () => {
  it('accents every letter, adds two fifths and brackets, also in what functions give', () => {
    const catalogue = accented({
      plain: 'Sign in',
      nested: { count: (count: number) => `${count} new` },
      list: ['Yes'],
    });
    expect(catalogue.plain).toBe('[Šîĝñ îñ···]');
    expect(catalogue.nested.count(3)).toBe('[3 ñéŵ··]');
    expect(catalogue.list).toEqual(['[Ýéš··]']);
  });

  it('leaves no letter of the alphabet as it was', () => {
    const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const changed = accented(alphabet).slice(1, 1 + alphabet.length);
    for (const [index, letter] of Array.from(alphabet).entries()) expect(changed[index]).not.toBe(letter);
  });
});

it('plural takes the form that the number needs', () => {
  const forms = { one: '1 message', other: 'messages' };
  expect([0, 1, 2, 21].map((count) => plural(count, forms))).toEqual(['messages', '1 message', 'messages', 'messages']);
});

it('textsOf finds the texts that need nothing', () => {
  expect(textsOf({ a: 'one', b: { c: 'two', d: () => 'three' }, e: ['four'] })).toEqual(['one', 'two', 'four']);
});

it('spelledAloud says a code as people read it to each other (ux.md 3.5)', () => {
  expect(spelledAloud('K7T29')).toBe('kilo seven tango two nine');
});

it('hueOf gives the angle of XEP-0392 §5.1, as its test vectors have it', async () => {
  expect(await hueOf('Romeo')).toBeCloseTo(327.255249, 4);
  expect(await hueOf('juliet@capulet.lit')).toBeCloseTo(209.4104, 4);
});
