/** When to ask for acknowledgements, when to give them, and when the silence after asking means that nobody is there. */
import type { Element } from '../../wire/element.ts';
import { atEndOfTurn } from './end-of-turn.ts';
import type { Patience } from './link.ts';
import { buildAck, buildAckRequest } from './xep0198-stream-management.ts';
import type { StreamManagement } from './xep0198-stream-management.ts';

/** A server that dies keeps at most this much in doubt, even if it never asks (Prosody recovers 500 at most). */
const ACK_EVERY = 64;

export class AckDuty {
  readonly #session: StreamManagement;
  readonly #write: (el: Element) => void;
  readonly #giveUp: () => void;
  readonly #patience: Patience;
  readonly #idle: NodeJS.Timeout;
  #deadline: NodeJS.Timeout | undefined;
  #notToRequest: (() => void) | undefined;
  #notToTell: (() => void) | undefined;
  #lastTold: number;
  #isAsked = false;

  /** @param giveUp - Called once when the server stays silent. */
  constructor(session: StreamManagement, write: (el: Element) => void, giveUp: () => void, patience: Patience) {
    this.#patience = patience;
    this.#session = session;
    this.#write = write;
    this.#giveUp = giveUp;
    this.#lastTold = session.handled;
    this.#idle = setTimeout(() => {
      this.request();
    }, patience.idleMs);
  }

  /** Something was sent: asks once for all that leaves in this turn of the loop. */
  requestSoon(): void {
    this.#notToRequest ??= atEndOfTurn(() => {
      this.request();
    });
  }

  request(): void {
    this.#notToRequest = undefined;
    this.#deadline ??= setTimeout(this.#giveUp, this.#patience.answerMs);
    this.#write(buildAckRequest());
  }

  /** The server asks: it is told at once what is handled now, and the rest when that is handled. */
  answer(): void {
    this.#isAsked = true;
    this.#tell();
  }

  /** Something more is handled. */
  noteHandled(): void {
    const untold = (this.#session.handled - this.#lastTold) >>> 0;
    if (untold === 0 || (!this.#isAsked && untold < ACK_EVERY)) return;
    this.#notToTell ??= atEndOfTurn(() => {
      this.#tell();
    });
  }

  /** The server said something, whatever it was. */
  noteLife(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    this.#idle.refresh();
  }

  stop(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#deadline);
    this.#notToRequest?.();
    this.#notToTell?.();
  }

  #tell(): void {
    this.#notToTell = undefined;
    this.#lastTold = this.#session.handled;
    this.#write(buildAck(this.#lastTold));
  }
}
