/**
 * Contacts and their keys as a backlog reads them, many times a letter: opened once, kept in memory, and written
 * through. Only these objects write the tables beneath, and never inside a transaction that may yet be undone.
 */
import type { ContactStore, StoredContact } from '../stores/contacts.ts';
import type { ContactKey, KeyStore, OwnSigningKey } from '../stores/keys.ts';
import type { BareJid } from '../wire/jid.ts';

export class CachedContacts implements ContactStore {
  readonly #store: ContactStore;
  #contacts: Map<BareJid, StoredContact> | undefined;

  constructor(store: ContactStore) {
    this.#store = store;
  }

  list(): readonly StoredContact[] {
    return [...this.#all().values()];
  }

  get(address: BareJid): StoredContact | undefined {
    return this.#all().get(address);
  }

  put(contact: StoredContact): void {
    this.#store.put(contact);
    this.#all().set(contact.address, contact);
  }

  remove(address: BareJid): void {
    this.#store.remove(address);
    this.#all().delete(address);
  }

  #all(): Map<BareJid, StoredContact> {
    // Before there is an account there is nothing to read, and nothing is kept of that.
    const stored = this.#contacts ?? new Map(this.#store.list().map((contact) => [contact.address, contact]));
    if (stored.size > 0) this.#contacts = stored;
    return stored;
  }
}

export class CachedKeys implements KeyStore {
  readonly #store: KeyStore;
  readonly #keys = new Map<BareJid, readonly ContactKey[]>();

  constructor(store: KeyStore) {
    this.#store = store;
  }

  ownSigningKey(): OwnSigningKey | undefined {
    return this.#store.ownSigningKey();
  }

  putOwnSigningKey(key: OwnSigningKey): void {
    this.#store.putOwnSigningKey(key);
  }

  keysOf(address: BareJid): readonly ContactKey[] {
    const known = this.#keys.get(address) ?? this.#store.keysOf(address);
    this.#keys.set(address, known);
    return known;
  }

  put(key: ContactKey): void {
    this.#keys.delete(key.address);
    this.#store.put(key);
  }

  addressesOf(fingerprint: string): readonly BareJid[] {
    return this.#store.addressesOf(fingerprint);
  }

  remove(address: BareJid, fingerprint?: string): void {
    this.#keys.delete(address);
    if (fingerprint === undefined) this.#store.remove(address);
    else this.#store.remove(address, fingerprint);
  }
}
