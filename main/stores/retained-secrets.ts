/** Secrets kept from one live session for the next (XEP-0116 §4.7.4, profile 7.3), sealed. */
import { fromHex } from '../base/bytes.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Sealer } from './seal.ts';
import { SealedTable } from './sealed-table.ts';
import type { Shelf } from './sealed-table.ts';

export interface StoredSecret {
  /** 32 hexadecimal digits, random. */
  readonly id: string;
  readonly address: BareJid;
  /** The contact's client: its resource. */
  readonly client: string;
  readonly secret: Uint8Array;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** True once somewhere along its chain both people compared the spoken code. */
  readonly confirmed: boolean;
}

export interface RetainedSecretStore {
  /** Oldest first. @throws StoreError `store-damaged` */
  of(address: BareJid): readonly StoredSecret[];
  /** Adds, or replaces the one of that id. */
  put(secret: StoredSecret): void;
  remove(secret: Pick<StoredSecret, 'address' | 'id'>): void;
  removeAllOf(address: BareJid): void;
}

export class RetainedSecretTable implements RetainedSecretStore {
  readonly #table: SealedTable<StoredSecret>;
  readonly #sealer: Sealer;

  constructor(shelf: Shelf, sealer: Sealer) {
    this.#table = new SealedTable(shelf, 'retained_secrets', sealer);
    this.#sealer = sealer;
  }

  of(address: BareJid): readonly StoredSecret[] {
    return this.#table.inGroup(this.#groupOf(address));
  }

  put(secret: StoredSecret): void {
    this.#table.put({ group: this.#groupOf(secret.address), row: fromHex(secret.id) }, secret);
  }

  remove({ address, id }: Pick<StoredSecret, 'address' | 'id'>): void {
    this.#table.remove(this.#groupOf(address), fromHex(id));
  }

  removeAllOf(address: BareJid): void {
    this.#table.removeGroup(this.#groupOf(address));
  }

  removeAll(): void {
    this.#table.removeAll();
  }

  #groupOf(address: BareJid): Uint8Array {
    return this.#sealer.tag('contact', address);
  }
}
