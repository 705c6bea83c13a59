/** A table of small rows, each sealed as a whole and bound to its place (S-070, S-073). */
import { toHex, wipe } from '../base/bytes.ts';
import type { Damage } from './damage.ts';
import type { Database } from './database.ts';
import { pack, unpack } from './packed.ts';
import { registerOf } from './register.ts';
import type { Registers } from './register.ts';
import type { Binding, Sealer } from './seal.ts';
import { StoreError } from './store-error.ts';

export type TableName =
  | 'account'
  | 'settings'
  | 'contacts'
  | 'own_keys'
  | 'contact_keys'
  | 'offline_seen'
  | 'offline_sessions'
  | 'tombstones'
  | 'retained_secrets';

/** What every table needs. */
export interface Shelf {
  readonly database: Database;
  readonly registers: Registers;
  readonly damage: Damage;
  /** The account that rows are bound to. @throws TypeError if there is none yet. */
  readonly account: () => string;
}

/** Where a row is: tags of 16 octets each. Rows of one group belong together. */
export interface Place {
  readonly group: Uint8Array;
  readonly row: Uint8Array;
  /** One more look-up tag. */
  readonly alt?: Uint8Array;
}

/** For tables without groups. */
export const NO_GROUP = new Uint8Array(16);

type SealedRow = Readonly<{ grp: Uint8Array; row: Uint8Array; alt: Uint8Array | null; sealed: Uint8Array }>;

/** The caller names the type of the values: they were written by this program, or they do not open. */
export class SealedTable<T> {
  readonly #shelf: Shelf;
  readonly #table: TableName;
  readonly #sealer: Sealer;
  readonly #register: string;

  /** @param part - Has this object's rows listed by themselves; one object per group then. */
  constructor(shelf: Shelf, table: TableName, sealer: Sealer, part?: Uint8Array) {
    this.#shelf = shelf;
    this.#table = table;
    this.#sealer = sealer;
    this.#register = registerOf(table, part);
  }

  /** @throws StoreError `store-damaged` for a row that is not as it was written, or gone. */
  get(group: Uint8Array, row: Uint8Array): T | undefined {
    const found = this.#select('grp = ? AND row = ?', group, row)[0];
    if (found !== undefined) return this.#openStrictly(found);
    if (this.#shelf.registers.has(this.#register, nameOf(group, row))) throw this.#damaged(group, row);
    return undefined;
  }

  /** The group's rows in the order they were first put. @throws StoreError `store-damaged` if any is not as written. */
  inGroup(group: Uint8Array): readonly T[] {
    const rows = this.#select('grp = ? ORDER BY place', group);
    if (rows.length < this.#shelf.registers.count(this.#register, toHex(group))) throw this.#damaged(group, group);
    return rows.map((row) => this.#openStrictly(row));
  }

  /** Every row that opens, in the order they were first put; the others are noted. */
  all(): readonly T[] {
    return this.#openGood(this.#select('TRUE ORDER BY place'));
  }

  /** As `all`, of those with that tag. */
  byAlt(alt: Uint8Array): readonly T[] {
    return this.#openGood(this.#select('alt = ? ORDER BY place', alt));
  }

  /** Adds or replaces. */
  put(place: Place, value: T): void {
    const { group, row, alt = null } = place;
    const plain = pack(value);
    const sealed = this.#sealer.seal(plain, this.#binding({ grp: group, row, alt }));
    wipe(plain);
    this.#shelf.database.join(() => {
      this.#shelf.database.run(
        `INSERT INTO ${this.#table} (grp, row, alt, sealed) VALUES (?, ?, ?, ?)
         ON CONFLICT (grp, row) DO UPDATE SET alt = excluded.alt, sealed = excluded.sealed`,
        ...[group, row, alt, sealed],
      );
      this.#shelf.registers.set(this.#register, nameOf(group, row), sealed);
    });
  }

  remove(group: Uint8Array, row: Uint8Array): void {
    this.#shelf.database.join(() => {
      this.#shelf.database.run(`DELETE FROM ${this.#table} WHERE grp = ? AND row = ?`, group, row);
      this.#shelf.registers.remove(this.#register, nameOf(group, row));
    });
  }

  removeGroup(group: Uint8Array): void {
    this.#shelf.database.join(() => {
      this.#shelf.database.run(`DELETE FROM ${this.#table} WHERE grp = ?`, group);
      this.#shelf.registers.remove(this.#register, toHex(group));
    });
  }

  removeAll(): void {
    this.#shelf.database.join(() => {
      this.#shelf.database.run(`DELETE FROM ${this.#table}`);
      this.#shelf.registers.discard(this.#register);
    });
  }

  #select(where: string, ...values: readonly Uint8Array[]): readonly SealedRow[] {
    return this.#shelf.database.all(`SELECT grp, row, alt, sealed FROM ${this.#table} WHERE ${where}`, ...values);
  }

  #openStrictly(row: SealedRow): T {
    const opened = this.#open(row);
    if (opened === undefined) throw this.#damaged(row.grp, row.row);
    return opened.value;
  }

  #openGood(rows: readonly SealedRow[]): readonly T[] {
    return rows.flatMap((row) => {
      const opened = this.#open(row);
      if (opened === undefined) this.#damaged(row.grp, row.row);
      return opened === undefined ? [] : [opened.value];
    });
  }

  #open(row: SealedRow): { readonly value: T } | undefined {
    if (!this.#shelf.registers.agrees(this.#register, nameOf(row.grp, row.row), row.sealed)) return undefined;
    const plain = this.#sealer.open(row.sealed, this.#binding(row));
    if (plain === undefined) return undefined;
    const value = unpack(plain) as T;
    wipe(plain);
    return { value };
  }

  #binding({ grp, row, alt }: Omit<SealedRow, 'sealed'>): Binding {
    return [this.#table, this.#shelf.account(), grp, row, alt];
  }

  #damaged(group: Uint8Array, row: Uint8Array): StoreError {
    this.#shelf.damage.note(this.#table, nameOf(group, row));
    return new StoreError('store-damaged', `a row of ${this.#table} is not as it was written`);
  }
}

function nameOf(group: Uint8Array, row: Uint8Array): string {
  return toHex(group) + toHex(row);
}
