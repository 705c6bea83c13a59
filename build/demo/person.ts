/** One of the two people of the play: an account, a profile, and the headless host that runs on it at the moment. */
import type { Account, Contact, Leaving, Message } from '../../preload/contract.ts';
import { startHost } from '../../test/support/headless-client.ts';
import type { HeadlessClient, HostOptions } from '../../test/support/headless-client.ts';
import type { Cleanup } from './cleanup.ts';

export interface PersonParts {
  readonly name: string;
  readonly address: string;
  readonly password: string;
  readonly options: HostOptions;
  readonly cleanup: Cleanup;
}

export class Person {
  readonly name: string;
  readonly address: string;
  /** Every host that ran for this person, the present one last. */
  readonly hosts: HeadlessClient[] = [];
  readonly #parts: PersonParts;

  constructor(parts: PersonParts) {
    this.name = parts.name;
    this.address = parts.address;
    this.#parts = parts;
  }

  /** @throws Error before the first start */
  get host(): HeadlessClient {
    const host = this.hosts.at(-1);
    if (host === undefined) throw new Error(`${this.name}'s program was not started`);
    return host;
  }

  /** Starts the program, for the first time or again. */
  async start(): Promise<void> {
    const { cleanup, options } = this.#parts;
    const host = await cleanup.own(
      () => startHost(options),
      (started) => started.kill(),
    );
    this.hosts.push(host);
  }

  /** Signs in with the password the first time, with the remembered one from then on. */
  signIn(): Promise<Account> {
    const { address, password } = this.#parts;
    const isFirst = this.hosts.length === 1;
    return this.host.call('account.signIn', { address, ...(isFirst ? { password, remember: true } : {}) });
  }

  /** Waits until this person's list shows the other one so. */
  async sees(other: Person, fits: (contact: Contact) => boolean, timeoutMs?: number): Promise<Contact> {
    const isIt = (contact: Contact): boolean => contact.address === other.address && fits(contact);
    const list = await this.host.waitUntil('contacts.list', {}, (contacts) => contacts.some(isIt), timeoutMs);
    const found = list.find(isIt);
    if (found === undefined) throw new Error(`${this.name} saw ${other.name} a moment ago`);
    return found;
  }

  /** Writes to the other one and waits until the server has it, if it can be sent at all. */
  async write(other: Person, text: string): Promise<Message> {
    const message = await this.host.call('messages.send', { to: other.address, text });
    if (message.state !== 'waiting') return message;
    return this.host.waitFor('messages.changed', ({ id, state }) => id === message.id && state !== 'waiting');
  }

  messagesWith(other: Person): Promise<readonly Message[]> {
    return this.host.call('messages.list', { with: other.address });
  }

  leaving(fits: (leaving: Leaving) => boolean = () => true): Promise<Leaving> {
    return this.host.waitUntil('leaving.state', {}, fits);
  }
}
