import { describe, expect, it } from 'vitest';
import { runsOf } from '../../../renderer/lib/plain-text.ts';

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

  it('drops nothing: every character is in one run', () => {
    const text = '\u202ea\u200b\u200bb\u0007';
    const length = runsOf(text).reduce((sum, run) => sum + (run.kind === 'text' ? run.text.length : 1), 0);
    expect(length).toBe(text.length);
    expect(runsOf('')).toEqual([]);
  });
});
