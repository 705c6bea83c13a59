/** Contacts: the roster as last seen, what is decided about each, and which options were served for each (H-17). */
import type { OfflineNode } from '../protocol/esession/xep0187-options.ts';
import type { BareJid } from '../wire/jid.ts';

/** One set of options that a contact's server once handed out: the memory that refuses an older one. */
export interface OptionsSeen {
  readonly node: OfflineNode;
  /** N_A in Base64. */
  readonly nonce: string;
  /** ISO 8601. */
  readonly firstSeenAt: string;
  /** Another set, or an answer that there is none, was seen after it. */
  readonly followed: boolean;
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
  list(): readonly StoredContact[];
  get(address: BareJid): StoredContact | undefined;
  /** Adds or replaces. */
  put(contact: StoredContact): void;
  /** Does nothing if there is no such contact. Keys and messages stay. */
  remove(address: BareJid): void;
}
