/**
 * A client that decides nothing: the other side of a conversation, a stranger, or another device, in tests and in the
 * demo. It speaks through the product's own link and leaves everything above that to its user.
 */
import { readFile } from 'node:fs/promises';
import { createClientLink } from '../../main/protocol/xmpp/client-link.ts';
import type { IqRequest, Link, LinkError, LinkHandlers, Opened } from '../../main/protocol/xmpp/link.ts';
import { buildPresence } from '../../main/protocol/xmpp/rfc6121-presence.ts';
import { ping } from '../../main/protocol/xmpp/xep0199-ping.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseBareJid } from '../../main/wire/jid.ts';
import type { BareJid } from '../../main/wire/jid.ts';
import type { TestServer } from './servers/test-server.ts';

export interface BareOptions {
  readonly password?: string;
  readonly resource?: string;
  /** Where to connect instead, such as a proxy before the server. */
  readonly port?: number;
  readonly directTls?: boolean;
  /** Answers to questions; `service-unavailable` unless given. */
  readonly iq?: LinkHandlers['iq'];
  /** Called with each stanza; acknowledges at once unless given. */
  readonly handle?: (stanza: Element, handled: () => void) => void;
}

export const BARE_PASSWORD = 'secret';

const WAIT_MS = 20_000;
const BACKLOG_MS = 60_000;

export class BareClient {
  readonly address: BareJid;
  readonly link: Link;
  /** Messages and presences that arrived, in order. */
  readonly received: Element[] = [];
  /** Why streams ended that nobody closed here. */
  readonly endings: LinkError[] = [];
  readonly #watchers = new Set<() => void>();

  /** @param ca - Of the server, PEM. */
  constructor(server: TestServer, name: string, ca: string, options: BareOptions = {}) {
    this.address = parseBareJid(`${name}@${server.domain}`);
    const directTls = options.directTls ?? false;
    const port = options.port ?? (directTls ? server.tlsPort : server.port);
    const { password = BARE_PASSWORD, resource = 'bare', handle } = options;
    this.link = createClientLink(
      { account: this.address, password, resource, ca, server: { host: '127.0.0.1', port, directTls } },
      {
        stanza: (stanza, handled) => {
          this.received.push(stanza);
          if (handle === undefined) handled();
          else handle(stanza, handled);
          this.#tell();
        },
        iq: options.iq ?? (() => undefined),
        closed: (error) => {
          this.endings.push(error);
          this.#tell();
        },
      },
    );
  }

  open(how: { readonly resume: boolean } = { resume: false }): Promise<Opened> {
    return this.link.open(how);
  }

  /** Initial presence, and everything the server had waiting. */
  async comeOnline(presence: Element = buildPresence()): Promise<void> {
    void this.link.send(presence).catch(() => undefined);
    await ping(this.link, BACKLOG_MS);
  }

  send(stanza: Element): Promise<void> {
    return this.link.send(stanza);
  }

  request(request: IqRequest): Promise<Element> {
    return this.link.request(request);
  }

  get messages(): readonly Element[] {
    return this.received.filter(({ name }) => name === 'message');
  }

  /** Resolves with the first stanza that fits, one that is here already included. @throws Error after 20 s */
  async waitFor(fits: (stanza: Element) => boolean, what = 'the expected stanza'): Promise<Element> {
    await this.waitUntil(() => this.received.some(fits), what);
    const found = this.received.find(fits);
    if (found === undefined) throw new Error(`${what} was here a moment ago`);
    return found;
  }

  /** Resolves when this holds; it is looked at whenever something arrives or the stream ends. @throws Error after 20 s */
  waitUntil(holds: () => boolean, what: string): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
      };
      const look = (): void => {
        if (!holds()) return;
        stop();
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`${this.address} waited in vain for ${what}`));
      }, WAIT_MS);
      this.#watchers.add(look);
    });
  }

  close(): Promise<void> {
    return this.link.close(5_000);
  }

  #tell(): void {
    for (const look of [...this.#watchers]) look();
  }
}

/** A client with a session, not yet available. The account must exist. */
export async function connectBareClient(
  server: TestServer,
  name: string,
  options: BareOptions = {},
): Promise<BareClient> {
  const client = new BareClient(server, name, await readFile(server.caFile, 'utf8'), options);
  await client.open();
  return client;
}
