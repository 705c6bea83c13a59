/** Letters that a contact who is back does not confirm: sent again, in a live session (L-044). */
import { HOUR_MS, MINUTE_MS, type Cancel, type Timers } from '../base/time.ts';
import type { MessageStore, StoredMessage } from '../stores/messages.ts';
import type { BareJid } from '../wire/jid.ts';

export interface ConfirmationsParts {
  readonly timers: Timers;
  readonly messages: Pick<MessageStore, 'outbox'>;
  readonly isHere: (address: BareJid) => boolean;
  /** Sends these again, if there is a live session or one can be had. */
  readonly again: (address: BareJid, messages: readonly StoredMessage[]) => void;
}

/** How long a contact who is back is given. */
const CONFIRM_MS = 5 * MINUTE_MS;
/** What found no way is tried again ever more slowly, down to this. */
const LONGEST_MS = HOUR_MS;

export class Confirmations {
  readonly #parts: ConfirmationsParts;
  readonly #waiting = new Map<BareJid, Cancel>();

  constructor(parts: ConfirmationsParts) {
    this.#parts = parts;
  }

  /** The contact is here: what it does not confirm within five minutes goes again, and so on while it is here. */
  expectFrom(address: BareJid, delayMs = CONFIRM_MS): void {
    this.#waiting.get(address)?.();
    const cancel = this.#parts.timers.after(delayMs, () => {
      this.#waiting.delete(address);
      const open = this.#unconfirmed().filter(({ contact }) => contact === address);
      if (open.length === 0 || !this.#parts.isHere(address)) return;
      this.#parts.again(address, open);
      this.expectFrom(address, Math.min(2 * delayMs, LONGEST_MS));
    });
    this.#waiting.set(address, cancel);
  }

  /** A stream is there: of those who were here all along nobody says so again. */
  start(): void {
    for (const { contact } of this.#unconfirmed()) {
      if (!this.#waiting.has(contact) && this.#parts.isHere(contact)) this.expectFrom(contact);
    }
  }

  stop(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  #unconfirmed(): readonly StoredMessage[] {
    return this.#parts.messages.outbox().filter(isUnconfirmed);
  }
}

function isUnconfirmed({ state, settled, text, facts }: StoredMessage): boolean {
  return state === 'sent' && settled !== true && text !== null && facts['kind'] === 'sealed';
}
