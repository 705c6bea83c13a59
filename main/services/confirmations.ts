/** Letters that a contact who is back does not confirm: sent again, in a live session (L-044). */
import { MINUTE_MS, type Cancel, type Timers } from '../base/time.ts';
import type { MessageStore, StoredMessage } from '../stores/messages.ts';
import type { BareJid } from '../wire/jid.ts';

/** How long a contact who is back is given. */
const CONFIRM_MS = 5 * MINUTE_MS;

export class Confirmations {
  readonly #timers: Timers;
  readonly #messages: MessageStore;
  readonly #waiting = new Map<BareJid, Cancel>();
  /** Sends these again; set once, by whoever sends. */
  readonly #again: (address: BareJid, messages: readonly StoredMessage[]) => void;

  constructor(
    timers: Timers,
    messages: MessageStore,
    again: (address: BareJid, messages: readonly StoredMessage[]) => void,
  ) {
    this.#timers = timers;
    this.#messages = messages;
    this.#again = again;
  }

  /** The contact is here: what it does not confirm within five minutes goes again. */
  expectFrom(address: BareJid): void {
    this.#waiting.get(address)?.();
    const cancel = this.#timers.after(CONFIRM_MS, () => {
      this.#waiting.delete(address);
      const open = this.#messages.outbox().filter((message) => isUnconfirmed(message, address));
      if (open.length > 0) this.#again(address, open);
    });
    this.#waiting.set(address, cancel);
  }

  stop(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}

function isUnconfirmed({ contact, state, settled, text, facts }: StoredMessage, address: BareJid): boolean {
  return contact === address && state === 'sent' && settled !== true && text !== null && facts['kind'] === 'sealed';
}
