/**
 * Someone who writes letters by hand: the product's engine over a bare client, with every step open to be done
 * wrongly. Bob with another program, or Mallory.
 */
import { toHex } from '../../main/base/bytes.ts';
import { systemRandom } from '../../main/crypto/random.ts';
import type { SigningKey } from '../../main/crypto/signature.ts';
import { readOfflineOptions } from '../../main/protocol/esession/xep0187-options.ts';
import { startOfflineSession } from '../../main/protocol/esession/xep0187-offline.ts';
import { encryptStanza, type SendingSession } from '../../main/protocol/esession/xep0200-stanza.ts';
import { buildPresence, buildSubscription } from '../../main/protocol/xmpp/rfc6121-presence.ts';
import { ensureNode, fetchItems, publishItem } from '../../main/protocol/xmpp/xep0163-pep.ts';
import { buildPubkey } from '../../main/protocol/xmpp/xep0189-public-keys.ts';
import { buildContent } from '../../main/wire/content.ts';
import { type Element } from '../../main/wire/element.ts';
import { bareOf, parseBareJid, type BareJid, type Jid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { buildOfflineMessage } from '../../main/wire/offline-message.ts';
import { connectBareClient, type BareClient, type BareOptions } from './bare-client.ts';
import { modp, strict } from './offline-exchange.ts';
import { PASSWORD, type TestMessenger } from './messengers.ts';
import type { TestServer } from './servers/test-server.ts';

/** A session the writer started, as far as it got. */
export interface WrittenSession {
  readonly to: Jid;
  readonly thread: string;
  readonly form: Element;
  session: SendingSession;
}

export interface LetterParts {
  readonly id?: string;
  readonly createdAt?: Date;
  readonly from?: BareJid;
  readonly to?: BareJid;
}

export class LetterWriter {
  readonly client: BareClient;
  readonly key: SigningKey;

  constructor(client: BareClient, key: SigningKey) {
    this.client = client;
    this.key = key;
  }

  get address(): BareJid {
    return this.client.address;
  }

  /** The form that an account has out at one of its nodes. */
  async optionsOf(address: string, node: string = NS.esession): Promise<Element> {
    const items = await fetchItems(this.client.link, parseBareJid(address), node);
    const form = items.kind === 'items' ? items.items[0]?.payload : undefined;
    if (form === undefined) throw new Error(`nothing at ${node}`);
    return form;
  }

  /** Starts a session on a form; nothing is sent. */
  async start(
    to: Jid,
    form: Element,
    how: { readonly key?: SigningKey; readonly terminate?: boolean; readonly preferUnstored?: boolean } = {},
  ): Promise<WrittenSession> {
    const { key = this.key, ...rest } = how;
    const options = readOfflineOptions(form);
    const common = { options, ownKey: key, now: new Date(), policy: strict, random: systemRandom, modp };
    const started = await startOfflineSession({ ...common, ...rest });
    if (started.kind !== 'started') throw new Error(`not started: ${started.reason}`);
    return { to, thread: toHex(systemRandom.bytes(16)), form: started.form, session: started.session };
  }

  /** The next `<c/>` of a session. */
  seal(written: WrittenSession, content: readonly Element[]): Element {
    const { c, session } = encryptStanza(written.session, content);
    written.session = session;
    return c;
  }

  /** The content of a letter as this product writes it. */
  content(written: WrittenSession, body: string, parts: LetterParts = {}): readonly Element[] {
    return buildContent({
      body,
      createdAt: parts.createdAt ?? new Date(),
      from: parts.from ?? this.address,
      to: parts.to ?? bareOf(written.to),
      id: parts.id ?? toHex(systemRandom.bytes(16)),
      requestReceipt: true,
    });
  }

  /** A whole stanza with a letter; the first of a session carries the form. */
  letter(written: WrittenSession, body: string, isFirst: boolean, parts: LetterParts = {}): Element {
    return this.stanza(written, this.seal(written, this.content(written, body, parts)), isFirst);
  }

  stanza(written: WrittenSession, c: Element, isFirst: boolean): Element {
    return buildOfflineMessage({
      to: written.to,
      id: toHex(systemRandom.bytes(16)),
      thread: written.thread,
      c,
      hasText: true,
      withAmp: false,
      ...(isFirst ? { initForm: written.form } : {}),
    });
  }

  send(stanza: Element): Promise<void> {
    return this.client.send(stanza);
  }
}

/** An account with its own key, published, signed in and available. @param iq - Answers questions. */
export async function startWriter(
  server: TestServer,
  name: string,
  key: SigningKey,
  iq?: BareOptions['iq'],
): Promise<LetterWriter> {
  await server.addUser(name, PASSWORD);
  const answers = iq === undefined ? {} : { iq };
  const client = await connectBareClient(server, name, { password: PASSWORD, resource: 'desk', ...answers });
  await client.comeOnline(buildPresence());
  const writer = new LetterWriter(client, key);
  const begin = new Date(Date.now() - 86_400_000);
  const end = new Date(Date.now() + 86_400_000);
  await ensureNode(client.link, NS.pubkey, 'presence');
  await publishItem(
    client.link,
    NS.pubkey,
    'current',
    buildPubkey({ key: key.publicKey, begin, end, jid: client.address }),
  );
  return writer;
}

/** Makes the writer a contact of the messenger, in both directions. */
export async function befriendWriter(messenger: TestMessenger, writer: LetterWriter): Promise<void> {
  await messenger.call('contacts.add', { address: writer.address });
  await writer.client.waitFor((stanza) => stanza.attrs['type'] === 'subscribe', 'the request');
  await writer.send(buildSubscription('subscribed', parseBareJid(messenger.address)));
  await writer.send(buildSubscription('subscribe', parseBareJid(messenger.address)));
  await messenger.until('both', async () => {
    const contacts = await messenger.call('contacts.list', {});
    return contacts.some(({ address, subscription }) => address === writer.address && subscription === 'both');
  });
}
