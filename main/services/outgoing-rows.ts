/** The stored rows of what we write, from composing to the last that is known of it. */
import type { StoredMessage } from '../stores/messages.ts';
import type { Stores } from '../stores/stores.ts';
import { CommandError } from './command-error.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import { bouncedFacts, heldFacts, type HoldReason } from './outgoing-facts.ts';

export class OutgoingRows {
  readonly #stores: Stores;
  readonly #announcer: Announcer<ServiceEvents>;

  constructor(stores: Stores, announcer: Announcer<ServiceEvents>) {
    this.#stores = stores;
    this.#announcer = announcer;
  }

  get(id: string): StoredMessage | undefined {
    return this.#stores.messages.get(id);
  }

  /** A message of ours. @throws CommandError `no-such-message` */
  written(id: string): StoredMessage {
    const message = this.get(id);
    if (message?.direction !== 'out') throw new CommandError('no-such-message', 'There is no such message of yours.');
    return message;
  }

  add(message: StoredMessage): void {
    this.#stores.messages.add(message);
    this.announce('messageAdded', message);
  }

  change(message: StoredMessage): void {
    this.#stores.messages.update(message);
    this.announce('messageChanged', message);
  }

  remove(message: StoredMessage): void {
    this.#stores.messages.remove(message.id);
    this.#announcer.announce('conversationChanged', message.contact);
  }

  /** There is no way to encrypt these now. */
  hold(ids: readonly string[], reason: HoldReason): void {
    for (const id of ids) {
      const message = this.get(id);
      if (message === undefined || message.facts['unencrypted'] === true) continue;
      // What left once is shown as sent until it is known better (L-003).
      if (message.state === 'sent') continue;
      if (message.state === 'held' && message.facts['reason'] === reason) continue;
      this.change({ ...message, state: 'held', facts: heldFacts(reason) });
    }
  }

  /** It came back. @returns false if it is known to have arrived all the same */
  bounced(id: string): boolean {
    const message = this.get(id);
    if (message === undefined || message.state === 'delivered') return false;
    this.change({ ...message, state: 'notSent', settled: true, facts: bouncedFacts(message.facts) });
    return true;
  }

  announce(event: 'messageAdded' | 'messageChanged', message: StoredMessage): void {
    this.#announcer.announce(event, message);
    this.#announcer.announce('conversationChanged', message.contact);
  }
}
