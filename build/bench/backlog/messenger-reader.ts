/** The whole messenger: reads, opens, stores and announces. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventPayload } from '../../../preload/contract.ts';
import { MINUTE_MS } from '../../../main/base/time.ts';
import type { IqRequest, LinkFactory } from '../../../main/protocol/xmpp/link.ts';
import { elements } from '../../../main/wire/element.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { TestMessenger } from '../../../test/support/messengers.ts';
import type { Figures } from '../bench-case.ts';
import { CommitMeter } from './commit-meter.ts';
import { serveReader } from './reader-process.ts';
import type { Reader, ReaderSetting } from './reader-process.ts';
import { Stopwatch } from './stopwatch.ts';

/** By then the keys that a backlog came by are destroyed, as they are for whoever stays that long. */
const STAY_MS = 15 * MINUTE_MS;

class MessengerReader implements Reader {
  readonly #messenger: TestMessenger;
  readonly #watch = new Stopwatch();
  readonly #commits = new CommitMeter();
  #stayedMs = 0;
  #firstMs = 0;
  #publishedMs = { handedOver: 0, answered: 0 };

  constructor({ server, account, directory }: ReaderSetting) {
    this.#messenger = new TestMessenger(server, account, directory, { wrapLink: (factory) => this.#noticing(factory) });
  }

  async begin(): Promise<void> {
    await this.#messenger.start();
    await this.#messenger.signIn();
  }

  async read(count: number): Promise<Figures> {
    const { messenger } = this.#messenger;
    const last = Promise.withResolvers<Figures>();
    let left = count;
    const stopListening = messenger.on((event, payload) => {
      if (event !== 'messages.added') return;
      if ((payload as EventPayload<'messages.added'>).text === null) last.reject(new Error('a letter stayed closed'));
      left -= 1;
      if (left === 0) last.resolve(this.#watch.stop());
    });
    await this.#messenger.call('leaving.comeBack', {});
    const figures = await last.promise;
    stopListening();
    this.#messenger.events.length = 0;
    const { ms, count: commits } = this.#commits.take();
    const time = figures['time'] ?? 0;
    return {
      ...figures,
      commits,
      'share of commits': (100 * ms) / time,
      'since the first': time - this.#firstMs,
      'retained heap a message': this.#watch.retainedHeap() / count,
      'peak memory': process.resourceUsage().maxRSS / 1024,
    };
  }

  async comeBack(): Promise<void> {
    await this.#messenger.call('leaving.comeBack', {});
  }

  /** With options made ahead, as they are a moment after coming online. */
  async leave(): Promise<Figures> {
    const { clock, messenger } = this.#messenger;
    await this.#messenger.until('a set made ahead', async () => (await this.#keyFiles()) > 1);
    clock.setOffset((this.#stayedMs += STAY_MS), true);
    this.#publishedMs = { handedOver: 0, answered: 0 };
    this.#watch.start();
    await messenger.api['leaving.leaveNow']({});
    const { handedOver, answered } = this.#publishedMs;
    return { ...this.#watch.stop(), 'publish handed over': handedOver, 'publish answered': answered };
  }

  /**
   * The moments that count: presence is handed to the link, the first message comes out of it, and the publish goes in
   * and is answered, which is later than its last octet left.
   */
  #noticing(factory: LinkFactory): LinkFactory {
    return (options, handlers) => {
      const stanza: typeof handlers.stanza = (arrived, handled) => {
        if (arrived.name === 'message') this.#firstMs ||= this.#watch.elapsedMs;
        handlers.stanza(arrived, handled);
      };
      const link = factory(options, { ...handlers, stanza });
      const send = link.send.bind(link);
      link.send = (stanza) => {
        if (stanza.name === 'presence' && stanza.attrs['type'] === undefined) {
          this.#commits.take();
          this.#firstMs = 0;
          this.#watch.start();
        }
        return send(stanza);
      };
      const request = link.request.bind(link);
      link.request = (wanted) => {
        const answer = request(wanted);
        if (isPublish(wanted)) this.#noticePublish(answer);
        return answer;
      };
      return link;
    };
  }

  #noticePublish(answer: Promise<unknown>): void {
    this.#publishedMs.handedOver ||= this.#watch.elapsedMs;
    const answered = (): void => {
      this.#publishedMs.answered ||= this.#watch.elapsedMs;
    };
    answer.then(answered, answered);
  }

  async #keyFiles(): Promise<number> {
    return (await readdir(join(this.#messenger.directory, 'offline-keys'))).length;
  }
}

function isPublish({ type, payload }: IqRequest): boolean {
  const action = elements(payload)[0];
  return type === 'set' && action?.name === 'publish' && action.attrs['node'] === NS.offline;
}

serveReader(async (setting) => {
  const reader = new MessengerReader(setting);
  await reader.begin();
  return reader;
});
