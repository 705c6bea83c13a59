/**
 * XEP-0198: Stream Management, version 1.6.3 (2025-07-28).
 * https://xmpp.org/extensions/xep-0198.html
 *
 * Covers §4 (acks) and §5 (resumption) as bookkeeping: what was sent and not yet acknowledged, byte for byte, and how
 * much of what arrived is handled. It writes nothing; `stream-link.ts` does. Left out: §5 `location`, and the time the
 * server keeps a session, which it need not tell.
 *
 * A stanza counts as handled when the services say that it is safe, not when it was parsed (L-006), and an iq counts as
 * any other stanza does: the library's own count leaves both out.
 */
import { element } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { LinkError } from './link.ts';

interface Sent {
  readonly xml: string;
  readonly settle: ((error?: LinkError) => void) | undefined;
}

/** One session's account of both directions. Lives from <enabled/> until the session is over, across connections. */
export class StreamManagement {
  /** What to resume by; undefined where the server does not offer it, or no longer. */
  resumptionId: string | undefined;
  readonly #sent: Sent[] = [];
  #acknowledged = 0;
  #received = 0;
  #handled = 0;
  #handledEarly = new Set<number>();
  #connection = 0;

  constructor(resumptionId?: string) {
    this.resumptionId = resumptionId;
  }

  /** Notes a stanza that leaves now. `settle` is called once: without an error when the server has it. */
  noteSent(xml: string, settle?: (error?: LinkError) => void): void {
    this.#sent.push({ xml, settle });
  }

  /**
   * The server has handled that many stanzas, modulo 2^32.
   *
   * @throws LinkError `bad-answer` if that many were never sent.
   */
  acknowledge(h: number): void {
    const news = (h - this.#acknowledged) >>> 0;
    if (news > this.#sent.length) throw new LinkError('bad-answer', 'the server acknowledges what was never sent');
    this.#acknowledged = h >>> 0;
    for (const { settle } of this.#sent.splice(0, news)) settle?.();
  }

  /** What the server has not acknowledged, in order, as it was written. */
  get unacknowledged(): readonly string[] {
    return this.#sent.map(({ xml }) => xml);
  }

  /** How many that are. */
  get unacknowledgedCount(): number {
    return this.#sent.length;
  }

  /** The session is over: nothing of it can be acknowledged any more. */
  giveUp(): void {
    this.resumptionId = undefined;
    const error = new LinkError('not-acknowledged', 'the session ended before the server confirmed it');
    for (const { settle } of this.#sent.splice(0)) settle?.(error);
  }

  /**
   * Counts a stanza that arrived.
   *
   * @returns to be called when it is handled; any order, any number of times. Nothing happens if the connection it
   * came by is gone: the server sends it again.
   */
  noteReceived(): () => void {
    this.#received += 1;
    const [number, connection] = [this.#received, this.#connection];
    return () => {
      if (connection === this.#connection) this.#markHandled(number);
    };
  }

  /** How many stanzas are handled without a gap, as the protocol counts. */
  get handled(): number {
    return this.#handled >>> 0;
  }

  /** A resumed connection: the server sends again whatever lies behind `handled`. */
  startConnection(): void {
    this.#connection += 1;
    this.#received = this.#handled;
    this.#handledEarly.clear();
  }

  #markHandled(number: number): void {
    if (number <= this.#handled) return;
    this.#handledEarly.add(number);
    while (this.#handledEarly.delete(this.#handled + 1)) this.#handled += 1;
  }
}

export function buildEnable(): Element {
  return element('enable', NS.streamManagement, { resume: 'true' });
}

export function buildResume(previousId: string, handled: number): Element {
  return element('resume', NS.streamManagement, { previd: previousId, h: String(handled) });
}

export function buildAck(handled: number): Element {
  return element('a', NS.streamManagement, { h: String(handled) });
}

export function buildAckRequest(): Element {
  return element('r', NS.streamManagement);
}

/** @returns the count in <a/>, <resumed/> or <failed/>; undefined if it carries none. @throws LinkError `bad-answer` */
export function readCount(received: Element): number | undefined {
  const text = received.attrs['h'];
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!/^\d{1,10}$/.test(text) || count > 0xffff_ffff) throw new LinkError('bad-answer', 'no such count');
  return count;
}
