/** One client's connection through a proxy that ends TLS on both sides, whole stanzas at a time, until it fails. */
import type { Socket } from 'node:net';
import { TLSSocket, connect as connectTls } from 'node:tls';
import type { SecureContext } from 'node:tls';
import type { LineFault } from './line-plan.ts';
import { StanzaBoundaries } from './stanza-boundaries.ts';

/** What the world outside takes its time for, in milliseconds. */
export interface LineTimes {
  /** How long a stall lasts. */
  readonly stallMs: number;
  /** Between two octets of a slow line. */
  readonly octetMs: number;
  /** How long after a line went dead the server notices, which no proxy can tell it. */
  readonly noticedMs: number;
}

/** The line fails behind that many octets of what was about to pass. */
export interface Failure {
  readonly at: number;
  readonly how: LineFault;
}

/** Asked before whole elements, or the start of a long one, pass. @returns where the line fails, if it does */
export type Judge = (element: Buffer, isToServer: boolean) => Failure | undefined;

interface Way {
  readonly to: TLSSocket;
  readonly boundaries: StanzaBoundaries;
  readonly isToServer: boolean;
  /** The start of an element whose end has not come. */
  begun: Buffer;
  /** Held up by a stall, or by a slow line. */
  readonly held: Buffer[];
  /** Its writer has ended, and what is held goes first. */
  isOver: boolean;
}

const ALPN = ['xmpp-client'];

export class StanzaLine {
  onClose: () => void = () => undefined;
  readonly #judge: Judge;
  readonly #client: TLSSocket;
  readonly #upstream: TLSSocket;
  readonly #raw: readonly [Socket, Socket];
  readonly #ways: readonly [Way, Way];
  readonly #times: LineTimes;
  #fault: LineFault | undefined;
  #timers: NodeJS.Timeout[] = [];

  /** @param raw - The client's socket and one to the server, both open at one end after the other has ended. */
  constructor(raw: readonly [Socket, Socket], secureContext: SecureContext, times: LineTimes, judge: Judge) {
    this.#times = times;
    this.#judge = judge;
    this.#raw = raw;
    for (const socket of raw) socket.setNoDelay(true).on('error', () => undefined);
    this.#client = new TLSSocket(raw[0], { isServer: true, secureContext, ALPNProtocols: ALPN });
    this.#upstream = connectTls({ socket: raw[1], ALPNProtocols: ALPN, rejectUnauthorized: false });
    this.#ways = [wayTo(this.#upstream, true), wayTo(this.#client, false)];
    this.#join(this.#client, this.#ways[0]);
    this.#join(this.#upstream, this.#ways[1]);
  }

  /** It has failed, and its client does not know, or waits whether it comes to life again. */
  get isAiling(): boolean {
    return this.#fault !== undefined && !this.#ways[0].isOver;
  }

  /** Ends both connections without a word. */
  destroy(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    for (const socket of this.#raw) socket.destroy();
    this.onClose();
  }

  #join(from: TLSSocket, way: Way): void {
    from.on('error', () => undefined);
    from.on('data', (octets: Buffer) => {
      this.#hear(way, octets);
    });
    for (const event of ['end', 'close'] as const) {
      from.once(event, () => {
        this.#end(way);
      });
    }
  }

  #hear(way: Way, octets: Buffer): void {
    if (this.#fault !== undefined) return this.#passFaulty(way, octets);
    let from = 0;
    for (const boundary of way.boundaries.in(octets)) {
      if (this.#passWhole(way, Buffer.concat([way.begun, octets.subarray(from, boundary)]))) {
        return this.#passFaulty(way, octets.subarray(boundary));
      }
      way.begun = Buffer.alloc(0);
      from = boundary;
    }
    way.begun = Buffer.concat([way.begun, octets.subarray(from)]);
  }

  /** @returns whether the line failed here: then what stands behind it is as much in its way. */
  #passWhole(way: Way, element: Buffer): boolean {
    const failure = this.#judge(element, way.isToServer);
    const passing = element.subarray(0, failure?.at);
    way.to.write(passing, () => {
      if (failure?.how === 'reset') this.#reset();
    });
    if (failure === undefined) return false;
    this.#fail(failure.how);
    this.#passFaulty(way, element.subarray(failure.at));
    return true;
  }

  #fail(how: LineFault): void {
    this.#fault = how;
    const { stallMs, octetMs, noticedMs } = this.#times;
    if (how === 'stall') this.#timers.push(setTimeout(() => this.#goOn(), stallMs));
    if (how === 'slow') this.#timers.push(setInterval(() => this.#trickle(), octetMs));
    if (how === 'silence' || how === 'half-open') this.#timers.push(setTimeout(() => this.#bury(), noticedMs));
    for (const way of this.#ways) {
      this.#passFaulty(way, way.begun);
      way.begun = Buffer.alloc(0);
    }
  }

  #passFaulty(way: Way, octets: Buffer): void {
    if (octets.length === 0) return;
    if (this.#fault === 'stall' || this.#fault === 'slow') way.held.push(octets);
    if (this.#fault === 'half-open' && way.isToServer) way.to.write(octets);
  }

  #reset(): void {
    for (const socket of this.#raw) if (!socket.destroyed) socket.resetAndDestroy();
    this.destroy();
  }

  #goOn(): void {
    this.#fault = undefined;
    for (const way of this.#ways) {
      for (const octets of way.held.splice(0)) this.#hear(way, octets);
      if (way.isOver) this.#end(way);
    }
  }

  #trickle(): void {
    for (const { held, to } of this.#ways) {
      const [first] = held;
      if (first === undefined) continue;
      to.write(first.subarray(0, 1));
      if (first.length > 1) held[0] = first.subarray(1);
      else held.shift();
    }
  }

  /** One side says nothing any more: the other hears of it as far as the line lets anything through. */
  #end(way: Way): void {
    way.isOver = true;
    const passes = this.#fault === undefined || (this.#fault === 'half-open' && way.isToServer);
    if (passes) way.to.end();
    if (this.#ways.every(({ isOver }) => isOver)) this.destroy();
    else if (this.#fault === 'slow') this.#timers.push(setTimeout(() => this.destroy(), this.#times.noticedMs));
  }

  /** The server has waited long enough. The client has its own patience. */
  #bury(): void {
    this.#raw[1].destroy();
  }
}

function wayTo(to: TLSSocket, isToServer: boolean): Way {
  return { to, boundaries: new StanzaBoundaries(), isToServer, begun: Buffer.alloc(0), held: [], isOver: false };
}
