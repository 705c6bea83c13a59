/** Messages, conversations and the outbox. */
import type { BareJid } from '../wire/jid.ts';

/** The contract's states of a message we write. */
export type OutgoingState = 'held' | 'waiting' | 'sent' | 'delivered' | 'notSent' | 'probablyNeverOpened';

/** What services know about a message and the store need not understand. Must survive JSON. */
export interface MessageFacts {
  readonly [fact: string]: unknown;
}

export interface StoredMessage {
  /** Ours, unique in the profile; for messages we write also the id inside the protected content. */
  readonly id: string;
  readonly contact: BareJid;
  readonly direction: 'in' | 'out';
  /** Null where there is nothing to show: a message that could not be read, or whose text may not be kept (S-071). */
  readonly text: string | null;
  /** ISO 8601 UTC with milliseconds, as is `arrivedAt`. */
  readonly writtenAt: string;
  readonly arrivedAt?: string;
  readonly timeCertain: boolean;
  readonly unread: boolean;
  /** Present on messages we write. */
  readonly state?: OutgoingState;
  /** Nothing more is expected of a `sent` message: it leaves the outbox. */
  readonly settled?: boolean;
  /** The random id inside the protected content: the message's identity with its contact (ruling 8). */
  readonly innerId: string;
  readonly facts: MessageFacts;
  /** Digest of the stanza, to recognise a copy of something without an inner id. */
  readonly stanzaDigest?: Uint8Array;
  /** Id of the offline record (ours) or the published options (theirs) it came or went under. */
  readonly publication?: string;
}

export interface StoredConversation {
  readonly contact: BareJid;
  readonly last: StoredMessage;
  readonly unread: number;
  /** Messages in state `held`. */
  readonly held: number;
}

export interface MessageStore {
  /**
   * Appends a message to its conversation.
   *
   * @returns false, and nothing is changed, if a message with that id is there already, or one of the
   * contact with that inner id.
   */
  add(message: StoredMessage): boolean;
  /**
   * Replaces the message of that id; its place stays. Contact and direction cannot change.
   *
   * @throws StoreError `no-such-row`
   */
  update(message: StoredMessage): void;
  /** @throws StoreError `store-damaged` if the row is not as it was written. Lists leave such rows out (`Stores.damage`). */
  get(id: string): StoredMessage | undefined;
  /** The newest `limit` messages, or the newest before that id; oldest first, in order of arrival. @throws StoreError `no-such-row` */
  list(contact: BareJid, page: { readonly before?: string; readonly limit: number }): readonly StoredMessage[];
  /** The conversation with the newest message first. */
  conversations(): readonly StoredConversation[];
  conversation(contact: BareJid): StoredConversation | undefined;
  /** Whether a message with that inner id came from, or went to, that contact: then this one is a copy (L-002). */
  hasInner(contact: BareJid, innerId: string): boolean;
  hasDigest(stanzaDigest: Uint8Array): boolean;
  /** What may still have to be sent or told: `held`, `waiting`, and `sent` unless `settled`; in order. */
  outbox(): readonly StoredMessage[];
  /**
   * Marks every message of the contact up to and with that one.
   *
   * @returns how many were unread.
   * @throws StoreError `no-such-row`
   */
  markRead(contact: BareJid, upToId: string): number;
  byPublication(publication: string): readonly StoredMessage[];
  /** Messages whose text contains the query, whatever the case; newest first, at most 200. Runs in a worker. */
  search(query: string, contact?: BareJid): Promise<readonly StoredMessage[]>;
  /**
   * Contacts in whose conversation a row was put back to an older state, brought in or taken away since it was written
   * (S-073). Indexes that hide rows are made anew, and noted as damage. Reads everything, in a worker: for the first
   * quiet moment after the start.
   */
  altered(): Promise<readonly BareJid[]>;
  /** Does nothing if there is no such message. */
  remove(id: string): void;
}
