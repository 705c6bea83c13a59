/** The keys of ux.md 3.10 that this window answers; `Mod` is Command where that is the platform's key. */
export type Shortcut = 'find' | 'add' | 'previous' | 'next' | 'details' | 'compare' | 'leave' | 'escape';

type Press = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>;

const shortcuts: Readonly<Record<string, Shortcut>> = {
  'mod k': 'find',
  'mod n': 'add',
  'alt arrowup': 'previous',
  'alt arrowdown': 'next',
  'mod i': 'details',
  'mod shift v': 'compare',
  'mod shift q': 'leave',
  escape: 'escape',
};

export function shortcutOf({ key, altKey, ctrlKey, metaKey, shiftKey }: Press): Shortcut | undefined {
  const held = [(ctrlKey || metaKey) && 'mod', altKey && 'alt', shiftKey && 'shift'].filter((name) => name !== false);
  return shortcuts[[...held, key.toLowerCase()].join(' ')];
}
