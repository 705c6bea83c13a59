import { describe, expect, it } from 'vitest';
import { shortcutOf } from '../../../renderer/lib/shortcuts.ts';

const none = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };

describe('shortcutOf (ux.md 3.10)', () => {
  it('takes Ctrl and Command alike', () => {
    expect(shortcutOf({ ...none, key: 'k', ctrlKey: true })).toBe('find');
    expect(shortcutOf({ ...none, key: 'k', metaKey: true })).toBe('find');
  });

  it('reads the letter whatever Shift made of it', () => {
    expect(shortcutOf({ ...none, key: 'Q', ctrlKey: true, shiftKey: true })).toBe('leave');
    expect(shortcutOf({ ...none, key: 'V', ctrlKey: true, shiftKey: true })).toBe('compare');
  });

  it('leaves single letters and other chords alone', () => {
    expect(shortcutOf({ ...none, key: 'k' })).toBeUndefined();
    expect(shortcutOf({ ...none, key: 'k', ctrlKey: true, altKey: true })).toBeUndefined();
    expect(shortcutOf({ ...none, key: 'ArrowDown' })).toBeUndefined();
    expect(shortcutOf({ ...none, key: 'ArrowDown', altKey: true })).toBe('next');
    expect(shortcutOf({ ...none, key: 'Escape' })).toBe('escape');
  });
});
