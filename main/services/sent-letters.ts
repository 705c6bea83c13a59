/** Messages whose stanza is with the link: until the server acknowledges it, and what happens if it never does. */
import type { Link } from '../protocol/xmpp/link.ts';
import type { StoredMessage } from '../stores/messages.ts';
import type { Stores } from '../stores/stores.ts';
import type { Element } from '../wire/element.ts';
import type { WritingSession } from './writing-session.ts';

export interface SentLettersParts {
  readonly stores: Stores;
  /** Durably sent. */
  readonly sent: (message: StoredMessage) => void;
  /** Never acknowledged, and its session is gone: it has to be encrypted anew. */
  readonly lost: (message: StoredMessage) => void;
  /** What was acknowledged could not be stored; it is kept for `storeAgain`. */
  readonly failed: (error: unknown) => void;
  /** True while the session may send the very same stanza again (6.4). */
  readonly isLive: (session: WritingSession) => boolean;
}

export class SentLetters {
  readonly #parts: SentLettersParts;
  readonly #inFlight = new Map<string, StoredMessage>();
  #acknowledged: StoredMessage[] = [];
  #isToStore = false;

  constructor(parts: SentLettersParts) {
    this.#parts = parts;
  }

  has(id: string): boolean {
    return this.#inFlight.has(id);
  }

  get(id: string): StoredMessage | undefined {
    return this.#inFlight.get(id);
  }

  /** No longer waited for: it bounced, or goes again in another session. */
  forget(id: string): void {
    this.#inFlight.delete(id);
  }

  /** Gives a stanza to the stream; synchronous up to there, so that order is the order of calls. */
  hand(link: Link, stanza: Element, message: StoredMessage, session: WritingSession | undefined): void {
    this.#inFlight.set(message.id, message);
    session?.unacknowledged.set(message.id, { stanza, messageId: message.id });
    link.send(stanza).then(
      () => {
        session?.unacknowledged.delete(message.id);
        if (this.#inFlight.delete(message.id)) this.#acknowledge(message);
      },
      () => {
        if (session !== undefined && this.#parts.isLive(session)) return;
        if (this.#inFlight.delete(message.id)) this.#parts.lost(message);
      },
    );
  }

  /** A stream is there again: what could not be stored is tried once more. */
  storeAgain(): void {
    if (this.#acknowledged.length > 0) this.#store();
  }

  /** Acknowledgements of one turn are stored together; a state is shown only once it is durable (L-003). */
  #acknowledge(message: StoredMessage): void {
    this.#acknowledged.push(message);
    if (this.#isToStore) return;
    this.#isToStore = true;
    setImmediate(() => this.#store());
  }

  #store(): void {
    this.#isToStore = false;
    let sent: readonly StoredMessage[];
    try {
      sent = this.#parts.stores.transaction(() => this.#acknowledged.flatMap((message) => this.#asSent(message)));
    } catch (error) {
      this.#parts.failed(error);
      return;
    }
    this.#acknowledged = [];
    for (const message of sent) this.#parts.sent(message);
  }

  #asSent(message: StoredMessage): readonly StoredMessage[] {
    const { messages } = this.#parts.stores;
    const stored = messages.get(message.id);
    const isOpen = stored?.state === 'waiting' || stored?.state === 'held' || stored?.state === 'sent';
    // A receipt or a bounce may have been quicker than the acknowledgement: how it was sealed is still to be kept.
    if (!isOpen && stored?.state !== 'delivered') return [];
    const next: StoredMessage = isOpen
      ? { ...message, state: 'sent' }
      : { ...message, state: 'delivered', settled: true };
    messages.update(next);
    return [next];
  }
}
