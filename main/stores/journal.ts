/** Stanzas that arrived and are not yet dealt with: durable, encrypted, before the server hears of it (L-006). */
import { packSheet, SHEET_ENTRIES, unpackSheet, type SheetEntry } from './journal-sheet.ts';
import type { Binding, Sealer } from './seal.ts';
import type { Shelf } from './sealed-table.ts';
import { StoreError } from './store-error.ts';

export interface JournalRow {
  /** Grows with each append. */
  readonly seq: number;
  readonly xml: string;
  readonly arrivedAt: Date;
}

export interface JournalStore {
  /** @returns the stanza's number. */
  append(xml: string, arrivedAt: Date): number;
  /**
   * What is neither removed nor set aside, oldest first. A sheet that does not open is set aside as damaged.
   *
   * @param after - Of the stanzas behind that number; all of them unless given.
   */
  pending(limit: number, after?: number): readonly JournalRow[];
  remove(seq: number): void;
  /** Keeps a stanza that cannot be processed out of `pending`, with the reason's code. */
  setAside(seq: number, reason: string): void;
  /** What was set aside and opens, with the reasons, oldest first. */
  aside(limit: number): readonly (JournalRow & { readonly reason: string })[];
  /** How many are pending. */
  count(): number;
}

type SealedRow = Readonly<{ seq: number; sealed: Uint8Array }>;

/**
 * A row is a sheet, numbered as the first stanza it holds: a backlog is then sealed and written sixty-four stanzas at a
 * time. What changes within a transaction is written at its end.
 */
export class JournalTable implements JournalStore {
  readonly #shelf: Shelf;
  readonly #sealer: Sealer;
  /** Appended in the transaction under way. */
  #fresh: SheetEntry[] = [];
  /** The sheet of each pending stanza; undefined until it is asked for, and after a rollback. */
  #sheets: Map<number, number> | undefined;
  /** How many pending stanzas a sheet holds, of those that are to be written anew. */
  readonly #changed = new Set<number>();
  #lastSeq = 0;

  constructor(shelf: Shelf, sealer: Sealer) {
    this.#shelf = shelf;
    this.#sealer = sealer;
    shelf.database.attach({
      flush: () => {
        this.#flush();
      },
      drop: () => {
        this.#fresh = [];
        this.#changed.clear();
        this.#sheets = undefined;
      },
    });
  }

  append(xml: string, arrivedAt: Date): number {
    this.#index();
    const seq = (this.#lastSeq += 1);
    this.#shelf.database.join(() => this.#fresh.push({ seq, xml, arrivedAt }));
    return seq;
  }

  pending(limit: number, after = 0): readonly JournalRow[] {
    this.#flush();
    const [index, found] = [this.#index(), [] as SheetEntry[]];
    const sheets = new Set<number>();
    for (const [seq, sheet] of index) if (seq > after) sheets.add(sheet);
    for (const sheet of sheets) {
      if (found.length >= limit) break;
      found.push(...this.#read(sheet).filter(({ seq }) => seq > after && index.has(seq)));
    }
    return found.slice(0, limit);
  }

  remove(seq: number): void {
    this.#shelf.database.join(() => {
      this.#flushFresh();
      const sheet = this.#index().get(seq);
      if (sheet === undefined) return;
      this.#index().delete(seq);
      this.#changed.add(sheet);
    });
  }

  setAside(seq: number, reason: string): void {
    this.#shelf.database.join(() => {
      this.#flush();
      const sheet = this.#index().get(seq);
      const entry = sheet === undefined ? undefined : this.#read(sheet).find((one) => one.seq === seq);
      if (entry === undefined) throw new StoreError('no-such-row', 'no such stanza in the journal');
      this.remove(seq);
      this.#flush();
      this.#insert([{ ...entry, reason }], 1);
    });
  }

  aside(limit: number): readonly (JournalRow & { readonly reason: string })[] {
    const sheets = this.#select('aside = 1 ORDER BY seq LIMIT ?', limit).map((row) => this.#open(row) ?? []);
    return sheets.flat().map((entry) => ({ reason: '', ...entry }));
  }

  count(): number {
    return this.#index().size + this.#fresh.length;
  }

  removeAll(): void {
    this.#shelf.database.join(() => {
      this.#shelf.database.run('DELETE FROM journal');
      this.#fresh = [];
      this.#changed.clear();
      this.#sheets = new Map();
    });
  }

  #flush(): void {
    this.#flushFresh();
    if (this.#changed.size === 0) return;
    const index = this.#index();
    const kept = new Set(index.values());
    for (const sheet of this.#changed) {
      const left = kept.has(sheet) ? this.#read(sheet).filter(({ seq }) => index.has(seq)) : [];
      this.#shelf.database.run('DELETE FROM journal WHERE seq = ?', sheet);
      if (left.length > 0) this.#insert(left, 0);
    }
    this.#changed.clear();
  }

  #flushFresh(): void {
    while (this.#fresh.length > 0) this.#insert(this.#fresh.splice(0, SHEET_ENTRIES), 0);
  }

  #insert(entries: readonly SheetEntry[], aside: 0 | 1): void {
    const sheet = entries[0]?.seq ?? 0;
    const sealed = this.#sealer.seal(packSheet(entries), this.#binding(sheet));
    this.#shelf.database.run('INSERT INTO journal (seq, aside, sealed) VALUES (?, ?, ?)', sheet, aside, sealed);
    if (aside === 0) for (const { seq } of entries) this.#sheets?.set(seq, sheet);
  }

  #index(): Map<number, number> {
    if (this.#sheets !== undefined) return this.#sheets;
    const index = (this.#sheets = new Map<number, number>());
    for (const row of this.#select('aside = 0 ORDER BY seq')) {
      const entries = this.#open(row);
      if (entries === undefined) this.#leaveOut(row.seq);
      for (const { seq } of entries ?? []) index.set(seq, row.seq);
    }
    const sql = 'SELECT max(seq) AS last FROM journal';
    const last = this.#shelf.database.first<{ last: number | null }>(sql)?.last ?? 0;
    this.#lastSeq = Math.max(this.#lastSeq, last, ...[...index.keys()].slice(-1));
    return index;
  }

  /** A pending sheet; empty if it does not open any more. */
  #read(sheet: number): readonly SheetEntry[] {
    const row = this.#select('seq = ?', sheet)[0];
    const entries = row === undefined ? undefined : this.#open(row);
    if (entries === undefined) this.#leaveOut(sheet);
    return entries ?? [];
  }

  #leaveOut(sheet: number): void {
    this.#shelf.damage.note('journal', String(sheet));
    this.#shelf.database.join(() => {
      this.#shelf.database.run('UPDATE journal SET aside = 1 WHERE seq = ?', sheet);
    });
    for (const [seq, of] of this.#sheets ?? []) if (of === sheet) this.#sheets?.delete(seq);
  }

  #select(where: string, ...values: readonly number[]): readonly SealedRow[] {
    return this.#shelf.database.all(`SELECT seq, sealed FROM journal WHERE ${where}`, ...values);
  }

  #open({ seq, sealed }: SealedRow): readonly SheetEntry[] | undefined {
    const plain = this.#sealer.open(sealed, this.#binding(seq));
    return plain === undefined ? undefined : unpackSheet(plain);
  }

  #binding(sheet: number): Binding {
    return ['journal', this.#shelf.account(), sheet];
  }
}
