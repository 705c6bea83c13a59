/** A TLS connection that speaks text, in the shape in which the library wants its sockets. */
import { EventEmitter } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { atEndOfTurn } from './end-of-turn.ts';

const LINGER_MS = 5_000;
const BINDING_OCTETS = 32;
const MOST_AT_ONCE_MS = 20;
/** Unread by the server: past this we listen no more until it has read (S-106). */
const MOST_UNSENT = 1024 * 1024;

/**
 * Octets are decoded as one stream and a wrong one ends the connection (S-102): decoding each read by itself damages
 * characters that are split between reads. Events: `connect`, `data` (text), `error`, `close` (once, last).
 */
export class DecodedSocket extends EventEmitter {
  /** Tells the library that passwords are safe here. */
  readonly secure = true;
  readonly #tls: TLSSocket;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #unsaid = '';
  #isHeldBack = false;
  #isUnread = false;
  #spentMs = 0;
  #notToSay: (() => void) | undefined;

  constructor(tls: TLSSocket) {
    super();
    this.#tls = tls;
    this.on('error', () => undefined); // without a listener the platform would throw it
    tls.on('error', (error) => this.emit('error', error));
    tls.on('close', () => this.emit('close'));
  }

  /** What binds a login to this very connection (RFC 9266); undefined below TLS 1.3, where it may not be unique. */
  get channelBinding(): Uint8Array | undefined {
    if (this.#tls.getProtocol() !== 'TLSv1.3') return undefined;
    return this.#tls.exportKeyingMaterial(BINDING_OCTETS, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  }

  /** The connection stands already; the library hears of it once it listens. */
  connect(): void {
    this.#tls.on('data', (octets: Buffer) => {
      this.#read(octets);
    });
    queueMicrotask(() => this.emit('connect'));
  }

  /** For the library: at once. */
  write(text: string, written?: (error?: Error | null) => void): void {
    if (this.#tls.writable) this.#tls.write(text, written);
    else written?.(new Error('the connection is closed'));
  }

  /** Leaves at the end of this turn, in one piece with what else is said in it. */
  say(text: string): void {
    this.#unsaid += text;
    this.#notToSay ??= atEndOfTurn(() => {
      this.#flush();
    });
  }

  /** Reads nothing more until `resume`, so that the server has to wait (S-106). */
  pause(): void {
    this.#isHeldBack = true;
    this.#tls.pause();
  }

  resume(): void {
    this.#isHeldBack = false;
    this.#goOn();
  }

  /** Writes the text, in one piece with what is unsaid, ends our half, and drops the connection if the other lingers. */
  end(text = ''): void {
    this.#flush(text);
    this.#tls.end();
    // However much the other side goes on saying: it could keep the connection for ever.
    const linger = setTimeout(() => this.#tls.destroy(), LINGER_MS);
    this.#tls.once('close', () => {
      clearTimeout(linger);
    });
  }

  destroy(error?: Error): void {
    this.#tls.destroy(error);
  }

  #flush(last = ''): void {
    this.#notToSay?.();
    this.#notToSay = undefined;
    const text = this.#unsaid + last;
    this.#unsaid = '';
    if (text === '' || !this.#tls.writable) return;
    this.#tls.write(text);
    if (this.#tls.writableLength > MOST_UNSENT) this.#waitForReader();
  }

  /** Who asks much and reads nothing is not heard until it reads. */
  #waitForReader(): void {
    if (this.#isUnread) return;
    this.#isUnread = true;
    this.#tls.pause();
    this.#tls.once('drain', () => {
      this.#isUnread = false;
      this.#goOn();
    });
  }

  #goOn(): void {
    if (!this.#isHeldBack && !this.#isUnread) this.#tls.resume();
  }

  /**
   * The platform hands over up to 2 MiB before it looks at anything else. What took long already leaves the rest of it
   * to the next turn, so that a flood keeps nothing else waiting (S-103).
   */
  #giveWay(since: number): void {
    this.#spentMs += performance.now() - since;
    if (this.#spentMs < MOST_AT_ONCE_MS || this.#tls.isPaused()) return;
    this.#spentMs = 0;
    this.#tls.pause();
    setImmediate(() => {
      this.#goOn();
    });
  }

  /** Whatever a listener throws ends this connection and nothing else (S-101). */
  #read(octets: Buffer): void {
    const since = performance.now();
    try {
      const text = this.#decoder.decode(octets, { stream: true });
      if (text !== '') this.emit('data', text);
      this.#giveWay(since);
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error('a listener failed'));
    }
  }
}
