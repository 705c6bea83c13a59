import { equalBytes, wipe } from '../base/bytes.ts';
import { DAY_MS } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import { OfflineContents, removeContents } from './offline-contents.ts';
import type { OfflineKeyFiles } from './offline-key-files.ts';
import type { OfflineHead, OfflineRow, OfflineRows } from './offline-rows.ts';
import type { DestroyReason, OfflineRecord, OfflineSecretStore } from './offline-secrets.ts';
import type { SeenEntry, StoredSession, Tombstone } from './offline-secrets.ts';
import { Sealer } from './seal.ts';
import { NO_GROUP, SealedTable } from './sealed-table.ts';
import type { Shelf } from './sealed-table.ts';
import { StoreError } from './store-error.ts';

const TOMBSTONE_MS = 90 * DAY_MS;

export class OfflineSecretTable implements OfflineSecretStore {
  readonly #shelf: Shelf;
  readonly #rows: OfflineRows;
  readonly #keyFiles: OfflineKeyFiles;
  readonly #tombstones: SealedTable<Tombstone>;
  readonly #random: RandomSource;
  readonly #now: () => Date;
  readonly #open = new Map<string, OfflineContents>();
  /** Their key file may be there before the row is. */
  readonly #creating = new Set<string>();
  #isLoaded = false;
  /** Grows with each `closeOpened`: what was being opened meanwhile must not stay open. */
  #closings = 0;

  constructor(p: {
    readonly shelf: Shelf;
    readonly sealer: Sealer;
    readonly rows: OfflineRows;
    readonly keyFiles: OfflineKeyFiles;
    readonly random: RandomSource;
    readonly now: () => Date;
  }) {
    this.#shelf = p.shelf;
    this.#rows = p.rows;
    this.#keyFiles = p.keyFiles;
    this.#tombstones = new SealedTable(p.shelf, 'tombstones', p.sealer);
    this.#random = p.random;
    this.#now = p.now;
  }

  async create(record: OfflineRecord): Promise<void> {
    if (this.#rows.get(record.id) !== undefined) throw new TypeError('the offline record is there already');
    const closings = this.#closings;
    this.#creating.add(record.id);
    try {
      const contents = this.#contentsOf(record.id, await this.#keyFiles.create(record.id));
      this.#insert(record, contents);
      if (closings === this.#closings) this.#open.set(record.id, contents);
      else contents.close();
    } finally {
      this.#creating.delete(record.id);
    }
  }

  async load(): Promise<{ readonly records: readonly OfflineRecord[]; readonly unreadable: readonly string[] }> {
    const closings = this.#closings;
    this.#keyFiles.shredStrays((id) => this.#creating.has(id) || this.#rows.get(id) !== undefined);
    this.#endDestructions();
    const ids = this.#rows.all().map(({ id }) => id);
    for (const id of ids) await this.#openKey(id, closings);
    this.#forgetOldTombstones();
    this.#isLoaded = true;
    const records = this.records();
    const opened = new Set(records.map(({ id }) => id));
    return { records, unreadable: ids.filter((id) => !opened.has(id) && this.#rows.get(id) !== undefined) };
  }

  records(): readonly OfflineRecord[] {
    if (!this.#isLoaded) throw new StoreError('locked', 'the offline keys are not open');
    return this.#rows.all().flatMap((row) => {
      const key = this.#open.get(row.id)?.key;
      return (key && this.#rows.openRecord(row, key)) ?? [];
    });
  }

  update(record: OfflineRecord): void {
    const { key } = this.#contents(record.id);
    const { form: _form, secrets: _secrets, ...head } = record;
    this.#shelf.database.join(() => {
      const { row, former } = this.#headOf(record.id);
      if (!equalBytes(former.nonce, head.nonce) || former.expiresAt.getTime() !== head.expiresAt.getTime()) {
        throw new TypeError('nonce and expiry of a record cannot change');
      }
      this.#rows.update(row, former, head, key);
    });
  }

  destroy(id: string, reason: DestroyReason): void {
    if (this.#shelf.database.isInTransaction) throw new TypeError('what is overwritten cannot be rolled back');
    const row = this.#rows.get(id);
    if (row === undefined) return;
    const head = this.#rows.openHead(row);
    if (head !== undefined && head.destroying === undefined) this.#mark(head, reason);
    this.#open.get(id)?.close();
    this.#open.delete(id);
    this.#keyFiles.shred(id);
    this.#bury(id, head, reason);
    // A reader in the way leaves sealed pages in the log until the next time; their key is gone already.
    this.#shelf.database.truncateLog();
  }

  tombstones(): readonly Tombstone[] {
    const oldest = this.#now().getTime() - TOMBSTONE_MS;
    return this.#tombstones.all().filter(({ destroyedAt }) => destroyedAt.getTime() > oldest);
  }

  seen(id: string): readonly SeenEntry[] {
    return this.#contents(id).seen();
  }

  addSeen(id: string, entry: SeenEntry): void {
    this.#contents(id).addSeen(entry);
  }

  removeSeen(id: string, entry: SeenEntry): void {
    this.#contents(id).removeSeen(entry);
  }

  sessions(id: string): readonly StoredSession[] {
    return this.#contents(id).sessions();
  }

  putSession(id: string, session: StoredSession): void {
    this.#contents(id).putSession(session);
  }

  addMac(id: string, sessionKey: string, mac: Uint8Array): void {
    this.#contents(id).addMac(sessionKey, mac);
  }

  hasMac(id: string, sessionKey: string, mac: Uint8Array): boolean {
    return this.#contents(id).hasMac(sessionKey, mac);
  }

  closeOpened(): void {
    this.#closings += 1;
    this.#isLoaded = false;
    for (const contents of this.#open.values()) contents.close();
    this.#open.clear();
  }

  /** As `destroy` for every record, and the tombstones too. */
  eraseAll(): void {
    for (const { id } of this.#rows.all()) this.destroy(id, 'by-hand');
    this.#keyFiles.shredStrays(() => false);
    this.#tombstones.removeAll();
  }

  #insert(record: OfflineRecord, contents: OfflineContents): void {
    try {
      this.#rows.insert(record, contents.key);
    } catch (error) {
      contents.close();
      this.#keyFiles.shred(record.id);
      throw error;
    }
  }

  async #openKey(id: string, closings: number): Promise<void> {
    if (this.#open.has(id)) return;
    const dataKey = await this.#keyFiles.open(id);
    if (dataKey === undefined) return;
    if (closings !== this.#closings) {
      wipe(dataKey);
      throw new StoreError('locked', 'the offline keys were closed meanwhile');
    }
    this.#open.set(id, this.#contentsOf(id, dataKey));
  }

  #contentsOf(id: string, dataKey: Uint8Array): OfflineContents {
    try {
      return new OfflineContents(this.#shelf, this.#rows.groupOf(id), new Sealer(dataKey, this.#random));
    } finally {
      wipe(dataKey);
    }
  }

  #contents(id: string): OfflineContents {
    const contents = this.#open.get(id);
    if (contents !== undefined) return contents;
    if (this.#rows.get(id) === undefined) throw new StoreError('no-such-row', 'there is no such offline record');
    throw new StoreError('locked', 'the offline record is not open');
  }

  #headOf(id: string): { readonly row: OfflineRow; readonly former: OfflineHead } {
    const row = this.#rows.get(id);
    const former = row && this.#rows.openHead(row);
    if (row === undefined || former === undefined)
      throw new StoreError('store-damaged', 'an offline record is damaged');
    return { row, former };
  }

  #mark(head: OfflineHead, reason: DestroyReason): void {
    try {
      this.#rows.markDestroying(head, reason);
    } catch (error) {
      // Secrets win (L-005): a full disk must not keep the keys alive. They are overwritten in place, which needs no
      // space; only the reason may be lost if there is a crash before the row goes.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  #bury(id: string, head: OfflineHead | undefined, reason: DestroyReason): void {
    this.#shelf.database.transaction(() => {
      this.#rows.remove(id);
      removeContents(this.#shelf, this.#rows.groupOf(id));
      if (head === undefined) return;
      const tombstone = tombstoneOf(head, head.destroying ?? reason, this.#now());
      this.#tombstones.put({ group: NO_GROUP, row: this.#rows.groupOf(id) }, tombstone);
    });
  }

  #endDestructions(): void {
    for (const row of this.#rows.all()) {
      const reason = this.#rows.openHead(row)?.destroying;
      if (reason !== undefined) this.destroy(row.id, reason);
    }
  }

  #forgetOldTombstones(): void {
    const kept = new Set(this.tombstones().map(({ id }) => id));
    const old = this.#tombstones.all().filter(({ id }) => !kept.has(id));
    this.#shelf.database.join(() => {
      for (const { id } of old) this.#tombstones.remove(NO_GROUP, this.#rows.groupOf(id));
    });
  }
}

function tombstoneOf(head: OfflineHead, reason: DestroyReason, destroyedAt: Date): Tombstone {
  const { id, node, nonce, createdAt, expiresAt, publishedAt, withdrawnAt, confirmed, received } = head;
  return {
    ...{ id, node, nonce, createdAt, expiresAt, confirmed, received, destroyedAt, reason },
    ...(publishedAt === undefined ? {} : { publishedAt }),
    ...(withdrawnAt === undefined ? {} : { withdrawnAt }),
  };
}
