/** The own signing key, and the contacts' keys with what was decided about each (XEP-0189 §11, R-217). */
import type { BareJid } from '../wire/jid.ts';
import type { Sealer } from './seal.ts';
import { NO_GROUP, SealedTable } from './sealed-table.ts';
import type { Shelf } from './sealed-table.ts';

export interface OwnSigningKey {
  /** PKCS#8 DER. A fresh array: the caller wipes it. */
  readonly pkcs8: Uint8Array;
  readonly createdAt: Date;
}

export interface ContactKey {
  /** SHA-256 of the canonical key value, 64 hex digits (protocol 4.1). */
  readonly fingerprint: string;
  /** Minimal big-endian octets, as is the exponent. */
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
  readonly address: BareJid;
  /** `former`: another key took its place by the user's word; presented again, it is a change like any other. */
  readonly state: 'known' | 'verified' | 'changed' | 'refused' | 'former';
  readonly firstSeenAt: Date;
  readonly verifiedAt?: Date;
  /** What the user calls whoever holds this key (XEP-0116 §7.4); bound to the key, and kept here alone. */
  readonly petname?: string;
  /** The user wants no more reminders to compare the spoken code. */
  readonly reminderOff?: true;
}

export interface KeyStore {
  ownSigningKey(): OwnSigningKey | undefined;
  putOwnSigningKey(key: OwnSigningKey): void;
  /**
   * In the order they were first put.
   *
   * @throws StoreError `store-damaged` if any of them is not as it was written or gone: a lost decision must not look
   * like a first meeting. `remove` mends it.
   */
  keysOf(address: BareJid): readonly ContactKey[];
  /** Adds, or replaces the one with the same address and fingerprint. */
  put(key: ContactKey): void;
  /** Everyone who was seen with that key: more than one is an alarm (S-026). */
  addressesOf(fingerprint: string): readonly BareJid[];
  /** Without a fingerprint: all keys of that address. */
  remove(address: BareJid, fingerprint?: string): void;
}

export class KeyTable implements KeyStore {
  readonly #own: SealedTable<OwnSigningKey>;
  readonly #contacts: SealedTable<ContactKey>;
  readonly #sealer: Sealer;

  constructor(shelf: Shelf, sealer: Sealer) {
    this.#own = new SealedTable({ ...shelf, account: () => '' }, 'own_keys', sealer);
    this.#contacts = new SealedTable(shelf, 'contact_keys', sealer);
    this.#sealer = sealer;
  }

  ownSigningKey(): OwnSigningKey | undefined {
    return this.#own.get(NO_GROUP, this.#sealer.tag('own key', 'signing'));
  }

  putOwnSigningKey(key: OwnSigningKey): void {
    this.#own.put({ group: NO_GROUP, row: this.#sealer.tag('own key', 'signing') }, key);
  }

  keysOf(address: BareJid): readonly ContactKey[] {
    return this.#contacts.inGroup(this.#groupOf(address));
  }

  put(key: ContactKey): void {
    const alt = this.#sealer.tag('fingerprint', key.fingerprint);
    this.#contacts.put({ group: this.#groupOf(key.address), row: this.#rowOf(key.address, key.fingerprint), alt }, key);
  }

  addressesOf(fingerprint: string): readonly BareJid[] {
    return this.#contacts.byAlt(this.#sealer.tag('fingerprint', fingerprint)).map(({ address }) => address);
  }

  remove(address: BareJid, fingerprint?: string): void {
    if (fingerprint === undefined) this.#contacts.removeGroup(this.#groupOf(address));
    else this.#contacts.remove(this.#groupOf(address), this.#rowOf(address, fingerprint));
  }

  removeAll(): void {
    this.#own.removeAll();
    this.#contacts.removeAll();
  }

  #groupOf(address: BareJid): Uint8Array {
    return this.#sealer.tag('contact', address);
  }

  #rowOf(address: BareJid, fingerprint: string): Uint8Array {
    return this.#sealer.tag('contact key', `${address}\u0000${fingerprint}`);
  }
}
