/** A TLS connection that speaks text, in the shape in which the library wants its sockets. */
import { EventEmitter } from 'node:events';
import type { TLSSocket } from 'node:tls';

const LINGER_MS = 5_000;

/**
 * Octets are decoded as one stream and a wrong one ends the connection (S-102): decoding each read by itself damages
 * characters that are split between reads. Events: `connect`, `data` (text), `error`, `close` (once, last).
 */
export class DecodedSocket extends EventEmitter {
  /** Tells the library that passwords are safe here. */
  readonly secure = true;
  readonly #tls: TLSSocket;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(tls: TLSSocket) {
    super();
    this.#tls = tls;
    this.on('error', () => undefined); // without a listener the platform would throw it
    tls.on('error', (error) => this.emit('error', error));
    tls.on('close', () => this.emit('close'));
  }

  /** The connection stands already; the library hears of it once it listens. */
  connect(): void {
    this.#tls.on('data', (octets: Buffer) => {
      this.#read(octets);
    });
    queueMicrotask(() => this.emit('connect'));
  }

  write(text: string, written?: (error?: Error | null) => void): void {
    if (this.#tls.writable) this.#tls.write(text, written);
    else written?.(new Error('the connection is closed'));
  }

  /** Writes the text, ends our half, and drops the connection if the other half does not end soon. */
  end(text = ''): void {
    if (this.#tls.writable) this.#tls.end(text);
    this.#tls.setTimeout(LINGER_MS, () => this.#tls.destroy());
  }

  destroy(error?: Error): void {
    this.#tls.destroy(error);
  }

  /** Whatever a listener throws ends this connection and nothing else (S-101). */
  #read(octets: Buffer): void {
    try {
      const text = this.#decoder.decode(octets, { stream: true });
      if (text !== '') this.emit('data', text);
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error('a listener failed'));
    }
  }
}
