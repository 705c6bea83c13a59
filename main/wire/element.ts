/**
 * XML elements as plain, immutable values with resolved namespaces. A parser outside makes them from octets
 * (`xml-parser.ts`), the link turns them into the library's own kind and back; nothing else knows of either.
 */
import { escapeAttribute, escapeText } from './xml-escape.ts';

/** One element. Prefixes are resolved away; `attrs` holds attributes without a prefix, and `xml:lang` by that name. */
export interface Element {
  readonly name: string;
  readonly ns: string;
  readonly attrs: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

/** Character data is a plain string: references resolved, CDATA joined. */
export type Node = Element | string;

/** Attributes as a builder takes them: undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | undefined>>;

/**
 * Builds an element. Children that are undefined are left out, so optional parts need no condition at the call.
 *
 * @throws TypeError for a text or attribute value that XML 1.0 cannot carry (control characters, lone surrogates).
 */
export function element(
  name: string,
  ns: string,
  attrs: Attributes = {},
  ...children: readonly (Node | undefined)[]
): Element {
  // Most have nothing to leave out, and then the array that this call made is the one that is kept.
  const nodes = children.every(isNode) ? children : children.filter(isNode);
  for (const node of nodes) if (typeof node === 'string') assertXmlText(node);
  return { name, ns, attrs: presentOf(attrs), children: nodes };
}

export function isElement(node: Node): node is Element {
  return typeof node !== 'string';
}

/** The child elements, in document order. */
export function elements(parent: Element): readonly Element[] {
  return parent.children.filter(isElement);
}

/** The first child with that local name **and** namespace (S-104). */
export function child(parent: Element, name: string, ns: string): Element | undefined {
  for (const node of parent.children) if (typeof node !== 'string' && node.name === name && node.ns === ns) return node;
  return undefined;
}

/** Every child with that local name and namespace, in document order. */
export function childrenNamed(parent: Element, name: string, ns: string): readonly Element[] {
  const found: Element[] = [];
  for (const node of parent.children) {
    if (typeof node !== 'string' && node.name === name && node.ns === ns) found.push(node);
  }
  return found;
}

/** The element's own character data, joined; that of its children is not part of it. */
export function textOf(parent: Element): string {
  let text = '';
  for (const node of parent.children) if (typeof node === 'string') text += node;
  return text;
}

/** The text of the first child of that name and namespace; undefined if there is none. */
export function childText(parent: Element, name: string, ns: string): string | undefined {
  const found = child(parent, name, ns);
  return found === undefined ? undefined : textOf(found);
}

/**
 * Writes XML without prefixes: a namespace is declared wherever it differs from the parent's.
 *
 * @param parentNs - The default namespace already in force where the text will stand; undefined declares it always.
 */
export function serialize(el: Element, parentNs?: string): string {
  let out = `<${el.name}`;
  if (el.ns !== parentNs) out += ` xmlns="${escapeAttribute(el.ns)}"`;
  for (const [key, value] of Object.entries(el.attrs)) out += ` ${key}="${escapeAttribute(value)}"`;
  if (el.children.length === 0) return `${out}/>`;
  out += '>';
  for (const node of el.children) out += typeof node === 'string' ? escapeText(node) : serialize(node, el.ns);
  return `${out}</${el.name}>`;
}

/** True if XML 1.0 can carry the text at all. */
export function isXmlText(text: string): boolean {
  return text.isWellFormed() && !FORBIDDEN.test(text);
}

// eslint-disable-next-line no-control-regex -- these are exactly the characters XML 1.0 excludes
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** A copy without the undefined. Both ways of making it keep own properties of any name, `__proto__` included. */
function presentOf(attrs: Attributes): Element['attrs'] {
  let isComplete = true;
  for (const name of Object.keys(attrs)) {
    const value = attrs[name];
    if (value === undefined) isComplete = false;
    else assertXmlText(value);
  }
  if (isComplete) return { ...attrs } as Element['attrs'];
  return Object.fromEntries(Object.entries(attrs).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function isNode(child: Node | undefined): child is Node {
  return child !== undefined && child !== '';
}

function assertXmlText(text: string): void {
  if (!isXmlText(text)) throw new TypeError('text holds a character that XML cannot carry');
}
