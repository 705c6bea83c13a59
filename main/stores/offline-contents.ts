/** What was received under one open record: `seen`, sessions, MACs. All under its data key (S-056). */
import { toBase64 } from '../base/bytes.ts';
import type { SeenEntry, StoredSession } from './offline-secrets.ts';
import { registerOf } from './register.ts';
import type { Sealer } from './seal.ts';
import { SealedTable } from './sealed-table.ts';
import type { Shelf } from './sealed-table.ts';

export class OfflineContents {
  readonly #shelf: Shelf;
  readonly #group: Uint8Array;
  readonly #seen: SealedTable<SeenEntry>;
  readonly #sessions: SealedTable<StoredSession>;
  readonly key: Sealer;

  /** @param key - Made of the record's data key; destroyed with this object by `close`. */
  constructor(shelf: Shelf, group: Uint8Array, key: Sealer) {
    this.#shelf = shelf;
    this.#group = group;
    this.key = key;
    this.#seen = new SealedTable(shelf, 'offline_seen', key, group);
    this.#sessions = new SealedTable(shelf, 'offline_sessions', key, group);
  }

  seen(): readonly SeenEntry[] {
    return this.#seen.inGroup(this.#group);
  }

  addSeen(entry: SeenEntry): void {
    this.#seen.put({ group: this.#group, row: this.#seenTag(entry) }, entry);
  }

  removeSeen(entry: SeenEntry): void {
    this.#seen.remove(this.#group, this.#seenTag(entry));
  }

  sessions(): readonly StoredSession[] {
    return this.#sessions.inGroup(this.#group);
  }

  putSession(session: StoredSession): void {
    this.#sessions.put({ group: this.#group, row: this.key.tag('session', session.key) }, session);
  }

  addMac(sessionKey: string, mac: Uint8Array): void {
    const sql = 'INSERT INTO offline_macs (grp, tag) VALUES (?, ?) ON CONFLICT DO NOTHING';
    this.#shelf.database.run(sql, this.#group, this.#macTag(sessionKey, mac));
  }

  hasMac(sessionKey: string, mac: Uint8Array): boolean {
    const sql = 'SELECT 1 FROM offline_macs WHERE grp = ? AND tag = ?';
    return this.#shelf.database.first(sql, this.#group, this.#macTag(sessionKey, mac)) !== undefined;
  }

  close(): void {
    this.key.destroy();
  }

  #seenTag({ d, responderNonce }: SeenEntry): Uint8Array {
    return this.key.tag('seen', `${toBase64(d)}\u0000${toBase64(responderNonce)}`);
  }

  #macTag(sessionKey: string, mac: Uint8Array): Uint8Array {
    return this.key.tag('mac', `${sessionKey}\u0000${toBase64(mac)}`);
  }
}

/** Removes the rows of a record whose keys are gone. Needs none. */
export function removeContents(shelf: Shelf, group: Uint8Array): void {
  shelf.database.join(() => {
    for (const table of ['offline_seen', 'offline_sessions'] as const) {
      shelf.database.run(`DELETE FROM ${table} WHERE grp = ?`, group);
      shelf.registers.discard(registerOf(table, group));
    }
    shelf.database.run('DELETE FROM offline_macs WHERE grp = ?', group);
  });
}
