/**
 * The whole messenger in this process, over a real server, without a host around it. What it hands to its link is
 * recorded, so that a test can say what left and what did not.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandName, CommandParams, CommandResult, EventName, EventPayload } from '../../preload/contract.ts';
import { inlineModpEngine } from '../../main/crypto/modp-engine.ts';
import type { ModpEngine } from '../../main/crypto/modp.ts';
import { systemRandom } from '../../main/crypto/random.ts';
import type { SelfTestReport } from '../../main/crypto/self-test.ts';
import { composeMessenger } from '../../main/hosts/compose.ts';
import { HostClock } from '../../main/hosts/host-clock.ts';
import type { Messenger } from '../../main/hosts/messenger.ts';
import { createClientLink } from '../../main/protocol/xmpp/client-link.ts';
import type { IqRequest, Link, LinkFactory } from '../../main/protocol/xmpp/link.ts';
import type { KeyProtector } from '../../main/stores/seal.ts';
import { serialize, type Element } from '../../main/wire/element.ts';
import type { TestServer } from './servers/test-server.ts';

export const PASSWORD = 'secret';
const WAIT_MS = 20_000;

export interface MessengerOptions {
  /** A profile of an earlier run; a fresh one unless given. */
  readonly directory?: string;
  /** The server knows the account already. */
  readonly hasAccount?: boolean;
  /** Something between the library and the services, such as a line that loses stanzas. */
  readonly wrapLink?: (factory: LinkFactory) => LinkFactory;
  /** Big numbers; in this thread unless given. */
  readonly modp?: ModpEngine;
  /** What this runtime is said to compute rightly. */
  readonly selfTest?: SelfTestReport;
  /** So many times faster than real: whatever the services wait for. Their clock goes as it should. */
  readonly hurry?: number;
  /** TLS from the first octet. */
  readonly directTls?: boolean;
}

/** Where a server is, which another process may be told. */
export type ServerPlace = Pick<TestServer, 'domain' | 'port' | 'caFile'>;

interface RecordedEvent {
  readonly event: EventName;
  readonly payload: unknown;
}

/** One running messenger of one account. */
export class TestMessenger {
  readonly address: string;
  readonly directory: string;
  readonly clock = new HostClock();
  readonly events: RecordedEvent[] = [];
  /** Messages and presences that were handed to the link, in order. */
  readonly sent: Element[] = [];
  /** Questions and settings that were handed to the link, in order. */
  readonly asked: IqRequest[] = [];
  readonly #server: ServerPlace;
  readonly #options: MessengerOptions;
  readonly #watchers = new Set<() => void>();
  #messenger: Messenger | undefined;

  constructor(server: ServerPlace, name: string, directory: string, options: MessengerOptions) {
    this.#server = server;
    this.#options = options;
    this.address = `${name}@${server.domain}`;
    this.directory = directory;
  }

  async start(): Promise<void> {
    const ca = await readFile(this.#server.caFile, 'utf8');
    const { wrapLink: wrap = (factory) => factory, hurry = 1, directTls = false } = this.#options;
    this.#messenger = await composeMessenger({
      directory: this.directory,
      protector: UNPROTECTED,
      mayKeepOfflineKeys: true,
      clock: this.clock,
      timers: hurry === 1 ? this.clock : { after: (delayMs, run) => this.clock.after(delayMs / hurry, run) },
      random: systemRandom,
      createLink: this.#recording(wrap(createClientLink)),
      modp: this.#options.modp ?? inlineModpEngine(),
      ...(this.#options.selfTest === undefined ? {} : { selfTest: this.#options.selfTest }),
      searchWorker: new URL('../../main/stores/search-worker.ts', import.meta.url),
      settings: { get: () => undefined, set: () => undefined } as never,
      linkSettings: { server: { host: '127.0.0.1', port: this.#server.port, directTls }, ca },
    });
    this.#messenger.on((event, payload) => {
      this.events.push({ event, payload });
      for (const watcher of this.#watchers) watcher();
    });
  }

  get messenger(): Messenger {
    if (this.#messenger === undefined) throw new TypeError('not started');
    return this.#messenger;
  }

  call<C extends CommandName>(name: C, params: CommandParams<C>): Promise<CommandResult<C>> {
    return this.messenger.api[name](params);
  }

  async signIn(): Promise<void> {
    await this.call('account.signIn', { address: this.address, password: PASSWORD });
  }

  /** The payloads of one event so far, in order. */
  payloads<E extends EventName>(event: E): readonly EventPayload<E>[] {
    return this.events.filter((one) => one.event === event).map((one) => one.payload as EventPayload<E>);
  }

  /** Waits until the condition holds; looked at after each event and a few times a second. */
  async until(what: string, condition: () => boolean | Promise<boolean>, limitMs = WAIT_MS): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`${this.address}: waited in vain for ${what}`);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.#watchers.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, 100);
        this.#watchers.add(wake);
      });
    }
  }

  /** Ends the process's part without leaving, as far as that can be had inside a process: the socket just drops. */
  async crash(): Promise<void> {
    this.messenger.suspend = () => undefined;
    for (const link of this.#links.splice(0)) link.abandon();
    await this.messenger.close();
    this.#messenger = undefined;
  }

  async quit(): Promise<void> {
    await this.messenger.leave('quit');
    await this.messenger.close();
    this.#messenger = undefined;
  }

  /** Quits if it runs, and removes the profile. */
  async remove(): Promise<void> {
    if (this.#messenger !== undefined) await this.quit();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** What left since that many stanzas and questions, as text: for asserting that nothing did. */
  leftSince(mark: { readonly sent: number; readonly asked: number }): readonly string[] {
    return [
      ...this.sent.slice(mark.sent).map((stanza) => serialize(stanza)),
      ...this.asked.slice(mark.asked).map((request) => serialize(request.payload)),
    ];
  }

  /** What was asked of an address since then, but for whether it can receive: that is asked now and then anyway. */
  askedOf(address: string, mark: { readonly asked: number }): readonly IqRequest[] {
    return this.asked
      .slice(mark.asked)
      .filter(({ to, payload }) => to === address && !/xep-0(187|116)\.html/.test(serialize(payload)));
  }

  mark(): { readonly sent: number; readonly asked: number } {
    return { sent: this.sent.length, asked: this.asked.length };
  }

  readonly #links: Link[] = [];

  #recording(factory: LinkFactory): LinkFactory {
    return (options, handlers) => {
      const link = factory(options, handlers);
      this.#links.push(link);
      return {
        open: (how) => link.open(how),
        send: (stanza) => {
          this.sent.push(stanza);
          return link.send(stanza);
        },
        request: (asked) => {
          this.asked.push(asked);
          return link.request(asked);
        },
        sendLast: (stanzas) => {
          this.sent.push(...stanzas);
          link.sendLast(stanzas);
        },
        close: (timeoutMs) => link.close(timeoutMs),
        holdBack: (isHeld) => link.holdBack(isHeld),
        abandon: () => link.abandon(),
        get isOpen() {
          return link.isOpen;
        },
      };
    };
  }
}

/** Makes the account on the server and starts its messenger. */
export async function startMessenger(
  server: TestServer,
  name: string,
  options: MessengerOptions = {},
): Promise<TestMessenger> {
  if (options.directory === undefined && options.hasAccount !== true) await server.addUser(name, PASSWORD);
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'nightlatch-test-')));
  const messenger = new TestMessenger(server, name, directory, options);
  await messenger.start();
  return messenger;
}

/** Two signed-in messengers whose accounts are each other's contacts. */
export async function startPair(
  server: TestServer,
  names: readonly [string, string],
  options: MessengerOptions = {},
): Promise<readonly [TestMessenger, TestMessenger]> {
  const first = await startMessenger(server, names[0], options);
  const second = await startMessenger(server, names[1], options);
  await first.signIn();
  await second.signIn();
  await befriend(first, second);
  return [first, second];
}

/** Makes two signed-in accounts contacts of each other, who see each other. */
export async function befriend(first: TestMessenger, second: TestMessenger): Promise<void> {
  await first.call('contacts.add', { address: second.address });
  await second.until('the request', async () => {
    const contacts = await second.call('contacts.list', {});
    return contacts.some(({ address, request }) => address === first.address && request === 'incoming');
  });
  await second.call('contacts.accept', { address: first.address });
  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const) {
    await one.until('both, and here', async () => {
      const contacts = await one.call('contacts.list', {});
      const contact = contacts.find(({ address }) => address === other.address);
      return contact?.subscription === 'both' && contact.presence !== 'away';
    });
  }
}

/** Alice's part: her away key is out and confirmed. */
export async function leave(messenger: TestMessenger): Promise<void> {
  await messenger.until('keys made ahead', async () => {
    const { backupKey } = await messenger.call('leaving.state', {});
    return backupKey?.confirmed === true;
  });
  await messenger.call('leaving.leaveNow', {});
}

/** Waits until `reader` sees that `other` is away and can be written to. */
export async function seesAway(reader: TestMessenger, other: TestMessenger): Promise<void> {
  await reader.until(`${other.address} being away`, async () => {
    const contacts = await reader.call('contacts.list', {});
    const contact = contacts.find(({ address }) => address === other.address);
    return contact?.presence === 'away' && (contact.state === 'C3' || contact.state === 'C4');
  });
}

/** Texts of a conversation, oldest first; null for what could not be opened. */
export async function textsOf(messenger: TestMessenger, other: string): Promise<readonly (string | null)[]> {
  const messages = await messenger.call('messages.list', { with: other });
  return messages.map(({ text }) => text);
}

/** Protects nothing; named for what it is. */
const UNPROTECTED: KeyProtector = {
  name: 'test',
  protects: false,
  wrap: (key) => Promise.resolve(key.slice()),
  unwrap: (wrapped) => Promise.resolve(wrapped.slice()),
};
