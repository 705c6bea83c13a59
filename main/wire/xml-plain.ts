/**
 * A quick reader for XML as nearly all of it is written: names of ASCII, attributes one space apart, no prefix but
 * `xml:lang`, no reference but the five predefined ones, and those in text alone. It refuses nothing. What it is not
 * certain about, limits included, it leaves to the strict reader of `xml-parser.ts`, which alone says what is wrong;
 * what it does read, that one would read the same (S-100, S-103).
 */
import type { Element, Node } from './element.ts';
import type { XmlLimits } from './xml-tree.ts';

interface OpenElement {
  readonly name: string;
  readonly ns: string;
  readonly attrs: Readonly<Record<string, string>>;
  readonly children: Node[];
}

/** Reads single elements out of one text. */
export class PlainReader {
  readonly #text: string;
  readonly #ns: string;
  readonly #limits: XmlLimits;
  readonly #stack: OpenElement[] = [];
  #elements = 0;
  #at = 0;
  #isCut = false;

  /** @param ns - The default namespace in force around the elements. */
  constructor(text: string, ns: string, limits: XmlLimits) {
    this.#text = text;
    this.#ns = ns;
    this.#limits = limits;
  }

  /** Behind the element that was read. */
  get end(): number {
    return this.#at;
  }

  /** After a `read` without result: the text ended before anything unusual. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** The element that begins at this character; undefined if this reader cannot tell. To be called once. */
  read(start: number): Element | undefined {
    this.#at = start;
    for (;;) {
      const isClosing = this.#text.startsWith('</', this.#at);
      const complete = isClosing ? this.#close() : this.#open();
      if (complete === undefined) return undefined;
      if (complete !== 'open') return this.#isWithinLimits(start) ? complete : undefined;
      if (!this.#takeText()) return undefined;
    }
  }

  #open(): Element | 'open' | undefined {
    const from = this.#at;
    this.#at += 1;
    const opened = this.#text.charCodeAt(from) === LESS ? this.#openElement() : undefined;
    const isEmpty = this.#text.charCodeAt(this.#at) === SLASH;
    if (isEmpty) this.#at += 1;
    if (opened === undefined || this.#text.charCodeAt(this.#at) !== GREATER) {
      this.#isCut = !this.#text.includes('>', from);
      return undefined;
    }
    this.#at += 1;
    this.#elements += 1;
    this.#stack.push(opened);
    if (this.#elements > this.#limits.elements || this.#stack.length > this.#limits.depth) return undefined;
    return isEmpty ? this.#pop() : 'open';
  }

  #openElement(): OpenElement | undefined {
    const name = this.#take(NAME);
    const attrs: Record<string, string> = {};
    let ns: string | undefined;
    for (let count = 1; this.#text.charCodeAt(this.#at) === SPACE; count += 1) {
      this.#at += 1;
      const key = this.#take(ATTRIBUTE_NAME);
      const value = key === '' ? undefined : this.#takeValue();
      if (value === undefined || count > this.#limits.attributes) return undefined;
      if (key === 'xmlns') {
        if (ns !== undefined || !isPlainNamespace(value)) return undefined;
        ns = value;
      } else {
        // `in` also finds what every object has, such as `constructor`: the strict reader knows better.
        if (key in attrs || (key.includes(':') && key !== 'xml:lang')) return undefined;
        attrs[key] = value;
      }
    }
    if (name === '') return undefined;
    return { name, ns: ns ?? this.#stack.at(-1)?.ns ?? this.#ns, attrs, children: [] };
  }

  /** What stands here of that pattern; then it is behind us. Empty if there is nothing. */
  #take(pattern: RegExp): string {
    const from = (pattern.lastIndex = this.#at);
    if (!pattern.test(this.#text)) return '';
    this.#at = pattern.lastIndex;
    return this.#text.slice(from, this.#at);
  }

  /** The equals sign and a value in either kind of quotes, with nothing in it that would have to be changed. */
  #takeValue(): string | undefined {
    const text = this.#text;
    const quote = text.charCodeAt(this.#at + 1) === APOSTROPHE ? "'" : '"';
    if (text.charCodeAt(this.#at) !== EQUALS || text[this.#at + 1] !== quote) return undefined;
    const from = this.#at + 2;
    const end = text.indexOf(quote, from);
    if (end === -1 || (end - from) * OCTETS_PER_UNIT > this.#limits.attributeOctets) return undefined;
    const value = text.slice(from, end);
    if (CHANGED.test(value)) return undefined;
    this.#at = end + 1;
    return value;
  }

  #close(): Element | 'open' | undefined {
    const tag = `</${this.#stack.at(-1)?.name ?? ''}>`;
    if (!this.#text.startsWith(tag, this.#at)) {
      this.#isCut = tag.startsWith(this.#text.slice(this.#at));
      return undefined;
    }
    this.#at += tag.length;
    return this.#pop();
  }

  #pop(): Element | 'open' | undefined {
    const closed = this.#stack.pop();
    const parent = this.#stack.at(-1);
    if (closed === undefined || parent === undefined) return closed;
    parent.children.push(closed);
    return 'open';
  }

  /** @returns false if the text is cut or unusual. */
  #takeText(): boolean {
    const end = this.#text.indexOf('<', this.#at);
    this.#isCut = end === -1;
    if (end === this.#at || end === -1) return end !== -1;
    const text = readText(this.#text.slice(this.#at, end));
    if (text === undefined) return false;
    this.#stack.at(-1)?.children.push(text);
    this.#at = end;
    return true;
  }

  /** Sizes as large as they could be: what comes near a limit is measured by the strict reader. */
  #isWithinLimits(start: number): boolean {
    const most = (this.#at - start) * OCTETS_PER_UNIT;
    if (most > this.#limits.octets || most > this.#limits.textOctets) return false;
    const written = this.#text.slice(start, this.#at);
    return !UNUSUAL.test(written) && written.isWellFormed();
  }
}

/** UTF-8 needs at most so many for each unit of a text. */
const OCTETS_PER_UNIT = 3;

const NAME = /[A-Za-z_][\w.-]*/y;
const ATTRIBUTE_NAME = /[A-Za-z_][\w.:-]*/y;
/** What an attribute's value cannot hold, or not unchanged. */
const CHANGED = /[<&\t\n]/;
const [SPACE, SLASH, APOSTROPHE, LESS, EQUALS, GREATER] = [0x20, 0x2f, 0x27, 0x3c, 0x3d, 0x3e];

// eslint-disable-next-line no-control-regex -- what XML excludes, and the one character it would change
const UNUSUAL = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/;

/** Not the empty one, which takes a declaration back, and not those that XML itself reserves. */
function isPlainNamespace(value: string): boolean {
  return /^[!-~]+$/.test(value) && !value.startsWith('http://www.w3.org/');
}

/** Character data with its references resolved; undefined for a reference of another kind, or `]]>`. */
function readText(written: string): string | undefined {
  if (written.includes(']]>')) return undefined;
  if (!written.includes('&')) return written;
  if (/&(?!(?:lt|gt|amp|quot|apos);)/.test(written)) return undefined;
  return written.replace(/&(\w+);/g, (whole, name: string) => PREDEFINED[name] ?? whole);
}

const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
