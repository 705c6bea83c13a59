/**
 * XML 1.0 with namespaces to `Element`, strictly: what XMPP forbids (RFC 6120 11.1) is refused and never skipped
 * (S-005, S-100), and every limit of S-103 is enforced while the text is read. Sole importer of the SAX library.
 * Whole streams are read by `xml-stream.ts`, on the same reader; most of what is read by `xml-plain.ts`.
 */
import { SaxesParser } from 'saxes';
import type { SaxesAttributeNS, SaxesTagNS } from 'saxes';
import { elements } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';
import { WireError } from './wire-error.ts';
import { PlainReader } from './xml-plain.ts';
import { STANZA_LIMITS, XmlTreeBuilder, tooLarge } from './xml-tree.ts';
import type { XmlLimits } from './xml-tree.ts';

export { LIMITS_BEFORE_LOGIN, STANZA_LIMITS } from './xml-tree.ts';
export type { XmlLimits } from './xml-tree.ts';

/**
 * Reads one element and nothing beside it but white space.
 *
 * @throws WireError `not-well-formed`, `forbidden-xml`, `too-large`
 */
export function parseElement(xml: string, limits: XmlLimits = STANZA_LIMITS): Element {
  const plain = new PlainReader(xml, '', limits);
  const root = plain.read(0);
  return root !== undefined && plain.end === xml.length ? root : parseStrictly(xml, limits);
}

/** As `parseElement`, whatever the text looks like: what the quick reader is held against. */
export function parseStrictly(xml: string, limits: XmlLimits = STANZA_LIMITS): Element {
  if (Buffer.byteLength(xml) > limits.octets) throw tooLarge('octets');
  const builder = new XmlTreeBuilder(limits);
  let root: Element | undefined;
  const reader = new XmlReader(limits, {
    declaration: () => refuse('an XML declaration'),
    open: (name, ns, attrs) => {
      builder.open(name, ns, attrs);
    },
    text: (text) => {
      builder.text(text);
    },
    close: () => {
      root = builder.close() ?? root;
    },
    exceed: (what) => {
      builder.exceed(what);
    },
  });
  reader.write(xml);
  reader.finish();
  if (root === undefined) throw notWellFormed('no element');
  return root;
}

/**
 * Reads the plain text of a stanza (profile 2.7): as if it stood in a `jabber:client` message.
 *
 * @returns the elements at its top level; characters between them mean nothing (they hide the length).
 * @throws WireError as `parseElement`
 */
export function parseContent(text: string, limits: XmlLimits = STANZA_LIMITS): readonly Element[] {
  // A text that closes the wrapper leaves something behind its end, which is not well-formed.
  return elements(parseElement(`<message xmlns='${NS.client}'>${text}</message>`, limits));
}

/** What stands in a text, in order. Attributes are those that `Element` keeps. */
export interface XmlEvents {
  declaration(version: string | undefined, encoding: string | undefined): void;
  open(name: string, ns: string, attrs: Readonly<Record<string, string>>): void;
  text(text: string): void;
  close(): void;
  /** The element about to open has attributes past a limit. Throws, unless such an element is to be passed over. */
  exceed(what: string): void;
}

/** A parser fed with pieces of text. After it threw it is of no more use. */
export class XmlReader {
  /** May be replaced while reading. */
  limits: XmlLimits;
  readonly #sax = new SaxesParser({ xmlns: true, position: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  readonly #events: XmlEvents;
  #attributes = 0;

  constructor(limits: XmlLimits, events: XmlEvents) {
    this.limits = limits;
    this.#events = events;
    this.#refuseWhatXmppForbids();
    this.#forward(events);
  }

  /** Characters read so far, up to the end of the tag that is being announced. */
  get position(): number {
    return this.#sax.position;
  }

  /** The default namespace in force where the text stands now. */
  get defaultNamespace(): string {
    return this.#sax.resolve('') ?? '';
  }

  /** @throws WireError; whatever the events throw */
  write(piece: string): void {
    // The library takes any character after a high surrogate for its other half.
    if (!piece.isWellFormed()) throw notWellFormed('a lone surrogate');
    this.#sax.write(piece);
  }

  /** Says that nothing follows. @throws WireError `not-well-formed` if something is still open */
  finish(): void {
    this.#sax.close();
  }

  #refuseWhatXmppForbids(): void {
    this.#sax.on('error', (error) => {
      throw notWellFormed(error.message, error);
    });
    this.#sax.on('doctype', () => refuse('a DOCTYPE'));
    this.#sax.on('comment', () => refuse('a comment'));
    this.#sax.on('processinginstruction', () => refuse('a processing instruction'));
    this.#sax.on('opentagstart', () => void (this.#attributes = 0));
    this.#sax.on('attribute', (attribute) => {
      this.#checkAttribute(attribute);
    });
  }

  #checkAttribute({ name, prefix, value }: Pick<SaxesAttributeNS, 'name' | 'prefix' | 'value'>): void {
    this.#attributes += 1;
    if (this.#attributes > this.limits.attributes) this.#events.exceed('attributes');
    if (Buffer.byteLength(value) > this.limits.attributeOctets) this.#events.exceed('octets in an attribute');
    // The library trims namespace names, so that two different ones would become the same.
    const isNamespace = name === 'xmlns' || prefix === 'xmlns';
    if (isNamespace && value.trim() !== value) throw notWellFormed('white space in a namespace name');
  }

  #forward(events: XmlEvents): void {
    const text = (piece: string): void => {
      events.text(piece);
    };
    this.#sax.on('text', text);
    this.#sax.on('cdata', text);
    this.#sax.on('xmldecl', ({ version, encoding }) => {
      events.declaration(version, encoding);
    });
    this.#sax.on('opentag', (tag) => {
      events.open(tag.local, tag.uri, attributesOf(tag));
    });
    this.#sax.on('closetag', () => {
      events.close();
    });
  }
}

/** `Object.fromEntries` makes own properties of any name, `__proto__` included. */
function attributesOf({ attributes }: SaxesTagNS): Readonly<Record<string, string>> {
  const kept: (readonly [string, string])[] = [];
  for (const { name, prefix, value } of Object.values(attributes)) if (isKept(name, prefix)) kept.push([name, value]);
  return Object.fromEntries(kept);
}

function isKept(name: string, prefix: string): boolean {
  return (prefix === '' && name !== 'xmlns') || name === 'xml:lang';
}

function refuse(what: string): never {
  throw new WireError('forbidden-xml', `${what} is not allowed`);
}

export function notWellFormed(what: string, cause?: unknown): WireError {
  return new WireError('not-well-formed', `not well-formed: ${what}`, cause === undefined ? undefined : { cause });
}
