/** Contacts: the roster as last seen, what is decided about each, and which options were served for each (H-17). */
import type { OfflineNode } from '../protocol/esession/xep0187-options.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Sealer } from './seal.ts';
import { NO_GROUP, SealedTable } from './sealed-table.ts';
import type { Shelf } from './sealed-table.ts';

/** One set of options that a contact's server once handed out: the memory that refuses an older one. */
export interface OptionsSeen {
  readonly node: OfflineNode;
  /** N_A in Base64. */
  readonly nonce: string;
  /** ISO 8601. */
  readonly firstSeenAt: string;
  /** Another set, or an answer that there is none, was seen after it. */
  readonly followed: boolean;
  /** The resource the set was bound to: its owner is back when that resource is available again. */
  readonly matchResource?: string;
}

export interface StoredContact {
  readonly address: BareJid;
  readonly name?: string;
  readonly subscription: 'none' | 'to' | 'from' | 'both';
  /** We asked to see presence and have no answer yet. */
  readonly ask: boolean;
  readonly request?: 'incoming' | 'outgoing';
  readonly blocked: boolean;
  readonly inRoster: boolean;
  readonly optionsSeen: readonly OptionsSeen[];
  /** ISO 8601. */
  readonly lastCameOnlineAt?: string;
}

export interface ContactStore {
  /** Those that open, in the order they were first put. */
  list(): readonly StoredContact[];
  /** @throws StoreError `store-damaged` if the row is not as it was written; `put` and `remove` mend it. */
  get(address: BareJid): StoredContact | undefined;
  /** Adds or replaces. */
  put(contact: StoredContact): void;
  /** Does nothing if there is no such contact. Keys and messages stay. */
  remove(address: BareJid): void;
}

export class ContactTable implements ContactStore {
  readonly #table: SealedTable<StoredContact>;
  readonly #sealer: Sealer;

  constructor(shelf: Shelf, sealer: Sealer) {
    this.#table = new SealedTable(shelf, 'contacts', sealer);
    this.#sealer = sealer;
  }

  list(): readonly StoredContact[] {
    return this.#table.all();
  }

  get(address: BareJid): StoredContact | undefined {
    return this.#table.get(NO_GROUP, this.#rowOf(address));
  }

  put(contact: StoredContact): void {
    this.#table.put({ group: NO_GROUP, row: this.#rowOf(contact.address) }, contact);
  }

  remove(address: BareJid): void {
    this.#table.remove(NO_GROUP, this.#rowOf(address));
  }

  removeAll(): void {
    this.#table.removeAll();
  }

  #rowOf(address: BareJid): Uint8Array {
    return this.#sealer.tag('contact', address);
  }
}
