import { describe, expect, it } from 'vitest';
import {
  beginningOf,
  MOST_LINKS,
  MOST_MARKS,
  openingOf,
  runsOf,
  runsWithLinks,
} from '../../../renderer/lib/plain-text.ts';

const marksOf = (text: string) => runsOf(text).flatMap((run) => (run.kind === 'mark' ? [run.name] : []));

describe('runsOf (security.md S-140)', () => {
  it('leaves ordinary text of any script whole', () => {
    for (const text of [
      'Hello\n\tworld',
      'שלום עולם',
      'مرحبا',
      'می‌خواهم',
      'क्‍ष',
      '👩🏽‍💻 👨‍👩‍👧 🏳️‍🌈',
      '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
      'e\u0301',
      'a\u200fb',
    ]) {
      expect(runsOf(text)).toEqual([{ kind: 'text', text }]);
    }
  });

  it('S-140 marks what turns the direction of writing', () => {
    expect(marksOf('photo_\u202egpj.exe')).toEqual(['U+202E']);
    expect(marksOf('\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069')).toHaveLength(8);
  });

  it('S-140 marks what cannot be seen', () => {
    expect(marksOf('a\u200bb\u00adc\ufeffd\u2060e\u0000f\u009bg')).toEqual([
      'U+200B',
      'U+00AD',
      'U+FEFF',
      'U+2060',
      'U+0000',
      'U+009B',
    ]);
    expect(marksOf('hidden\u{e0041}\u{e0042}')).toEqual(['U+E0041', 'U+E0042']);
  });

  it('S-140 marks a joiner that joins nothing, and tags outside a flag', () => {
    expect(marksOf('1\u200d2')).toEqual(['U+200D']);
    expect(marksOf('\u200cstart')).toEqual(['U+200C']);
    expect(marksOf('🏴\u{e0067}no end')).toEqual(['U+E0067']);
  });

  it('S-140 makes no more elements of a letter than a window can draw, and names the rest within the text', () => {
    const scattered = runsOf('a\u202e'.repeat(16_384));
    expect(scattered).toHaveLength(2 * MOST_MARKS + 1);
    expect(scattered.at(-1)).toMatchObject({
      kind: 'text',
      text: expect.stringMatching(/^(a\[U\+202E\])+$/) as string,
    });
    const dense = runsOf('\u202e'.repeat(21_845));
    expect(dense).toHaveLength(MOST_MARKS + 1);
    expect(dense.at(-1)).toEqual({ kind: 'text', text: `[U+202E +${21_845 - MOST_MARKS - 1}]` });
    const links = runsWithLinks('https://example.org/ '.repeat(3_000)).filter(({ kind }) => kind === 'link');
    expect(links).toHaveLength(MOST_LINKS);
  });

  it('S-140 counts the marks that are piled up on a letter past what any language writes', () => {
    expect(runsOf(`e${'\u0301'.repeat(30)}`)).toHaveLength(1);
    expect(runsOf(`e${'\u0301'.repeat(40)}x`)).toEqual([
      { kind: 'text', text: `e${'\u0301'.repeat(30)}` },
      { kind: 'mark', name: 'U+0301 +9' },
      { kind: 'text', text: 'x' },
    ]);
  });

  it('drops nothing: every character is in one run', () => {
    const text = '\u202ea\u200b\u200bb\u0007';
    const length = runsOf(text).reduce((sum, run) => sum + (run.kind === 'text' ? run.text.length : 1), 0);
    expect(length).toBe(text.length);
    expect(runsOf('')).toEqual([]);
  });
});

describe('openingOf and beginningOf', () => {
  it('leave an ordinary text alone', () => {
    expect(openingOf('Hello\nworld')).toBeUndefined();
    expect(beginningOf('Hello')).toBe('Hello');
  });

  it('end a long one after so many lines or characters, never within a character', () => {
    expect(openingOf('\n'.repeat(60_000))).toBe(`${'\n'.repeat(39)}…`);
    expect(openingOf('a'.repeat(65_536))).toBe(`${'a'.repeat(3_000)}…`);
    expect(beginningOf('🔒🔒', 3)).toBe('🔒…');
  });
});
