/** Writes gathered from several stanzas and committed as one transaction, with what is announced afterwards. */
import { toBase64 } from '../base/bytes.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Stores } from '../stores/stores.ts';
import type { LiveSession } from './received-sessions.ts';

export class Batch {
  readonly #stores: Stores;
  #writes: (() => void)[] = [];
  #afterwards: (() => void)[] = [];
  #sessions = new Set<LiveSession>();
  #received = new Map<string, number>();
  #marks = new Set<string>();
  #once = new Set<string>();

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  get isEmpty(): boolean {
    return this.#writes.length === 0;
  }

  get size(): number {
    return this.#writes.length;
  }

  /** Something to write inside the transaction, in order. */
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

  hasInner(contact: BareJid, innerId: string): boolean {
    return this.#marks.has(`inner ${contact} ${innerId}`) || this.#stores.messages.hasInner(contact, innerId);
  }

  hasDigest(digest: Uint8Array): boolean {
    return this.#marks.has(`digest ${toBase64(digest)}`) || this.#stores.messages.hasDigest(digest);
  }

  /**
   * Commits and then announces. Plain text, counters, MACs and `seen` of a stanza are in one transaction (L-007).
   *
   * @param addReceived - Adds to a record's count of messages.
   * @throws StoreError; nothing of the batch is written then, and it is empty.
   */
  commit(addReceived: (recordId: string, count: number) => void): void {
    const [writes, sessions, received] = [this.#writes, this.#sessions, this.#received];
    this.#writes = [];
    this.#sessions = new Set();
    this.#received = new Map();
    this.#marks = new Set();
    this.#once = new Set();
    this.#stores.transaction(() => {
      for (const write of writes) write();
      for (const live of sessions) this.#stores.offlineSecrets.putSession(live.recordId, live.stored);
      for (const [recordId, count] of received) addReceived(recordId, count);
    });
    const afterwards = this.#afterwards;
    this.#afterwards = [];
    for (const run of afterwards) run();
  }
}
