/** Letters that a contact who is here, or is back, does not confirm: sent again, in a live session (L-044). */
import { HOUR_MS, MINUTE_MS, type Cancel, type Timers } from '../base/time.ts';
import type { MessageStore, StoredMessage } from '../stores/messages.ts';
import type { BareJid } from '../wire/jid.ts';

export interface ConfirmationsParts {
  readonly timers: Timers;
  readonly messages: Pick<MessageStore, 'get' | 'outbox'>;
  readonly isHere: (address: BareJid) => boolean;
  /** Sends these again, if there is a live session or one can be had. */
  readonly again: (address: BareJid, messages: readonly StoredMessage[]) => void;
}

/** How long a contact who is back is given. */
const CONFIRM_MS = 5 * MINUTE_MS;
/** What found no way is tried again ever more slowly, down to this. */
const LONGEST_MS = HOUR_MS;

/** What a contact is given its time for. */
interface Wait {
  readonly expected: ReadonlySet<string>;
  readonly delayMs: number;
  readonly cancel: Cancel;
}

export class Confirmations {
  readonly #parts: ConfirmationsParts;
  readonly #waiting = new Map<BareJid, Wait>();

  constructor(parts: ConfirmationsParts) {
    this.#parts = parts;
  }

  /** The contact is here: what it does not confirm within five minutes goes again, and so on while it is here. */
  expectFrom(address: BareJid, delayMs = CONFIRM_MS): void {
    this.#expect(address, new Set(this.#unconfirmedBy(address).map(({ id }) => id)), delayMs);
  }

  /** The server has a message: one whose reader is here all along is expected as one that waited is. */
  sent({ contact, id }: StoredMessage): void {
    if (!this.#parts.isHere(contact)) return;
    const wait = this.#waiting.get(contact);
    // With one of these it goes on, and has its time after that.
    if (wait?.delayMs === CONFIRM_MS && [...wait.expected].some((other) => this.#isOpen(other))) return;
    this.#expect(contact, new Set([id]), CONFIRM_MS);
  }

  /** A stream is there: of those who were here all along nobody says so again. */
  start(): void {
    for (const { contact } of this.#unconfirmed()) {
      if (!this.#waiting.has(contact) && this.#parts.isHere(contact)) this.expectFrom(contact);
    }
  }

  stop(): void {
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  #expect(address: BareJid, expected: ReadonlySet<string>, delayMs: number): void {
    this.#waiting.get(address)?.cancel();
    const cancel = this.#parts.timers.after(delayMs, () => {
      this.#waiting.delete(address);
      const open = this.#unconfirmedBy(address);
      if (open.length === 0 || !this.#parts.isHere(address)) return;
      const late = open.filter(({ id }) => expected.has(id));
      if (late.length > 0) this.#parts.again(address, late);
      this.expectFrom(address, late.length > 0 ? Math.min(2 * delayMs, LONGEST_MS) : CONFIRM_MS);
    });
    this.#waiting.set(address, { expected, delayMs, cancel });
  }

  #isOpen(id: string): boolean {
    const message = this.#parts.messages.get(id);
    return message !== undefined && isUnconfirmed(message);
  }

  #unconfirmedBy(address: BareJid): readonly StoredMessage[] {
    return this.#unconfirmed().filter(({ contact }) => contact === address);
  }

  #unconfirmed(): readonly StoredMessage[] {
    return this.#parts.messages.outbox().filter(isUnconfirmed);
  }
}

function isUnconfirmed({ state, settled, text, facts }: StoredMessage): boolean {
  return state === 'sent' && settled !== true && text !== null && facts['kind'] === 'sealed';
}
