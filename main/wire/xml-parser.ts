/**
 * XML 1.0 with namespaces to `Element`, strictly: what XMPP forbids (RFC 6120 11.1) is refused and never skipped
 * (S-005, S-100), and every limit of S-103 is enforced while the text is read. Sole importer of the SAX library.
 */
import { SaxesParser } from 'saxes';
import type { SaxesAttributeNS, SaxesTagNS } from 'saxes';
import { elements } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';
import { WireError } from './wire-error.ts';
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
  if (Buffer.byteLength(xml) > limits.octets) throw tooLarge('octets');
  if (!xml.isWellFormed()) throw notWellFormed('a lone surrogate');
  const builder = new XmlTreeBuilder(limits);
  const sax = startSax(builder);
  let root: Element | undefined;
  sax.on('xmldecl', () => refuse('an XML declaration'));
  sax.on('opentag', (tag) => {
    builder.open(tag.local, tag.uri, attributesOf(tag));
  });
  sax.on('text', (text) => {
    builder.text(text);
  });
  sax.on('cdata', (text) => {
    builder.text(text);
  });
  sax.on('closetag', () => void (root = builder.close() ?? root));
  sax.write(xml).close();
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

/** What a stream says, in order. `error` and `end` are the last. */
export interface StreamHandlers {
  /** The stream's opening tag: its name, namespace and attributes (`from`, `id`, `version`, `xml:lang`). */
  start(header: Element): void;
  /** One whole element below it: stanzas in `jabber:client`, and the stream's own. */
  element(element: Element): void;
  /** The stream's closing tag. */
  end(): void;
  /** The stream broke a rule: it must be closed with a stream error. */
  error(error: WireError): void;
}

/**
 * Reads one XML stream from pieces of text, wherever they are cut. Octets must be decoded before, as one stream and
 * with errors fatal (S-102).
 */
export class StreamParser {
  readonly #handlers: StreamHandlers;
  readonly #builder: XmlTreeBuilder;
  readonly #sax: Sax;
  readonly #events: (() => void)[] = [];
  #isStarted = false;
  #isStopped = false;
  #isDispatching = false;
  #half = '';
  /** The piece being read, and what came before it: for counting octets, which the library does not do. */
  #piece = '';
  #charactersBefore = 0;
  #octetsBefore = 0;
  #boundary = 0;

  constructor(handlers: StreamHandlers, limits: XmlLimits = STANZA_LIMITS) {
    this.#handlers = handlers;
    this.#builder = new XmlTreeBuilder(limits);
    this.#sax = this.#connect(startSax(this.#builder));
  }

  /** Replaces the limits, from the next octet on; `LIMITS_BEFORE_LOGIN` holds until the login succeeded. */
  allow(limits: XmlLimits): void {
    this.#builder.limits = limits;
  }

  /**
   * Takes the next piece and announces what became complete, synchronously. After an error, the stream's end or
   * `stop` it does nothing. It throws only what a handler throws.
   */
  write(text: string): void {
    const whole = this.#half + text;
    this.#half = /[\ud800-\udbff]$/.test(whole) ? whole.slice(-1) : '';
    for (const piece of cutIntoPieces(this.#half === '' ? whole : whole.slice(0, -1))) {
      if (this.#isStopped) return;
      this.#read(piece);
      this.#dispatch();
    }
  }

  /** Nothing more is announced: for a stream that is restarted or given up. */
  stop(): void {
    this.#isStopped = true;
    this.#events.length = 0;
  }

  #read(piece: string): void {
    this.#piece = piece;
    try {
      if (!piece.isWellFormed()) throw notWellFormed('a lone surrogate');
      this.#sax.write(piece);
      this.#octetsBefore += Buffer.byteLength(piece);
      this.#charactersBefore += piece.length;
      this.#checkOctets(this.#octetsBefore);
    } catch (error) {
      const cause = error instanceof WireError ? error : notWellFormed('the parser gave up', error);
      this.#events.push(() => {
        this.#finish(() => {
          this.#handlers.error(cause);
        });
      });
    }
  }

  /** Events are announced only when the library is at rest: a handler may stop this parser, write to it, or throw. */
  #dispatch(): void {
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    try {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) event();
    } finally {
      this.#isDispatching = false;
    }
  }

  #finish(announce: () => void): void {
    this.stop();
    announce();
  }

  #connect(sax: Sax): Sax {
    sax.on('xmldecl', (declaration) => {
      checkDeclaration(declaration.version, declaration.encoding);
    });
    sax.on('opentag', (tag) => {
      this.#open(tag);
    });
    sax.on('text', (text) => {
      this.#text(text);
    });
    sax.on('cdata', (text) => {
      this.#text(text);
    });
    sax.on('closetag', () => {
      this.#close();
    });
    return sax;
  }

  #open(tag: SaxesTagNS): void {
    const attrs = attributesOf(tag);
    if (this.#isStarted) {
      if (this.#builder.depth === 0) checkTopLevel(tag.local, tag.uri);
      this.#builder.open(tag.local, tag.uri, attrs);
      return;
    }
    if (tag.local !== 'stream' || tag.uri !== NS.stream) throw new WireError('bad-stanza', 'this is no XMPP stream');
    this.#isStarted = true;
    this.#passBoundary();
    this.#events.push(() => {
      this.#handlers.start({ name: tag.local, ns: tag.uri, attrs, children: [] });
    });
  }

  #text(text: string): void {
    if (this.#builder.depth > 0) {
      this.#builder.text(text);
      return;
    }
    // RFC 6120 4.4: only white space may stand between stanzas, as a keepalive; it weighs on none of them.
    if (/[^ \t\r\n]/.test(text)) throw new WireError('forbidden-xml', 'text between stanzas');
    // The library tells of it when it has read the `<` behind it.
    this.#boundary = this.#octetsNow() - 1;
  }

  #close(): void {
    if (this.#builder.depth === 0) {
      this.#events.push(() => {
        this.#finish(() => {
          this.#handlers.end();
        });
      });
      return;
    }
    const element = this.#builder.close();
    if (element === undefined) return;
    this.#passBoundary();
    this.#events.push(() => {
      this.#handlers.element(element);
    });
  }

  #passBoundary(): void {
    const now = this.#octetsNow();
    this.#checkOctets(now);
    this.#boundary = now;
  }

  #checkOctets(now: number): void {
    if (now - this.#boundary > this.#builder.limits.octets) throw tooLarge('octets');
  }

  #octetsNow(): number {
    const read = Math.max(0, this.#sax.position - this.#charactersBefore);
    return this.#octetsBefore + Buffer.byteLength(this.#piece.slice(0, read));
  }
}

type Sax = SaxesParser<{ xmlns: true; position: false }>;

/** Small enough that a limit is noticed soon after it is passed. */
const PIECE_LENGTH = 8 * 1024;

function* cutIntoPieces(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const end = start + PIECE_LENGTH;
    const isCutInCharacter = /[\ud800-\udbff]/.test(text.charAt(end - 1));
    const next = isCutInCharacter ? end + 1 : end;
    yield text.slice(start, next);
    start = next;
  }
}

/** The parser's refusals, alike for one element and for a stream. */
function startSax(builder: XmlTreeBuilder): Sax {
  const sax: Sax = new SaxesParser({ xmlns: true, position: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  let attributes = 0;
  sax.on('error', (error) => {
    throw notWellFormed(error.message, error);
  });
  sax.on('doctype', () => refuse('a DOCTYPE'));
  sax.on('comment', () => refuse('a comment'));
  sax.on('processinginstruction', () => refuse('a processing instruction'));
  sax.on('opentagstart', () => void (attributes = 0));
  sax.on('attribute', (attribute) => {
    attributes += 1;
    if (attributes > builder.limits.attributes) throw tooLarge('attributes');
    checkAttribute(attribute, builder.limits);
  });
  return sax;
}

function checkAttribute(attribute: Pick<SaxesAttributeNS, 'name' | 'prefix' | 'value'>, limits: XmlLimits): void {
  if (Buffer.byteLength(attribute.value) > limits.attributeOctets) throw tooLarge('octets in an attribute');
  // The library trims namespace names, so that two different ones would become the same.
  const isNamespace = attribute.name === 'xmlns' || attribute.prefix === 'xmlns';
  if (isNamespace && attribute.value.trim() !== attribute.value) throw notWellFormed('white space in a namespace name');
}

/** `Object.fromEntries` makes own properties of any name, `__proto__` included. */
function attributesOf(tag: SaxesTagNS): Readonly<Record<string, string>> {
  const kept = Object.values(tag.attributes).filter(({ name, prefix }) => isKept(name, prefix));
  return Object.fromEntries(kept.map(({ name, value }) => [name, value]));
}

function isKept(name: string, prefix: string): boolean {
  return (prefix === '' && name !== 'xmlns') || name === 'xml:lang';
}

/** S-100: a `message` of another namespace is no stanza, and nothing of that name is anything else. */
function checkTopLevel(name: string, ns: string): void {
  if (/^(?:message|presence|iq)$/.test(name) && ns !== NS.client) {
    throw new WireError('bad-stanza', 'a stanza outside jabber:client');
  }
}

function checkDeclaration(version: string | undefined, encoding: string | undefined): void {
  const isUtf8 = encoding === undefined || /^utf-8$/i.test(encoding);
  if (version !== '1.0' || !isUtf8) throw notWellFormed('a version or encoding other than XML 1.0 in UTF-8');
}

function refuse(what: string): never {
  throw new WireError('forbidden-xml', `${what} is not allowed`);
}

function notWellFormed(what: string, cause?: unknown): WireError {
  return new WireError('not-well-formed', `not well-formed: ${what}`, cause === undefined ? undefined : { cause });
}
