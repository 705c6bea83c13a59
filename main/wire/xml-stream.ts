/**
 * An XML stream (RFC 6120 §4) as a sequence of elements, for the link: in place of the XMPP library's own parser, which
 * loses text and takes what XMPP forbids (S-100 to S-103).
 */
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';
import { WireError } from './wire-error.ts';
import { XmlReader, notWellFormed } from './xml-parser.ts';
import { PlainReader } from './xml-plain.ts';
import { SKIPPED_LIMITS, STANZA_LIMITS, XmlTreeBuilder, tooLarge } from './xml-tree.ts';
import type { XmlLimits } from './xml-tree.ts';

/** What a stream says, in order. `error` and `end` are the last. */
export interface StreamHandlers {
  /** The stream's opening tag: its name, namespace and attributes (`from`, `id`, `version`, `xml:lang`). */
  start(header: Element): void;
  /** One whole element below it: stanzas in `jabber:client`, and the stream's own. */
  element(element: Element): void;
  /**
   * A stanza past the limits was passed over: its name and attributes are all that is left. Without this handler such a
   * stanza is an error.
   */
  skipped?(root: Element): void;
  /** The stream's closing tag. */
  end(): void;
  /** The stream broke a rule: it must be closed with a stream error. */
  error(error: WireError): void;
}

type StreamEvent =
  | { readonly kind: 'start'; readonly header: Element }
  | { readonly kind: 'element' | 'skipped'; readonly element: Element }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly error: WireError };

/**
 * Reads one stream from pieces of text, wherever they are cut. Octets must be decoded before, as one stream and with
 * errors fatal (S-102).
 */
export class StreamParser {
  readonly #handlers: StreamHandlers;
  readonly #builder: XmlTreeBuilder;
  readonly #reader: XmlReader;
  readonly #meter = new OctetMeter();
  /** Announced only while the reader is at rest, so that a handler may stop this parser, or throw. */
  readonly #events: StreamEvent[] = [];
  #isStarted = false;
  #isStopped = false;
  #unread = '';
  /** Of the element that the strict reader has open at the top level: behind its end the quick one may go on. */
  #topName = '';

  constructor(handlers: StreamHandlers, limits: XmlLimits = STANZA_LIMITS) {
    this.#handlers = handlers;
    const canSkip = handlers.skipped !== undefined;
    this.#builder = new XmlTreeBuilder(limits, (name, ns) => canSkip && isStanza(name, ns));
    this.#reader = new XmlReader(limits, {
      declaration: checkDeclaration,
      open: (name, ns, attrs) => {
        this.#open(name, ns, attrs);
      },
      text: (text) => {
        this.#text(text);
      },
      close: () => {
        this.#close();
      },
      exceed: (what) => {
        if (!canSkip || !this.#isStarted) throw tooLarge(what);
        this.#builder.exceed(what);
      },
    });
  }

  /** Replaces the limits, from the next octet on; `LIMITS_BEFORE_LOGIN` holds until the login succeeded. */
  allow(limits: XmlLimits): void {
    this.#builder.limits = limits;
    this.#reader.limits = limits;
  }

  /**
   * Takes the next piece and announces what became complete, synchronously. After an error, the stream's end or
   * `stop` it does nothing. It throws only what a handler throws.
   */
  write(text: string): void {
    this.#unread += text;
    while (!this.#isStopped) {
      const event = this.#events.shift();
      if (event !== undefined) this.#announce(event);
      else if (!this.#readOn()) return;
    }
  }

  /** Nothing more is announced: for a stream that is restarted or given up. */
  stop(): void {
    this.#isStopped = true;
    this.#events.length = 0;
    this.#unread = '';
  }

  /** @returns false if nothing can be read before more text comes. */
  #readOn(): boolean {
    if (this.#meter.isAtBoundary) {
      this.#take(this.#unread.search(/[^ \t\r\n]|$/));
      const reader = new PlainReader(this.#unread, this.#reader.defaultNamespace, this.#builder.limits);
      const element = reader.read(0);
      if (element !== undefined && isAllowedAtTop(element.name, element.ns)) {
        this.#take(reader.end);
        this.#events.push({ kind: 'element', element });
        return true;
      }
      if (reader.isCut && this.#unread.length < PIECE_LENGTH) return false;
    }
    const piece = this.#take(pieceLength(this.#unread, `${this.#topName}>`));
    if (piece !== '') this.#read(piece);
    return piece !== '';
  }

  #take(length: number): string {
    const taken = this.#unread.slice(0, length);
    this.#unread = this.#unread.slice(length);
    return taken;
  }

  #read(piece: string): void {
    try {
      this.#meter.begin(piece);
      this.#reader.write(piece);
      this.#meter.end();
      this.#checkOctets();
    } catch (error) {
      const known = error instanceof WireError ? error : notWellFormed('the parser gave up', error);
      this.#events.push({ kind: 'error', error: known });
    }
  }

  #announce(event: StreamEvent): void {
    if (event.kind === 'start') this.#handlers.start(event.header);
    if (event.kind === 'element') this.#handlers.element(event.element);
    if (event.kind === 'skipped') this.#handlers.skipped?.(event.element);
    if (event.kind !== 'end' && event.kind !== 'error') return;
    this.stop();
    if (event.kind === 'end') this.#handlers.end();
    else this.#handlers.error(event.error);
  }

  #open(name: string, ns: string, attrs: Readonly<Record<string, string>>): void {
    if (this.#isStarted) {
      if (this.#builder.depth === 0) this.#openTop(name, ns);
      this.#builder.open(name, ns, attrs);
      return;
    }
    if (name !== 'stream' || ns !== NS.stream) throw new WireError('bad-stanza', 'this is no XMPP stream');
    this.#isStarted = true;
    this.#checkOctets(this.#reader.position);
    this.#passBoundary();
    this.#events.push({ kind: 'start', header: { name, ns, attrs, children: [] } });
  }

  #openTop(name: string, ns: string): void {
    if (!isAllowedAtTop(name, ns)) throw new WireError('bad-stanza', 'a stanza outside jabber:client');
    this.#topName = name;
  }

  #text(text: string): void {
    if (this.#builder.depth > 0) {
      this.#builder.text(text);
      return;
    }
    // RFC 6120 4.4: only white space may stand between stanzas, as a keepalive; it weighs on none of them.
    if (/[^ \t\r\n]/.test(text)) throw new WireError('forbidden-xml', 'text between stanzas');
    // The reader tells of it when it has read the `<` behind it.
    this.#meter.mark(this.#reader.position - 1);
  }

  #close(): void {
    if (this.#builder.depth === 0) {
      this.#events.push({ kind: 'end' });
      return;
    }
    if (this.#builder.depth === 1) this.#checkOctets(this.#reader.position);
    const element = this.#builder.close();
    if (element === undefined) return;
    this.#topName = '';
    this.#passBoundary();
    this.#events.push({ kind: this.#builder.isSkipping ? 'skipped' : 'element', element });
    this.#builder.forget();
  }

  #passBoundary(): void {
    this.#meter.mark(this.#reader.position);
    this.#meter.boundary = this.#reader.position;
  }

  #checkOctets(position?: number): void {
    const octets = this.#meter.sinceMark(position);
    if (octets <= this.#builder.limits.octets) return;
    if (this.#builder.depth === 0 || octets > SKIPPED_LIMITS.octets) throw tooLarge('octets');
    this.#builder.exceed('octets');
  }
}

/** Octets of UTF-8 from positions in characters, within the piece being read. */
class OctetMeter {
  /** Behind the last tag that ended something at the top level. */
  boundary = -1;
  #piece = '';
  #charactersBefore = 0;
  #octetsBefore = 0;
  #mark = 0;

  begin(piece: string): void {
    this.#piece = piece;
  }

  end(): void {
    this.#octetsBefore += Buffer.byteLength(this.#piece);
    this.#charactersBefore += this.#piece.length;
    this.#piece = '';
  }

  get isAtBoundary(): boolean {
    return this.boundary === this.#charactersBefore;
  }

  mark(position: number): void {
    this.#mark = this.#octetsAt(position);
  }

  /** @param position - Left out: after everything read. */
  sinceMark(position = this.#charactersBefore): number {
    return this.#octetsAt(position) - this.#mark;
  }

  #octetsAt(position: number): number {
    return this.#octetsBefore + Buffer.byteLength(this.#piece.slice(0, Math.max(0, position - this.#charactersBefore)));
  }
}

/** Small enough that a limit is noticed soon after it is passed. */
const PIECE_LENGTH = 8 * 1024;

/** Up to the end of the first such text, but no long piece, and none that ends within a character. */
function pieceLength(text: string, end: string): number {
  const at = text.indexOf(end);
  const length = Math.min(at === -1 ? text.length : at + end.length, PIECE_LENGTH);
  const isCutInCharacter = /[\ud800-\udbff]/.test(text.charAt(length - 1));
  return isCutInCharacter ? length - 1 : length;
}

/** S-100: a `message` of another namespace is no stanza, and nothing of that name is anything else. */
function isAllowedAtTop(name: string, ns: string): boolean {
  return ns === NS.client || !STANZA_NAME.test(name);
}

function isStanza(name: string, ns: string): boolean {
  return ns === NS.client && STANZA_NAME.test(name);
}

const STANZA_NAME = /^(?:message|presence|iq)$/;

function checkDeclaration(version: string | undefined, encoding: string | undefined): void {
  const isUtf8 = encoding === undefined || /^utf-8$/i.test(encoding);
  if (version !== '1.0' || !isUtf8) throw notWellFormed('a version or encoding other than XML 1.0 in UTF-8');
}
