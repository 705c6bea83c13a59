/** The keys of ux.md 3.10 that this window answers; `Mod` is Command where that is the platform's key. */

type Press = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>;

/** Keys to what they do, in the order of the list that people read. */
const KEYS = {
  'mod k': 'goTo',
  'mod n': 'add',
  'mod f': 'find',
  'mod shift f': 'findEverywhere',
  'alt arrowup': 'previous',
  'alt arrowdown': 'next',
  'alt shift arrowup': 'previousUnread',
  'alt shift arrowdown': 'nextUnread',
  'mod 1…9': 'nth',
  'mod tab': 'last',
  f6: 'nextPane',
  'shift f6': 'previousPane',
  escape: 'escape',
  'mod i': 'details',
  'mod shift v': 'compare',
  'mod shift m': 'mute',
  'mod shift q': 'leave',
  'mod ,': 'settings',
  'mod /': 'keys',
  'mod +': 'larger',
  'mod -': 'smaller',
  'mod 0': 'ordinarySize',
} as const;

export type Shortcut = (typeof KEYS)[keyof typeof KEYS];

/** The same key under the names that keyboards give it with Shift held. */
const SAME_KEYS: Readonly<Record<string, string>> = {
  'mod =': 'mod +',
  'mod shift +': 'mod +',
  'mod shift =': 'mod +',
  'mod shift -': 'mod -',
  'mod shift _': 'mod -',
  'mod shift /': 'mod /',
  'mod shift ?': 'mod /',
};

/** For the list of keys: what is pressed, and for what. */
export const SHORTCUTS: readonly (readonly [keys: string, shortcut: Shortcut])[] = Object.entries(KEYS);

export function shortcutOf(press: Press): Shortcut | undefined {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = press;
  const held = [(ctrlKey || metaKey) && 'mod', altKey && 'alt', shiftKey && 'shift'].filter((name) => name !== false);
  const pressed = [...held, key.toLowerCase()].join(' ');
  if (/^mod [1-9]$/.test(pressed)) return 'nth';
  return (KEYS as Readonly<Record<string, Shortcut>>)[SAME_KEYS[pressed] ?? pressed];
}

/** `Ctrl+Shift+V`, or `Cmd+Shift+V` where that is the platform's key. */
export function keysForReading(keys: string, isMac: boolean): string {
  const names: Readonly<Record<string, string>> = {
    mod: isMac ? 'Cmd' : 'Ctrl',
    alt: 'Alt',
    shift: 'Shift',
    arrowup: '↑',
    arrowdown: '↓',
    escape: 'Esc',
    tab: 'Tab',
  };
  return keys
    .split(' ')
    .map((part) => names[part] ?? part.toUpperCase())
    .join('+');
}
