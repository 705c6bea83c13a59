/** Writes gathered from several stanzas and committed as one transaction, with what is announced afterwards. */
import { toBase64 } from '../base/bytes.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Stores } from '../stores/stores.ts';
import type { LiveSession } from './received-sessions.ts';

export class Batch {
  readonly #stores: Stores;
  #writes: (() => void)[] = [];
  #afterwards: (() => void)[] = [];
  readonly #sessions = new Set<LiveSession>();
  readonly #received = new Map<string, number>();
  readonly #marks = new Set<string>();
  readonly #once = new Set<string>();

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  get isEmpty(): boolean {
    return this.#writes.length === 0;
  }

  get size(): number {
    return this.#writes.length;
  }

  /** Something to write inside the transaction, in order; from a `write` as well: behind the others then. */
  write(run: () => void): void {
    this.#writes.push(run);
  }

  /** As `write`, but only the first of that name counts: for what is written whole however often it changed. */
  writeOnce(name: string, run: () => void): void {
    if (this.#once.has(name)) return;
    this.#once.add(name);
    this.#writes.push(run);
  }

  /** Something to do once everything is durable; it may announce, it may not write. */
  afterwards(run: () => void): void {
    this.#afterwards.push(run);
  }

  /** A session whose newest state is written once, however many of its stanzas the batch holds. */
  touch(session: LiveSession): void {
    this.#sessions.add(session);
  }

  /** One message more that came by that record; from a `write` as well. */
  countReceived(recordId: string): void {
    this.#received.set(recordId, (this.#received.get(recordId) ?? 0) + 1);
  }

  /** Remembers an id or digest until it is in the store, so that a copy within the batch is noticed too. */
  markInner(contact: BareJid, innerId: string): void {
    this.#marks.add(`inner ${contact} ${innerId}`);
  }

  markDigest(digest: Uint8Array): void {
    this.#marks.add(`digest ${toBase64(digest)}`);
  }

  /** True if the batch holds that message; whether the store does shows when it is added. */
  holdsInner(contact: BareJid, innerId: string): boolean {
    return this.#marks.has(`inner ${contact} ${innerId}`);
  }

  hasInner(contact: BareJid, innerId: string): boolean {
    return this.holdsInner(contact, innerId) || this.#stores.messages.hasInner(contact, innerId);
  }

  hasDigest(digest: Uint8Array): boolean {
    return this.#marks.has(`digest ${toBase64(digest)}`) || this.#stores.messages.hasDigest(digest);
  }

  /**
   * Writes everything; to be called in a transaction. Plain text, counters, MACs and `seen` of a stanza are in the same
   * one (L-007).
   *
   * @param addReceived - Adds to a record's count of messages.
   * @throws StoreError; nothing of the batch is written then, and it is empty.
   */
  commit(addReceived: (recordId: string, count: number) => void): void {
    try {
      // One write may ask for another, which comes behind all that are there: the loop reaches it too.
      for (const write of this.#writes) write();
      for (const live of this.#sessions) this.#stores.offlineSecrets.putSession(live.recordId, live.stored);
      for (const [recordId, count] of this.#received) addReceived(recordId, count);
    } finally {
      this.#writes = [];
      for (const noted of [this.#sessions, this.#received, this.#marks, this.#once]) noted.clear();
    }
  }

  /** After the transaction: everything is durable now. */
  announce(): void {
    const afterwards = this.#afterwards;
    this.#afterwards = [];
    for (const run of afterwards) run();
  }
}
