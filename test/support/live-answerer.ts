/** Someone who is asked for a live session and answers by hand, over a bare client, with every step open to be done wrongly. */
import { toHex } from '../../main/base/bytes.ts';
import { systemRandom } from '../../main/crypto/random.ts';
import type { KeyKnowledge } from '../../main/protocol/esession/xep0116/identity-proof.ts';
import { readRequest } from '../../main/protocol/esession/xep0116/request-form.ts';
import { acceptCompletion, answerRequest } from '../../main/protocol/esession/xep0116/responder.ts';
import type { AcceptedCompletion, PendingCompletion } from '../../main/protocol/esession/xep0116/responder.ts';
import { encryptLive, openLive } from '../../main/protocol/esession/xep0200-live.ts';
import type { LiveSession } from '../../main/protocol/esession/xep0200-live.ts';
import { parseEncrypted } from '../../main/protocol/esession/xep0200-stanza.ts';
import { discoReply } from '../../main/protocol/xmpp/xep0030-disco.ts';
import { child, childText, element } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseJid, type FullJid } from '../../main/wire/jid.ts';
import { buildLiveMessage } from '../../main/wire/live-message.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { buildNegotiation, type FormHolder } from '../../main/wire/xep0155-negotiation.ts';
import type { LetterWriter } from './letter-writer.ts';
import { modp, strict } from './offline-exchange.ts';

const id = (): string => toHex(systemRandom.bytes(16));
const trusting: KeyKnowledge = { known: [], judge: () => 'accepted' };

/** Answers questions about what it can do as the product does; what was asked is kept. */
export class Announcing {
  readonly asked: Element[] = [];
  readonly #features: boolean;

  /** @param canLive - False: a client that can nothing of ours. */
  constructor(canLive = true) {
    this.#features = canLive;
  }

  readonly iq = (payload: Element): ReturnType<typeof discoReply> => {
    this.asked.push(payload);
    return this.#features ? discoReply(payload) : element('query', NS.discoInfo);
  };
}

/** One negotiation that the other side has begun. */
export class LiveAnswerer {
  readonly thread: string;
  readonly #writer: LetterWriter;
  readonly #to: FullJid;
  readonly request: Element;
  readonly #heard = new Set<Element>();
  #pending: PendingCompletion | undefined;
  #session: LiveSession | undefined;

  /** @param request - Which another client may have got. */
  constructor(writer: LetterWriter, request: Element) {
    this.#writer = writer;
    this.request = request;
    this.#to = parseJid(request.attrs['from'] ?? '') as FullJid;
    this.thread = childText(request, 'thread', NS.client) ?? '';
  }

  /** Waits for the next request: one in none of these threads. */
  static async asked(writer: LetterWriter, former: readonly string[] = []): Promise<LiveAnswerer> {
    const request = await writer.client.waitFor((stanza) => {
      const thread = childText(stanza, 'thread', NS.client);
      return formIn(stanza, 'feature')?.attrs['type'] === 'form' && !former.includes(thread ?? '');
    }, 'a request');
    return new LiveAnswerer(writer, request);
  }

  get requestForm(): Element {
    return formIn(this.request, 'feature') ?? element('none', NS.form);
  }

  /** Message 2; `change` may spoil it. */
  async answer(change: (form: Element) => Element = (form) => form): Promise<void> {
    const outcome = await answerRequest({
      ...{ request: readRequest(this.requestForm), allowThree: false, ownKey: this.#writer.key },
      ...{ modes: { initiator: ['key'], responder: ['key'] }, policy: strict, random: systemRandom, modp },
    });
    if (outcome.kind !== 'answered') throw new Error(outcome.reason);
    this.#pending = outcome.pending;
    await this.sendForm('feature', change(outcome.form));
  }

  /** Takes message 3 and makes message 4, which is not sent. */
  async accept(): Promise<AcceptedCompletion & { readonly form: Element }> {
    const form = await this.form('result');
    if (this.#pending === undefined) throw new TypeError('not answered');
    const fixed = { ownKey: this.#writer.key, keys: trusting, retained: [], random: systemRandom, modp };
    const outcome = await acceptCompletion({ ...fixed, pending: this.#pending, form });
    if (outcome.kind !== 'accepted' || outcome.form === undefined) throw new Error('not accepted');
    this.#session = outcome.established.session;
    return { ...outcome, form: outcome.form };
  }

  /** All of the answerer's part. */
  async negotiate(): Promise<void> {
    await this.answer();
    await this.sendForm('init', (await this.accept()).form);
  }

  sendForm(holder: FormHolder, form: Element, ...more: readonly Element[]): Promise<void> {
    const stanza = buildNegotiation({ to: this.#to, id: id(), thread: this.thread, holder, form });
    return this.#writer.send({ ...stanza, children: [...stanza.children, ...more] });
  }

  /** The next `<c/>` of the session, which is not sent. */
  seal(...content: readonly Element[]): Element {
    if (this.#session === undefined) throw new TypeError('no session');
    const { c, session } = encryptLive(this.#session, content, { elapsedMs: 0 });
    this.#session = session;
    return c;
  }

  say(...content: readonly Element[]): Promise<void> {
    return this.#writer.send(
      buildLiveMessage({ to: this.#to, id: id(), thread: this.thread, c: this.seal(...content) }),
    );
  }

  /** Opens the next stanza of the session that was not opened yet. */
  async hear(): Promise<readonly Element[]> {
    const isNew = (stanza: Element): boolean =>
      this.isOurs(stanza) && child(stanza, 'c', NS.encrypted) !== undefined && !this.#heard.has(stanza);
    const stanza = await this.#writer.client.waitFor(isNew, 'a stanza of the session');
    this.#heard.add(stanza);
    if (this.#session === undefined) throw new TypeError('no session');
    const c = child(stanza, 'c', NS.encrypted) ?? element('c', NS.encrypted);
    const outcome = openLive(this.#session, parseEncrypted(c), 0);
    if (outcome.kind !== 'opened') throw new Error(outcome.kind);
    this.#session = outcome.session;
    return outcome.content;
  }

  /** A form of that type that came in this negotiation. */
  async form(type: 'result' | 'submit'): Promise<Element> {
    const fits = (stanza: Element): boolean => this.isOurs(stanza) && formIn(stanza, 'feature')?.attrs['type'] === type;
    const stanza = await this.#writer.client.waitFor(fits, `a form of type ${type}`);
    return formIn(stanza, 'feature') ?? element('none', NS.form);
  }

  /** The error that came in this negotiation. */
  error(): Promise<Element> {
    const fits = (stanza: Element): boolean => this.isOurs(stanza) && stanza.attrs['type'] === 'error';
    return this.#writer.client.waitFor(fits, 'an error');
  }

  isOurs(stanza: Element): boolean {
    return stanza.name === 'message' && childText(stanza, 'thread', NS.client) === this.thread;
  }
}

function formIn(stanza: Element, holder: FormHolder): Element | undefined {
  const found = child(stanza, holder, holder === 'feature' ? NS.featureNeg : NS.esessionInit);
  return found && child(found, 'x', NS.form);
}
