/**
 * The keys of published options, and the sessions received on them (protocol 6.1, S-053 to S-056). Each record has a
 * data key of its own in a file of its own: when that file is overwritten, everything under it is gone.
 */
import type { OfflineNode } from '../protocol/esession/xep0187-options.ts';
import type { ReceivingSession } from '../protocol/esession/xep0200-stanza.ts';
import type { BareJid, FullJid } from '../wire/jid.ts';

export type OfflineState = 'prepared' | 'publishing' | 'published' | 'draining' | 'superseded';

export interface StoredSecret {
  readonly modp: number;
  /** x. `destroy` and `closeOpened` do not reach copies the caller was given: the caller wipes them. */
  readonly exponent: Uint8Array;
  readonly publicValue: Uint8Array;
}

export interface OfflineRecord {
  /** 128 random bits in hex. */
  readonly id: string;
  readonly node: OfflineNode;
  readonly state: OfflineState;
  /** N_A. */
  readonly nonce: Uint8Array;
  /** The published <x/> as XML. */
  readonly form: string;
  readonly secrets: readonly StoredSecret[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly publishedAt?: Date;
  readonly withdrawnAt?: Date;
  /** When draining began; never reset (D-1). */
  readonly onlineAt?: Date;
  /** Time spent connected since `onlineAt`. */
  readonly connectedMs: number;
  /** Read back equal. */
  readonly confirmed: boolean;
  /** Messages that came under it. */
  readonly received: number;
}

export type DestroyReason =
  'replaced' | 'drained' | 'expired' | 'refused' | 'never-published' | 'by-hand' | 'unreadable';

/** What is left of a destroyed record, for 90 days; no keys. */
export interface Tombstone {
  readonly id: string;
  readonly node: OfflineNode;
  readonly nonce: Uint8Array;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly publishedAt?: Date;
  readonly withdrawnAt?: Date;
  readonly confirmed: boolean;
  readonly received: number;
  readonly destroyedAt: Date;
  readonly reason: DestroyReason;
}

/** One accepted session start (protocol 6.1, `seen`). */
export interface SeenEntry {
  /** Minimal octets. */
  readonly d: Uint8Array;
  /** N_B. */
  readonly responderNonce: Uint8Array;
  /** SHA-256 of the first stanza's `identity` and `mac` octets. */
  readonly digest: Uint8Array;
  readonly from: BareJid;
  /** The services' word for what came of it. */
  readonly outcome: string;
}

interface SessionFacts {
  /** Unique within the record; names the session in `addMac` and `hasMac`. */
  readonly key: string;
  readonly from: FullJid;
  readonly thread?: string;
  readonly otr: boolean;
  readonly peerFingerprint: string;
  readonly lastActivityAt: Date;
  /** A stanza was missing or dropped. */
  readonly damaged: boolean;
}

/** A received session. An ended one has no keys any more. */
export type StoredSession =
  | (SessionFacts & { readonly state: 'open'; readonly session: ReceivingSession })
  | (SessionFacts & { readonly state: 'ended' });

export interface OfflineSecretStore {
  /**
   * Makes a record durable: wrapped data key (file and directory synced), then the row (S-054). Only when this has
   * resolved may the form leave. Its data key stays open.
   */
  create(record: OfflineRecord): Promise<void>;
  /**
   * Opens every record, ends destructions that were interrupted, removes what a crash left behind.
   *
   * @returns `unreadable`: ids of records whose key or content does not open; they stay until `destroy` (L-061).
   */
  load(): Promise<{ readonly records: readonly OfflineRecord[]; readonly unreadable: readonly string[] }>;
  /** The open records, oldest first. @throws StoreError `locked` before `load` and after `closeOpened`. */
  records(): readonly OfflineRecord[];
  /**
   * Durable when it returns, unless inside a transaction. Id, nonce and form cannot change.
   *
   * @throws StoreError `no-such-row`, `locked`
   */
  update(record: OfflineRecord): void;
  /**
   * Destroys the keys for good (S-056): overwrites the wrapped data key in place, syncs, unlinks, syncs the
   * directory, then removes record, `seen`, sessions and MACs and leaves a tombstone. Needs no open key. May be
   * repeated; does nothing for an id that is not there.
   *
   * @throws TypeError inside a transaction: what is overwritten cannot be rolled back. StoreError `store-full`,
   * `store-damaged`: the key is gone then as far as the disk allowed; call again for the rest.
   */
  destroy(id: string, reason: DestroyReason): void;
  /** Destroyed within the last 90 days, oldest first. */
  tombstones(): readonly Tombstone[];
  seen(id: string): readonly SeenEntry[];
  /** Adds, or replaces the entry with the same d and N_B. */
  addSeen(id: string, entry: SeenEntry): void;
  removeSeen(id: string, entry: SeenEntry): void;
  /** In the order they were first put. */
  sessions(id: string): readonly StoredSession[];
  /** Adds, or replaces the session of that key. */
  putSession(id: string, session: StoredSession): void;
  addMac(id: string, sessionKey: string, mac: Uint8Array): void;
  hasMac(id: string, sessionKey: string, mac: Uint8Array): boolean;
  /** Wipes the data keys in memory (S-059). The records stay; `load` opens them again. */
  closeOpened(): void;
}
