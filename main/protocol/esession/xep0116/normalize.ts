/**
 * XML normalisation (XEP-0116 6.2) as profile 2.3 defines it on a parsed tree: Canonical XML without namespaces,
 * prefixes and character data between elements. One routine serves signing, MACs and verification (S-006).
 */
import { utf8 } from '../../../base/bytes.ts';
import { isElement, textOf } from '../../../wire/element.ts';
import type { Element } from '../../../wire/element.ts';
import { escapeCanonicalAttribute, escapeText } from '../../../wire/xml-escape.ts';

/** norm(E). Text of an element that has child elements is dropped, text of a leaf kept exactly. */
export function normalize(el: Element): string {
  let content: string | undefined;
  for (const node of el.children) if (isElement(node)) content = (content ?? '') + normalize(node);
  return `<${el.name}${attributesOf(el.attrs)}>${content ?? escapeText(textOf(el))}</${el.name}>`;
}

/**
 * The normalised content of a form: its children in order, without the tag of `<x/>` itself (and so its type).
 *
 * @param x - A form that `parseForm` accepted: what this drops must not be acted on.
 * @param excluded - `var` of the fields left out: `signs`, or `identity` and `mac`.
 * @returns UTF-8 octets
 */
export function normalizeForm(x: Element, excluded: readonly string[]): Uint8Array {
  let text = '';
  for (const node of x.children) {
    if (!isElement(node)) continue;
    const isExcluded = node.name === 'field' && excluded.includes(node.attrs['var'] ?? '');
    if (!isExcluded) text += normalize(node);
  }
  return utf8(text);
}

function attributesOf(attrs: Element['attrs']): string {
  let text = '';
  for (const name of inOrder(Object.keys(attrs))) {
    if (name.includes(':') || name === 'xmlns') continue;
    text += ` ${name}="${escapeCanonicalAttribute(attrs[name] ?? '')}"`;
  }
  return text;
}

/** Our own forms are written in order. */
function inOrder(names: readonly string[]): readonly string[] {
  const isInOrder = names.every((name, at) => at === 0 || compareCodePoints(names[at - 1] ?? '', name) < 0);
  return isInOrder ? names : [...names].sort(compareCodePoints);
}

/** The order of UTF-8 octets is the order of code points; that of UTF-16 units is not where there are surrogates. */
function compareCodePoints(left: string, right: string): number {
  if (!SURROGATE.test(left) && !SURROGATE.test(right)) return left < right ? -1 : 1;
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

const SURROGATE = /[\ud800-\udfff]/;
