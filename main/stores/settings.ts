/**
 * Small private values that survive a restart and belong to no table: the clock's high-water mark (L-030), the last
 * archive id, and the like. What the user sets and may be read by anyone is not here but in the host's settings.
 */
import type { Sealer } from './seal.ts';
import { NO_GROUP, SealedTable } from './sealed-table.ts';
import type { Shelf } from './sealed-table.ts';

/** What JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface SettingStore {
  get(name: string): Json | undefined;
  put(name: string, value: Json): void;
  remove(name: string): void;
}

export class SettingTable implements SettingStore {
  readonly #table: SealedTable<{ readonly value: Json }>;
  readonly #sealer: Sealer;

  constructor(shelf: Omit<Shelf, 'account'>, sealer: Sealer) {
    this.#table = new SealedTable({ ...shelf, account: () => '' }, 'settings', sealer);
    this.#sealer = sealer;
  }

  get(name: string): Json | undefined {
    return this.#table.get(NO_GROUP, this.#rowOf(name))?.value;
  }

  put(name: string, value: Json): void {
    this.#table.put({ group: NO_GROUP, row: this.#rowOf(name) }, { value });
  }

  remove(name: string): void {
    this.#table.remove(NO_GROUP, this.#rowOf(name));
  }

  #rowOf(name: string): Uint8Array {
    return this.#sealer.tag('setting', name);
  }
}
