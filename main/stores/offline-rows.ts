/** An offline record as a row: a head under the store's key, a body with the secrets under the record's own. */
import { toHex, wipe } from '../base/bytes.ts';
import type { DestroyReason, OfflineRecord } from './offline-secrets.ts';
import { pack, unpack } from './packed.ts';
import type { Binding, Sealer } from './seal.ts';
import type { Shelf } from './sealed-table.ts';
import { NO_GROUP } from './sealed-table.ts';

/** All that may outlive the keys. It is sealed too, and changes often; the body changes with the state only. */
export type OfflineHead = Omit<OfflineRecord, 'form' | 'secrets'> & {
  /** Set before the keys are touched, so that a destruction that was interrupted ends for the same reason (D-1). */
  readonly destroying?: DestroyReason;
};

type OfflineBody = Pick<OfflineRecord, 'form' | 'secrets'>;

export type OfflineRow = Readonly<{ id: string; head: Uint8Array; body: Uint8Array }>;

/** What a body is bound to besides its head (S-053). */
export interface Owner {
  readonly account: string;
  readonly deviceId: string;
}

const REGISTER = 'offline_records';

export class OfflineRows {
  readonly #shelf: Shelf;
  readonly #sealer: Sealer;
  readonly #owner: () => Owner;

  constructor(shelf: Shelf, sealer: Sealer, owner: () => Owner) {
    this.#shelf = shelf;
    this.#sealer = sealer;
    this.#owner = owner;
  }

  all(): readonly OfflineRow[] {
    return this.#shelf.database.all<OfflineRow>('SELECT id, head, body FROM offline_records ORDER BY place');
  }

  get(id: string): OfflineRow | undefined {
    return this.#shelf.database.first<OfflineRow>('SELECT id, head, body FROM offline_records WHERE id = ?', id);
  }

  /** @returns undefined if the row is not as it was last written. */
  openHead(row: OfflineRow): OfflineHead | undefined {
    if (!this.#shelf.registers.agrees(REGISTER, this.#nameOf(row.id), row.head)) return undefined;
    const plain = this.#sealer.open(row.head, this.#headBinding(row.id));
    return plain === undefined ? undefined : (unpack(plain) as OfflineHead);
  }

  /** @returns undefined if head or body are not as they were written, or if the record is being destroyed. */
  openRecord(row: OfflineRow, key: Sealer): OfflineRecord | undefined {
    const head = this.openHead(row);
    if (head === undefined || head.destroying !== undefined) return undefined;
    const body = this.#openBody(row, head, key);
    return body === undefined ? undefined : { ...head, ...body };
  }

  insert(record: OfflineRecord, key: Sealer): void {
    const { form, secrets, ...head } = record;
    const sealedHead = this.#sealHead(head);
    const sealedBody = this.#sealBody({ form, secrets }, head, key);
    this.#write(head.id, sealedHead, () => {
      const sql = 'INSERT INTO offline_records (id, head, body) VALUES (?, ?, ?)';
      this.#shelf.database.run(sql, head.id, sealedHead, sealedBody);
    });
  }

  /** Seals the body anew only where what it is bound to changes: the state. */
  update(row: OfflineRow, former: OfflineHead, head: OfflineHead, key: Sealer): void {
    const sealedHead = this.#sealHead(head);
    const body = former.state === head.state ? row.body : this.#rebind(row, former, head, key);
    this.#write(head.id, sealedHead, () => {
      const sql = 'UPDATE offline_records SET head = ?, body = ? WHERE id = ?';
      this.#shelf.database.run(sql, sealedHead, body, head.id);
    });
  }

  markDestroying(head: OfflineHead, destroying: DestroyReason): void {
    const sealed = this.#sealHead({ ...head, destroying });
    this.#write(head.id, sealed, () => {
      this.#shelf.database.run('UPDATE offline_records SET head = ? WHERE id = ?', sealed, head.id);
    });
  }

  remove(id: string): void {
    this.#shelf.database.join(() => {
      this.#shelf.database.run('DELETE FROM offline_records WHERE id = ?', id);
      this.#shelf.registers.remove(REGISTER, this.#nameOf(id));
    });
  }

  /** The record's tag: the group of the rows that belong to it. */
  groupOf(id: string): Uint8Array {
    return this.#sealer.tag('offline record', id);
  }

  #write(id: string, sealedHead: Uint8Array, write: () => void): void {
    this.#shelf.database.join(() => {
      write();
      this.#shelf.registers.set(REGISTER, this.#nameOf(id), sealedHead);
    });
  }

  #rebind(row: OfflineRow, former: OfflineHead, head: OfflineHead, key: Sealer): Uint8Array {
    const body = this.#openBody(row, former, key);
    if (body === undefined) throw new TypeError('the record was open, so its body opens');
    try {
      return this.#sealBody(body, head, key);
    } finally {
      wipe(...body.secrets.map(({ exponent }) => exponent));
    }
  }

  #sealHead(head: OfflineHead): Uint8Array {
    return this.#sealer.seal(pack(head), this.#headBinding(head.id));
  }

  #sealBody(body: OfflineBody, head: OfflineHead, key: Sealer): Uint8Array {
    const plain = pack(body);
    try {
      return key.seal(plain, this.#bodyBinding(head));
    } finally {
      wipe(plain);
    }
  }

  #openBody(row: OfflineRow, head: OfflineHead, key: Sealer): OfflineBody | undefined {
    const plain = key.open(row.body, this.#bodyBinding(head));
    if (plain === undefined) return undefined;
    const body = unpack(plain) as OfflineBody;
    wipe(plain);
    return body;
  }

  #headBinding(id: string): Binding {
    return ['offline_records', 'head', this.#shelf.account(), id];
  }

  #bodyBinding({ id, nonce, expiresAt, state }: OfflineHead): Binding {
    const { account, deviceId } = this.#owner();
    return ['offline_records', 'body', account, deviceId, id, nonce, expiresAt.toISOString(), state];
  }

  #nameOf(id: string): string {
    return toHex(NO_GROUP) + toHex(this.groupOf(id));
  }
}
