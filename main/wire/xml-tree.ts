/** Builds one element tree from a parser's events, and counts while it grows so that nothing grows past the limits. */
import type { Element, Node } from './element.ts';
import { WireError } from './wire-error.ts';

/** What one top-level element may weigh. All sizes are octets of UTF-8. */
export interface XmlLimits {
  /** The element as it was written, mark-up included. */
  readonly octets: number;
  /** Levels of nesting; the element itself is level 1. */
  readonly depth: number;
  /** Elements, itself included. */
  readonly elements: number;
  /** Attributes and namespace declarations of one element. */
  readonly attributes: number;
  /** One attribute's value. */
  readonly attributeOctets: number;
  /** All its character data together, references resolved. */
  readonly textOctets: number;
}

/** S-103. */
export const STANZA_LIMITS: XmlLimits = {
  octets: 256 * 1024,
  depth: 64,
  elements: 2_048,
  attributes: 64,
  attributeOctets: 8 * 1024,
  textOctets: 192 * 1024,
};

/** S-103: what a server may say before it has shown that it knows the account. */
export const LIMITS_BEFORE_LOGIN: XmlLimits = { ...STANZA_LIMITS, octets: 16 * 1024 };

interface OpenElement {
  readonly name: string;
  readonly ns: string;
  readonly attrs: Readonly<Record<string, string>>;
  readonly children: Node[];
}

/** Used for one top-level element after another: `open`, `text` and `close` in document order. */
export class XmlTreeBuilder {
  limits: XmlLimits;
  readonly #stack: OpenElement[] = [];
  #elements = 0;
  #textOctets = 0;

  constructor(limits: XmlLimits) {
    this.limits = limits;
  }

  /** Levels now open. */
  get depth(): number {
    return this.#stack.length;
  }

  /** @throws WireError `too-large` */
  open(name: string, ns: string, attrs: Readonly<Record<string, string>>): void {
    if (this.#stack.length === 0) this.#elements = this.#textOctets = 0;
    this.#elements += 1;
    if (this.#elements > this.limits.elements) throw tooLarge('elements');
    if (this.#stack.length >= this.limits.depth) throw tooLarge('levels');
    this.#stack.push({ name, ns, attrs, children: [] });
  }

  /** Neighbouring pieces, CDATA sections included, become one string. @throws WireError `too-large` */
  text(piece: string): void {
    const children = this.#stack.at(-1)?.children;
    if (children === undefined || piece === '') return;
    this.#textOctets += Buffer.byteLength(piece);
    if (this.#textOctets > this.limits.textOctets) throw tooLarge('characters');
    const last = children.at(-1);
    if (typeof last === 'string') children[children.length - 1] = last + piece;
    else children.push(piece);
  }

  /** @returns the element if it was the top-level one, else undefined. */
  close(): Element | undefined {
    const closed = this.#stack.pop();
    const parent = this.#stack.at(-1);
    if (closed === undefined || parent === undefined) return closed;
    parent.children.push(closed);
    return undefined;
  }
}

export function tooLarge(what: string): WireError {
  return new WireError('too-large', `an element has too many ${what}`);
}
