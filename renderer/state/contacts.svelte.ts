import { SvelteMap } from 'svelte/reactivity';
import type { Address, Contact, KeyDecision, KnownKey } from '../../preload/contract.ts';
import { bridge, type Bridge } from '../lib/api.ts';

/** The roster with everyone's state, kept by events. */
export class ContactsState {
  readonly #bridge: Bridge;
  readonly #byAddress = new SvelteMap<Address, Contact>();

  readonly all = $derived([...this.#byAddress.values()].sort(byName));
  /** Strangers who ask; nothing of theirs but the address is shown until they are accepted (ux.md M2). */
  readonly requests = $derived(this.all.filter((contact) => contact.request === 'incoming' && !contact.blocked));

  constructor(given: Bridge) {
    this.#bridge = given;
  }

  start(): void {
    this.#bridge.on('contacts.changed', (change) => {
      if ('removed' in change) this.#byAddress.delete(change.address);
      else this.keep(change);
    });
  }

  async load(): Promise<void> {
    const contacts = await this.#bridge.call('contacts.list', {});
    this.#byAddress.clear();
    contacts.forEach((contact) => this.keep(contact));
  }

  of(address: Address): Contact | undefined {
    return this.#byAddress.get(address);
  }

  /** The name the user gave whoever holds the key, else the one in the roster, otherwise the address. */
  nameOf(address: Address): string {
    const contact = this.#byAddress.get(address);
    return contact === undefined ? address : shownName(contact);
  }

  async add(address: Address, name?: string): Promise<Contact> {
    return this.keep(await this.#bridge.call('contacts.add', { address, ...(name !== undefined && { name }) }));
  }

  async accept(address: Address): Promise<void> {
    this.keep(await this.#bridge.call('contacts.accept', { address }));
  }

  /** Asks the server now whether this contact can receive; the answer takes up to 20 s. */
  async refresh(address: Address): Promise<void> {
    this.keep(await this.#bridge.call('contacts.refresh', { address }));
  }

  async remove(address: Address): Promise<void> {
    await this.#bridge.call('contacts.remove', { address });
  }

  async block(address: Address): Promise<void> {
    await this.#bridge.call('contacts.block', { address });
  }

  async unblock(address: Address): Promise<void> {
    await this.#bridge.call('contacts.unblock', { address });
  }

  async keysOf(address: Address): Promise<readonly KnownKey[]> {
    return this.#bridge.call('keys.of', { address });
  }

  async decide(address: Address, fingerprint: string, decision: KeyDecision): Promise<void> {
    this.keep(await this.#bridge.call('keys.decide', { address, fingerprint, decision }));
  }

  /** @param petname - Empty: none. */
  async setPetname(address: Address, fingerprint: string, petname: string): Promise<void> {
    this.keep(await this.#bridge.call('keys.setPetname', { address, fingerprint, petname }));
  }

  /** What a command answered counts as an event does. */
  keep(contact: Contact): Contact {
    this.#byAddress.set(contact.address, contact);
    return contact;
  }
}

/** The key to compare or decide about: a changed one first, otherwise the one in use. */
export function keyInQuestion(keys: readonly KnownKey[], contact: Contact | undefined): KnownKey | undefined {
  const inUse = keys.find((key) => key.fingerprint === contact?.key?.fingerprint);
  return keys.findLast((key) => key.trust === 'changed') ?? inUse ?? keys.findLast((key) => key.trust !== 'refused');
}

function shownName({ petname, name, address }: Contact): string {
  return petname ?? name ?? address;
}

function byName(one: Contact, other: Contact): number {
  return shownName(one).localeCompare(shownName(other));
}

export const contacts = new ContactsState(bridge);
