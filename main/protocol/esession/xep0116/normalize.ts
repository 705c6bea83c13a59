/**
 * XML normalisation (XEP-0116 6.2) as profile 2.3 defines it on a parsed tree: Canonical XML without namespaces,
 * prefixes and character data between elements. One routine serves signing, MACs and verification (S-006).
 */
import { utf8 } from '../../../base/bytes.ts';
import { elements, textOf } from '../../../wire/element.ts';
import type { Element } from '../../../wire/element.ts';
import { escapeCanonicalAttribute, escapeText } from '../../../wire/xml-escape.ts';

/** norm(E). Text of an element that has child elements is dropped, text of a leaf kept exactly. */
export function normalize(el: Element): string {
  const parts = elements(el);
  const content = parts.length === 0 ? escapeText(textOf(el)) : parts.map(normalize).join('');
  return `<${el.name}${attributesOf(el)}>${content}</${el.name}>`;
}

/**
 * The normalised content of a form: its children in order, without the tag of `<x/>` itself (and so its type).
 *
 * @param x - A form that `parseForm` accepted: what this drops must not be acted on.
 * @param excluded - `var` of the fields left out: `signs`, or `identity` and `mac`.
 * @returns UTF-8 octets
 */
export function normalizeForm(x: Element, excluded: readonly string[]): Uint8Array {
  const kept = elements(x).filter(({ name, attrs }) => name !== 'field' || !excluded.includes(attrs['var'] ?? ''));
  return utf8(kept.map(normalize).join(''));
}

function attributesOf(el: Element): string {
  const names = Object.keys(el.attrs).filter((name) => !name.includes(':') && name !== 'xmlns');
  if (names.length > 1) names.sort(compareCodePoints);
  return names.map((name) => ` ${name}="${escapeCanonicalAttribute(el.attrs[name] ?? '')}"`).join('');
}

/** The order of UTF-8 octets is the order of code points; that of UTF-16 units is not. */
function compareCodePoints(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
