/**
 * Addresses that deceive the eye (S-091), after Unicode Technical Standard 39, version 15: which scripts an address
 * mixes (section 5.2, "highly restrictive"), and what it looks like (section 4, skeletons). Of the confusable characters
 * those are covered that look like the letters of ASCII, in the scripts that have many of them; accents count for nothing.
 */
import { domainOf, localOf } from './jid.ts';
import type { BareJid } from './jid.ts';

/** Letters that look like those of ASCII in ordinary fonts; what stands before the colon is what they look like. */
const LOOKS_LIKE = [
  ...['a:аαɑ', 'b:ƅ', 'c:сϲ', 'd:ԁđ', 'e:еєε', 'g:ɡց', 'h:һհħ', 'i:іıιɩ', 'j:јϳ', 'k:кκ', 'l:ӏł', 'n:ոη'],
  ...['o:оοօσøო', 'p:рρ', 'q:ԛզ', 's:ѕ', 't:τŧ', 'u:υսʋ', 'v:ѵν', 'w:ԝωա', 'x:хχ', 'y:уγү'],
  ...['o:0', 'l:1', '-:‐‑‒–—−'],
];
const LOOKS = new Map(LOOKS_LIKE.flatMap((entry) => [...entry.slice(2)].map((letter) => [letter, entry[0] ?? ''])));
/** Two letters that look like one. */
const PAIRS: readonly (readonly [RegExp, string])[] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
];

/**
 * What an address looks like. Two addresses with one skeleton are hard to tell apart.
 *
 * @returns a text for comparing, not for showing.
 */
export function skeletonOf(address: BareJid): string {
  const letters = [...address.normalize('NFKD').replace(/\p{M}/gu, '')];
  const seen = letters.map((letter) => LOOKS.get(letter) ?? letter).join('');
  return PAIRS.reduce((text, [pair, one]) => text.replace(pair, one), seen);
}

/** How an address deceives by itself: letters of several scripts, or foreign ones that all look like those of ASCII. */
export type Disguise = 'mixed-scripts' | 'disguised';

/** @returns undefined for an address that is what it looks like. */
export function disguiseOf(address: BareJid): Disguise | undefined {
  // eslint-disable-next-line no-control-regex -- what is ASCII only is what nearly all are
  if (/^[\u0000-\u007f]*$/.test(address)) return undefined;
  const parts = [localOf(address) ?? '', ...domainOf(address).split('.')];
  if (parts.some(mixesScripts)) return 'mixed-scripts';
  return parts.some(isDisguised) ? 'disguised' : undefined;
}

const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Georgian', 'Hebrew', 'Arabic', 'Devanagari'];
const EAST_ASIAN = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo'];
const PATTERNS = [...SCRIPTS, ...EAST_ASIAN].map((name) => [name, new RegExp(`\\p{Script=${name}}`, 'u')] as const);
/** Each of these is one way of writing (UTS 39 section 5.2). */
const WRITTEN_TOGETHER: readonly (readonly string[])[] = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

function mixesScripts(part: string): boolean {
  const scripts = new Set([...part].flatMap(scriptOf));
  if (scripts.size < 2) return false;
  return !WRITTEN_TOGETHER.some((together) => [...scripts].every((script) => together.includes(script)));
}

/** The script of a letter; nothing for digits, signs and marks, which go with any. */
function scriptOf(character: string): readonly string[] {
  if (!/\p{L}/u.test(character)) return [];
  return [PATTERNS.find(([, pattern]) => pattern.test(character))?.[0] ?? 'another'];
}

function isDisguised(part: string): boolean {
  const letters = [...part].filter((character) => /\p{L}/u.test(character));
  return letters.length > 0 && letters.every((letter) => /^[a-z]$/.test(LOOKS.get(letter) ?? ''));
}
