/** One connection of a session: stanzas out, stanzas in, each counted, until one side ends it. */
import { serialize } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { buildStandIn } from '../../wire/oversized.ts';
import type { WireErrorCode } from '../../wire/wire-error.ts';
import { AckDuty } from './ack-duty.ts';
import type { IqExchange } from './iq-exchange.ts';
import { LinkError } from './link.ts';
import type { LinkHandlers, Patience } from './link.ts';
import { buildAck, buildAckRequest, readCount } from './xep0198-stream-management.ts';
import type { StreamManagement } from './xep0198-stream-management.ts';
import type { StreamListener, XmppStream } from './xmpp-stream.ts';

export interface ConnectionParts {
  readonly stream: XmppStream;
  readonly session: StreamManagement;
  readonly iqs: IqExchange;
  readonly stanza: LinkHandlers['stanza'];
  readonly patience: Patience;
  /** Called once, when the connection is over for whatever reason but `drop`. */
  readonly over: (error: LinkError) => void;
}

const STREAM_END = '</stream:stream>';
const MOST_UNACKNOWLEDGED = 10_000;

export class SessionConnection implements StreamListener {
  readonly #parts: ConnectionParts;
  readonly #acks: AckDuty;
  #isLeaving = false;

  /** Sends again what a former connection left unacknowledged, exactly as it was, ahead of anything new. */
  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { stream, session } = parts;
    this.#acks = new AckDuty(
      session,
      (el) => {
        stream.write(serialize(el));
      },
      () => {
        stream.destroy();
        this.ended(new LinkError('server-unreachable', 'the server does not answer any more'));
      },
      parts.patience,
    );
    if (session.unacknowledged.length > 0) this.#acks.requestSoon();
    for (const xml of session.unacknowledged) stream.write(xml);
  }

  /** True once we have ended our half. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Writes a stanza now. `settle` as in `StreamManagement.noteSent`. */
  write(stanza: Element, settle?: (error?: LinkError) => void): void {
    const xml = serialize(stanza, NS.client);
    this.#parts.session.noteSent(xml, settle);
    this.#acks.requestSoon(); // before the write, so that both leave together
    this.#parts.stream.write(xml);
  }

  /**
   * Ends our half: the last stanzas, what we have handled, a question what the server has, and the end of the stream,
   * all in one write (H-25). From here on only acknowledgements are heard.
   */
  leave(last: readonly Element[]): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#acks.stop();
    const { session, stream } = this.#parts;
    const stanzas = last.map((stanza) => serialize(stanza, NS.client));
    for (const xml of stanzas) session.noteSent(xml);
    const counts = serialize(buildAck(session.handled)) + serialize(buildAckRequest());
    stream.finish(stanzas.join('') + counts + STREAM_END);
  }

  /** See `Link.holdBack`. */
  holdBack(isHeld: boolean): void {
    if (isHeld) this.#parts.stream.pause();
    else this.#parts.stream.resume();
  }

  /** Drops the connection without a word and without a call of `over`. */
  drop(): void {
    this.#acks.stop();
    this.#parts.stream.destroy();
  }

  element(received: Element): void {
    this.#acks.noteLife();
    this.#guard(() => {
      if (received.ns === NS.streamManagement) this.#takeCount(received);
      else if (isStanza(received) && !this.#isLeaving) this.#takeStanza(received, this.#parts.session.noteReceived());
    });
  }

  skipped(root: Element): void {
    this.element(buildStandIn(root));
  }

  /** A stanza from before stream management was enabled: it counts nowhere. */
  takeEarly(received: Element): void {
    this.#guard(() => {
      if (isStanza(received)) this.#takeStanza(received, () => undefined, true);
    });
  }

  /**
   * A stanza so far past our limits that not even its end was looked for (S-103) is one that the server let pass and
   * keeps: whoever wrote it could shut us out for good with it. So it counts as handled, and is gone.
   */
  refused(code: WireErrorCode): string {
    if (code !== 'too-large' || this.#isLeaving) return '';
    this.#parts.session.noteReceived()();
    return serialize(buildAck(this.#parts.session.handled));
  }

  ended(error: LinkError): void {
    this.#acks.stop();
    this.#parts.over(error);
  }

  #takeCount(received: Element): void {
    if (received.name === 'r' && !this.#isLeaving) this.#acks.answer();
    const count = received.name === 'a' ? readCount(received) : undefined;
    if (count !== undefined) this.#parts.session.acknowledge(count);
  }

  #takeStanza(received: Element, note: () => void, isOnlyHere = false): void {
    const handled = (): void => {
      note();
      if (!this.#isLeaving) this.#acks.noteHandled();
    };
    if (received.name === 'iq') {
      const answer = this.#parts.iqs.take(received);
      if (answer !== undefined) this.#answer(answer);
      handled();
    } else {
      this.#parts.stanza(received, handled, isOnlyHere);
    }
  }

  /** Answers are kept until they are acknowledged: one who only asks must not fill the memory with them (S-106). */
  #answer(answer: Element): void {
    if (this.#parts.session.unacknowledgedCount >= MOST_UNACKNOWLEDGED) {
      throw new LinkError('bad-answer', 'the server asks and asks, and acknowledges nothing');
    }
    this.write(answer);
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (cause) {
      this.#parts.stream.destroy();
      this.ended(
        cause instanceof LinkError ? cause : new LinkError('bad-answer', 'a stanza could not be taken', { cause }),
      );
    }
  }
}

function isStanza({ name, ns }: Element): boolean {
  return ns === NS.client && STANZAS.has(name);
}

const STANZAS: ReadonlySet<string> = new Set(['message', 'presence', 'iq']);
