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

/**
 * How far a stanza past those limits is read on, to find its end: whoever wrote it must not be able to break the stream
 * of the one whom it is for. Past these the stream is broken.
 */
export const SKIPPED_LIMITS = { octets: 4 * STANZA_LIMITS.octets, depth: 64 * STANZA_LIMITS.depth } as const;

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
  readonly #maySkip: (name: string, ns: string) => boolean;
  #elements = 0;
  #textOctets = 0;
  /** Past a limit nothing of the element is kept but its root; what is open below that is only counted. */
  #isSkipping = false;
  #skippedDepth = 0;

  /** @param maySkip - Of which elements, when they pass a limit, the root is kept and the rest passed over. */
  constructor(limits: XmlLimits, maySkip: (name: string, ns: string) => boolean = () => false) {
    this.limits = limits;
    this.#maySkip = maySkip;
  }

  /** Levels now open. */
  get depth(): number {
    return this.#stack.length + this.#skippedDepth;
  }

  /** Whether the element that is open, or was closed last, is one of which only the root is left. */
  get isSkipping(): boolean {
    return this.#isSkipping;
  }

  /** Notes that the open element, or the one about to open, passes a limit. @throws WireError `too-large` */
  exceed(what: string): void {
    const [root] = this.#stack;
    if (root !== undefined && !this.#maySkip(root.name, root.ns)) throw tooLarge(what);
    if (this.#isSkipping) return;
    this.#isSkipping = true;
    this.#skippedDepth = Math.max(0, this.#stack.length - 1);
    this.#stack.length = Math.min(1, this.#stack.length);
    if (root !== undefined) root.children.length = 0;
  }

  /** @throws WireError `too-large` */
  open(name: string, ns: string, attrs: Readonly<Record<string, string>>): void {
    if (this.#stack.length === 0) return this.#openRoot(name, ns, attrs);
    this.#elements += 1;
    if (this.#elements > this.limits.elements) this.exceed('elements');
    if (this.depth >= this.limits.depth) this.exceed('levels');
    if (this.depth >= SKIPPED_LIMITS.depth) throw tooLarge('levels');
    if (this.#isSkipping) this.#skippedDepth += 1;
    else this.#stack.push({ name, ns, attrs, children: [] });
  }

  /** The next element begins with a clean slate. */
  forget(): void {
    this.#isSkipping = false;
  }

  #openRoot(name: string, ns: string, attrs: Readonly<Record<string, string>>): void {
    if (this.#isSkipping && !this.#maySkip(name, ns)) throw tooLarge('attributes');
    this.#elements = 1;
    this.#textOctets = 0;
    this.#stack.push({ name, ns, attrs, children: [] });
  }

  /** Neighbouring pieces, CDATA sections included, become one string. @throws WireError `too-large` */
  text(piece: string): void {
    const children = this.#stack.at(-1)?.children;
    if (children === undefined || piece === '' || this.#isSkipping) return;
    this.#textOctets += Buffer.byteLength(piece);
    if (this.#textOctets > this.limits.textOctets) return this.exceed('characters');
    const last = children.at(-1);
    if (typeof last === 'string') children[children.length - 1] = last + piece;
    else children.push(piece);
  }

  /** @returns the element if it was the top-level one, else undefined. */
  close(): Element | undefined {
    if (this.#skippedDepth > 0) {
      this.#skippedDepth -= 1;
      return undefined;
    }
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
