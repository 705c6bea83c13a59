/** Someone who negotiates a live session by hand, over a bare client, with every step open to be done wrongly. */
import { toHex } from '../../main/base/bytes.ts';
import { systemRandom } from '../../main/crypto/random.ts';
import type { KeyKnowledge } from '../../main/protocol/esession/xep0116/identity-proof.ts';
import { completeRequest, createRequest, finishNegotiation } from '../../main/protocol/esession/xep0116/initiator.ts';
import type { Flow } from '../../main/protocol/esession/xep0116/request-form.ts';
import { encryptLive, openLive } from '../../main/protocol/esession/xep0200-live.ts';
import type { LiveSession } from '../../main/protocol/esession/xep0200-live.ts';
import { parseEncrypted } from '../../main/protocol/esession/xep0200-stanza.ts';
import { child, childText, element } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import type { FullJid } from '../../main/wire/jid.ts';
import { buildLiveMessage } from '../../main/wire/live-message.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { buildNegotiation, type FormHolder } from '../../main/wire/xep0155-negotiation.ts';
import type { LetterWriter } from './letter-writer.ts';
import { knowing } from './live-vectors.ts';
import { modp, strict } from './offline-exchange.ts';

const id = (): string => toHex(systemRandom.bytes(16));

export class LiveWriter {
  readonly writer: LetterWriter;
  readonly to: FullJid;
  readonly thread = id();
  readonly spokenCode: string[] = [];
  #session: LiveSession | undefined;

  constructor(writer: LetterWriter, to: FullJid) {
    this.writer = writer;
    this.to = to;
  }

  request(flow: Flow = 4) {
    return createRequest({ flow, groups: [14], rekeyFrequency: 10, policy: strict, random: systemRandom, modp });
  }

  /** Sends a form of the negotiation, with whatever else shall stand in the stanza. */
  async sendForm(form: Element, ...more: readonly Element[]): Promise<void> {
    const stanza = buildNegotiation({ to: this.to, id: id(), thread: this.thread, holder: 'feature', form });
    await this.writer.send({ ...stanza, children: [...stanza.children, ...more] });
  }

  /** All four messages. */
  async negotiate(): Promise<void> {
    const request = await this.request();
    await this.sendForm(request.form);
    const { key: ownKey } = this.writer;
    const [fixed, response] = [{ ownKey, keys: knowing, retained: [] }, await this.answer('feature')];
    const random = systemRandom;
    const outcome = await completeRequest({ ...fixed, request, response, policy: strict, random, modp });
    if (outcome.kind !== 'completed') throw new Error(`not completed: ${outcome.kind}`);
    await this.sendForm(outcome.form);
    const established = finishNegotiation(outcome.pending, await this.answer('init'), trusting);
    if (established.kind !== 'established') throw new Error(`not established: ${established.reason}`);
    this.spokenCode.push(established.sas ?? '');
    this.#session = established.session;
  }

  /** Sends content in the session. */
  async say(...content: readonly Element[]): Promise<void> {
    const { c, session } = encryptLive(this.session, content, { elapsedMs: 0 });
    this.#session = session;
    await this.sendEncrypted(c);
  }

  sendEncrypted(c: Element): Promise<void> {
    return this.writer.send(buildLiveMessage({ to: this.to, id: id(), thread: this.thread, c }));
  }

  /** Opens the next stanza of the session that was not opened yet. */
  async hear(): Promise<readonly Element[]> {
    const stanza = await this.writer.client.waitFor((one) => this.#isNew(one), 'a stanza of the session');
    this.#heard.add(stanza);
    const c = child(stanza, 'c', NS.encrypted) ?? element('c', NS.encrypted);
    const outcome = openLive(this.session, parseEncrypted(c), 0);
    if (outcome.kind !== 'opened') throw new Error(outcome.kind);
    this.#session = outcome.session;
    return outcome.content;
  }

  get session(): LiveSession {
    if (this.#session === undefined) throw new TypeError('no session');
    return this.#session;
  }

  /** The next form that came back in such a holder. */
  async answer(holder: FormHolder): Promise<Element> {
    const ns = holder === 'feature' ? NS.featureNeg : NS.esessionInit;
    const stanza = await this.writer.client.waitFor(
      (one) => this.#isOurs(one) && child(one, holder, ns) !== undefined && one.attrs['type'] !== 'error',
      `a form in ${holder}`,
    );
    const form = child(child(stanza, holder, ns) ?? stanza, 'x', NS.form);
    if (form === undefined) throw new Error('no form');
    return form;
  }

  /** The error that came back. */
  error(): Promise<Element> {
    return this.writer.client.waitFor((one) => this.#isOurs(one) && one.attrs['type'] === 'error', 'an error');
  }

  readonly #heard = new Set<Element>();

  #isNew(stanza: Element): boolean {
    return this.#isOurs(stanza) && child(stanza, 'c', NS.encrypted) !== undefined && !this.#heard.has(stanza);
  }

  #isOurs(stanza: Element): boolean {
    return stanza.name === 'message' && childText(stanza, 'thread', NS.client) === this.thread;
  }
}

const trusting: KeyKnowledge = { known: [], judge: () => 'accepted' };
