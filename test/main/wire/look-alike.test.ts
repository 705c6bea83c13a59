import { describe, expect, it } from 'vitest';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { disguiseOf, skeletonOf } from '../../../main/wire/look-alike.ts';

const looksOf = (text: string): string => skeletonOf(parseBareJid(text));

describe('skeletonOf (UTS 39 section 4)', () => {
  it.each([
    ['one Cyrillic letter', 'bоb@example.org'],
    ['one Greek letter', 'bοb@example.org'],
    ['a digit', 'b0b@example.org'],
    ['letters of full width', 'ｂｏｂ@example.org'],
    ['upper case', 'BOB@example.org'],
    ['accents', 'bób@example.org'],
    ['a Cyrillic letter behind the @', 'bob@ехample.org'],
    ['a digit in the place of l', 'bob@examp1e.org'],
    ['Armenian letters', 'bօb@example.org'],
  ])('S-091 is the same for %s', (_what, text) => {
    expect(looksOf(text)).toBe(looksOf('bob@example.org'));
  });

  it('S-091 is the same for two letters that look like one', () => {
    expect(looksOf('rnallory@example.org')).toBe(looksOf('mallory@example.org'));
    expect(looksOf('vvendy@example.org')).toBe(looksOf('wendy@example.org'));
  });

  it.each(['rob@example.org', 'bob@example.com', 'bobb@example.org', 'боб@example.org'])(
    'is another for %s',
    (text) => {
      expect(looksOf(text)).not.toBe(looksOf('bob@example.org'));
    },
  );
});

describe('disguiseOf (UTS 39 section 5.2)', () => {
  it.each([
    ['Latin and Cyrillic', 'bоb@example.org'],
    ['Latin and Greek', 'αlice@example.org'],
    ['Latin and Cyrillic in a label', 'alice@exаmple.org'],
    ['Cyrillic and Greek', 'аβв@example.org'],
    ['Latin and a script without a table', 'aᏸ@example.org'],
    ['Hangul and Katakana', '한カ@example.org'],
  ])('S-091 finds %s mixed', (_what, text) => {
    expect(disguiseOf(parseBareJid(text))).toBe('mixed-scripts');
  });

  it.each(['сосо@example.org', 'ѕсоре@example.org', 'alice@рау.example', 'ορο@example.org'])(
    'S-091 finds %s disguised: no letter is Latin and each looks so',
    (text) => {
      expect(disguiseOf(parseBareJid(text))).toBe('disguised');
    },
  );

  it.each([
    ...['alice@example.org', 'al1ce-2@example.org', 'josé@example.org', 'straße@example.org', 'саша@example.org'],
    ...['сергей@пример.example', 'αλίκη@example.org', 'alice東京@example.org', 'ひらがなカタカナ漢字@example.org'],
    ...['앨리스@example.org', 'אליס@example.org', 'alice@例え.example', '123@example.org', 'саша@example2.org'],
  ])('S-091 has nothing against %s', (text) => {
    expect(disguiseOf(parseBareJid(text))).toBeUndefined();
  });
});
