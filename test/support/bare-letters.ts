/** Plain messages between accounts of one test server, and a stage with fresh accounts for each test. */
import { childText, element } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { connectBareClient } from './bare-client.ts';
import type { BareClient, BareOptions } from './bare-client.ts';
import type { TestServer } from './servers/test-server.ts';

/** A chat message to the bare address of an account. */
export function letter(to: string, text: string): Element {
  return element('message', NS.client, { to, type: 'chat' }, element('body', NS.client, {}, text));
}

/** The texts of all messages that arrived, in order. */
export function texts(client: BareClient): string[] {
  return client.messages.map((message) => childText(message, 'body', NS.client) ?? '');
}

/** '1', '2', … */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_none, index) => String(index + 1));
}

let accounts = 0;

/** Two accounts that nobody has used, and their clients, all of which `clear` closes. */
export class Stage {
  alice = '';
  bob = '';
  readonly #server: TestServer;
  readonly #clients: BareClient[] = [];

  constructor(server: TestServer) {
    this.#server = server;
  }

  async prepare(): Promise<void> {
    accounts += 1;
    [this.alice, this.bob] = [`alice${accounts}@${this.#server.domain}`, `bob${accounts}@${this.#server.domain}`];
    for (const name of ['alice', 'bob']) await this.#server.addUser(`${name}${accounts}`, 'secret');
  }

  /** @param address - Of one of the two. */
  async connect(address: string, options: BareOptions = {}): Promise<BareClient> {
    const client = await connectBareClient(this.#server, address.slice(0, address.indexOf('@')), options);
    this.#clients.push(client);
    return client;
  }

  async clear(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }
}
