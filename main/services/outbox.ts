/** The order in which messages are to be sent: one queue per contact, in order of writing, whatever is put back. */
import type { MessageStore } from '../stores/messages.ts';
import type { BareJid } from '../wire/jid.ts';

export class Outbox {
  readonly #queues = new Map<BareJid, string[]>();
  /** The place of each message among all that were ever queued in this run. */
  readonly #places = new Map<string, number>();
  #next = 0;

  /** Takes up what an earlier run left unsent. */
  load(messages: MessageStore): void {
    for (const message of messages.outbox()) {
      if (message.state === 'held' || message.state === 'waiting') this.add(message.contact, message.id);
    }
  }

  add(address: BareJid, id: string): void {
    this.#places.set(id, this.#next++);
    this.#of(address).push(id);
  }

  /** Puts a message back at its place: before everything written later. */
  putBack(address: BareJid, id: string): void {
    const queue = this.#of(address);
    if (queue.includes(id)) return;
    const place = this.#placeOf(id);
    const at = queue.findIndex((other) => this.#placeOf(other) > place);
    queue.splice(at === -1 ? queue.length : at, 0, id);
  }

  remove(address: BareJid, id: string): void {
    const queue = this.#of(address);
    const at = queue.indexOf(id);
    if (at !== -1) queue.splice(at, 1);
  }

  first(address: BareJid): string | undefined {
    return this.#of(address)[0];
  }

  of(address: BareJid): readonly string[] {
    return [...this.#of(address)];
  }

  /** Contacts with something to send. */
  get contacts(): readonly BareJid[] {
    return [...this.#queues].filter(([, queue]) => queue.length > 0).map(([address]) => address);
  }

  #placeOf(id: string): number {
    return this.#places.get(id) ?? 0;
  }

  #of(address: BareJid): string[] {
    const queue = this.#queues.get(address) ?? [];
    this.#queues.set(address, queue);
    return queue;
  }
}
