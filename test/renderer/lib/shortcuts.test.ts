import { describe, expect, it } from 'vitest';
import { keyWords } from '../../../renderer/lib/catalogue-settings.ts';
import { keysForReading, shortcutOf, SHORTCUTS } from '../../../renderer/lib/shortcuts.ts';

const plain = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };

describe('shortcutOf (ux.md 3.10)', () => {
  it('takes Ctrl and Command alike', () => {
    expect(shortcutOf({ ...plain, key: 'k', ctrlKey: true })).toBe('goTo');
    expect(shortcutOf({ ...plain, key: 'k', metaKey: true })).toBe('goTo');
  });

  it.each([
    [{ key: 'f', ctrlKey: true }, 'find'],
    [{ key: 'F', ctrlKey: true, shiftKey: true }, 'findEverywhere'],
    [{ key: 'ArrowUp', altKey: true, shiftKey: true }, 'previousUnread'],
    [{ key: '7', ctrlKey: true }, 'nth'],
    [{ key: 'Tab', ctrlKey: true }, 'last'],
    [{ key: 'F6' }, 'nextPane'],
    [{ key: 'F6', shiftKey: true }, 'previousPane'],
    [{ key: 'V', ctrlKey: true, shiftKey: true }, 'compare'],
    [{ key: 'Q', ctrlKey: true, shiftKey: true }, 'leave'],
    [{ key: ',', ctrlKey: true }, 'settings'],
    [{ key: '?', ctrlKey: true, shiftKey: true }, 'keys'],
    [{ key: '=', ctrlKey: true }, 'larger'],
    [{ key: '0', ctrlKey: true }, 'ordinarySize'],
    [{ key: 'Escape' }, 'escape'],
  ] as const)('answers %o with %s', (press, shortcut) => {
    expect(shortcutOf({ ...plain, ...press })).toBe(shortcut);
  });

  it('leaves every other key alone, letters by themselves above all', () => {
    for (const key of ['a', 'k', 'f', 'Enter', '1', 'ArrowUp', 'F5'])
      expect(shortcutOf({ ...plain, key })).toBeUndefined();
    expect(shortcutOf({ ...plain, key: 'k', ctrlKey: true, altKey: true })).toBeUndefined();
  });

  it('has words for each key of its list', () => {
    for (const [keys, shortcut] of SHORTCUTS) {
      expect(keyWords[shortcut], keys).not.toBe('');
      expect(keysForReading(keys, false)).not.toContain('mod');
    }
    expect(keysForReading('mod shift v', false)).toBe('Ctrl+Shift+V');
    expect(keysForReading('mod shift v', true)).toBe('Cmd+Shift+V');
  });
});
