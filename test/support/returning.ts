/** Two who come back over a bad line: the whole messenger, and a program on the bare library. */
import { readFileSync } from 'node:fs';
import { setDefaultCACertificates } from 'node:tls';
import { client, xml } from '@xmpp/client';
import { PASSWORD } from './messengers.ts';
import type { TestMessenger } from './messengers.ts';
import { until } from './reset-backlog.ts';
import type { ResetBacklog, Returning } from './reset-backlog.ts';

const PAGE = 100;
const MINUTES_5 = 300_000;

export class ReturningMessenger implements Returning {
  readonly #alice: TestMessenger;

  constructor({ alice }: Pick<ResetBacklog, 'alice'>) {
    this.#alice = alice;
  }

  comeBack(): void {
    void this.#alice.call('leaving.comeBack', {}).catch(() => undefined);
  }

  async isOnline(): Promise<boolean> {
    return (await this.#alice.call('account.state', {})).state === 'online';
  }

  async finish(): Promise<void> {
    const backlogs = this.#finished();
    await this.#alice.until('the end of the backlog', () => this.#finished() > backlogs, MINUTES_5);
  }

  /** What is shown of one contact, oldest first. */
  async shownFrom(address: string): Promise<readonly string[]> {
    const shown: (string | null)[] = [];
    for (let before: string | undefined; ;) {
      const page = await this.#alice.call('messages.list', { with: address, limit: PAGE, ...(before && { before }) });
      shown.unshift(...page.map(({ text }) => text));
      before = page[0]?.id;
      if (page.length < PAGE) break;
    }
    return shown.filter((text) => text !== null);
  }

  /** Whether the user was told that something may be lost. */
  get toldOfLoss(): boolean {
    return this.#alice.payloads('alerts.raised').some(({ code }) => code === 'messages-missing');
  }

  #finished(): number {
    return this.#alice.payloads('backlog.progress').filter(({ finished }) => finished).length;
  }
}

/** Where a letter that is shown stands in the order of sending. */
export function placesOf(shown: readonly string[]): readonly number[] {
  return shown.map((text) => Number(text.replace('letter ', '')));
}

/** As its own description has it used: presence when online, its own reconnecting, its own resumption. */
export class ReturningLibrary implements Returning {
  /** Ids of the messages that came, in order. */
  readonly received: string[] = [];
  readonly #xmpp: ReturnType<typeof client>;
  #isStarted = false;

  constructor({ server, proxy }: Pick<ResetBacklog, 'server' | 'proxy'>, account: string) {
    setDefaultCACertificates([readFileSync(server.caFile, 'utf8')]);
    const service = `xmpp://127.0.0.1:${proxy.port}`;
    const { domain } = server;
    this.#xmpp = client({ service, domain, username: account, password: PASSWORD, resource: 'bare' });
    this.#xmpp.on('error', () => undefined);
    this.#xmpp.on('online', () => {
      this.#xmpp.send(xml('presence')).catch(() => undefined);
    });
    this.#xmpp.on('stanza', (stanza) => {
      if (stanza.is('message')) this.received.push(stanza.attrs['id'] as string);
    });
  }

  comeBack(): void {
    if (!this.#isStarted) this.#xmpp.start().catch(() => undefined);
    this.#isStarted = true;
  }

  isOnline(): boolean {
    return this.#xmpp.status === 'online';
  }

  /** The answer to a ping comes behind the backlog. */
  async finish(): Promise<void> {
    await until('a whole hand-over', () => {
      if (!this.isOnline()) return false;
      const ping = this.#xmpp.iqCaller.request(xml('iq', { type: 'get' }, xml('ping', 'urn:xmpp:ping')), MINUTES_5);
      return ping.then(
        () => true,
        () => false,
      );
    });
  }

  async stop(): Promise<void> {
    await this.#xmpp.stop().catch(() => undefined);
  }
}
