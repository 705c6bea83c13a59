/** Letters whose key expired with no receipt: probably never opened (O4, ux.md idea 5). */
import { MINUTE_MS, type Cancel, type Clock, type Timers } from '../base/time.ts';
import type { StoredMessage } from '../stores/messages.ts';
import type { Stores } from '../stores/stores.ts';
import type { Contacts } from './contacts.ts';
import type { Announcer, ServiceEvents } from './events.ts';

const SWEEP_MS = MINUTE_MS;

export interface SentExpiryParts {
  readonly stores: Stores;
  readonly contacts: Contacts;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly announcer: Announcer<ServiceEvents>;
}

export class SentExpiry {
  readonly #parts: SentExpiryParts;
  /** Expiry by message id, of what was sent and not confirmed. */
  readonly #pending = new Map<string, string>();
  #cancel: Cancel = () => undefined;

  constructor(parts: SentExpiryParts) {
    this.#parts = parts;
    parts.announcer.on('messageChanged', (message) => {
      this.#note(message);
    });
  }

  start(): void {
    for (const message of this.#parts.stores.messages.outbox()) this.#note(message);
    this.#sweep();
  }

  stop(): void {
    this.#cancel();
  }

  #note(message: StoredMessage): void {
    const expiry = message.facts['keyExpiresAt'];
    if (message.state === 'sent' && message.settled !== true && typeof expiry === 'string') {
      this.#pending.set(message.id, expiry);
    } else {
      this.#pending.delete(message.id);
    }
  }

  #sweep(): void {
    const now = this.#parts.clock.now().toISOString();
    for (const [id, expiry] of [...this.#pending]) if (expiry <= now) this.#expired(id, expiry);
    this.#cancel = this.#parts.timers.after(SWEEP_MS, () => {
      this.#sweep();
    });
  }

  #expired(id: string, expiry: string): void {
    this.#pending.delete(id);
    const { messages } = this.#parts.stores;
    const message = messages.get(id);
    if (message?.state !== 'sent') return;
    const cameBack = seenOnlineBetween(this.#parts.contacts, message, expiry);
    const next: StoredMessage = cameBack
      ? { ...message, settled: true }
      : { ...message, state: 'probablyNeverOpened', settled: true };
    messages.update(next);
    this.#parts.announcer.announce('messageChanged', next);
  }
}

function seenOnlineBetween(contacts: Contacts, message: StoredMessage, expiry: string): boolean {
  const seen = contacts.find(message.contact)?.lastCameOnlineAt;
  return seen !== undefined && seen > message.writtenAt && seen < expiry;
}
