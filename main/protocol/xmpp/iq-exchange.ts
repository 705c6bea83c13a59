/** Questions and answers (RFC 6120 8.2.3): ours are matched by id and by who answers (S-090), others' are handed on. */
import { toHex } from '../../base/bytes.ts';
import type { RandomSource } from '../../crypto/random.ts';
import { element, elements } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { domainOf, parseJid, tryParseJid } from '../../wire/jid.ts';
import type { BareJid, Jid } from '../../wire/jid.ts';
import { NS } from '../../wire/namespaces.ts';
import { LinkError } from './link.ts';
import type { IqRequest, LinkHandlers } from './link.ts';
import { buildStanzaError, readStanzaError } from './stanza-error.ts';

const ANSWER_MS = 20_000;

interface Pending {
  readonly isFromAsked: (from: string | undefined) => boolean;
  readonly settle: (outcome: Element | LinkError) => void;
}

export class IqExchange {
  readonly #account: BareJid;
  readonly #random: RandomSource;
  readonly #answer: LinkHandlers['iq'];
  readonly #ignored: () => void;
  readonly #pending = new Map<string, Pending>();

  /** @param ignored - Called for each answer that is none to us. */
  constructor(
    account: BareJid,
    random: RandomSource,
    answer: LinkHandlers['iq'],
    ignored: () => void = () => undefined,
  ) {
    this.#ignored = ignored;
    this.#account = account;
    this.#random = random;
    this.#answer = answer;
  }

  /** Builds the question, hands it to `write` at once and waits. @throws StanzaError, LinkError `timed-out`; see `failAll` */
  ask(request: IqRequest, write: (iq: Element) => void): Promise<Element> {
    const id = toHex(this.#random.bytes(16));
    return new Promise((resolve, reject) => {
      const settle = (outcome: Element | LinkError): void => {
        clearTimeout(timer);
        this.#pending.delete(id);
        if (outcome instanceof LinkError) reject(outcome);
        else resolve(outcome);
      };
      const timer = setTimeout(() => {
        settle(new LinkError('timed-out', 'no answer in time'));
      }, request.timeoutMs ?? ANSWER_MS);
      this.#pending.set(id, { isFromAsked: expectedFrom(this.#account, request.to), settle });
      write(element('iq', NS.client, { type: request.type, id, to: request.to }, request.payload));
    });
  }

  /** Takes an <iq/> that arrived. @returns the answer to send, if it was a question. */
  take(iq: Element): Element | undefined {
    const { type, id, from } = iq.attrs;
    if (type === 'get' || type === 'set') return this.#answerTo(iq, type);
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (pending === undefined || !pending.isFromAsked(from)) {
      this.#ignored();
      return undefined;
    }
    if (type === 'result') pending.settle(iq);
    if (type === 'error') pending.settle(readStanzaError(iq));
    return undefined;
  }

  /** Nobody will answer any more. */
  failAll(error: LinkError): void {
    for (const { settle } of [...this.#pending.values()]) settle(error);
  }

  #answerTo(iq: Element, type: 'get' | 'set'): Element | undefined {
    const sender = iq.attrs['from'];
    const from = tryParseJid(sender);
    // Nobody to answer, or nothing to answer with.
    if ((sender !== undefined && from === undefined) || iq.attrs['id'] === undefined) return undefined;
    const [payload, ...more] = elements(iq);
    if (payload === undefined || more.length > 0) return reply(iq, 'error', buildStanzaError('bad-request'));
    const answer = this.#answer(payload, type, from) ?? { error: 'service-unavailable' };
    if (answer === 'empty') return reply(iq, 'result');
    return 'error' in answer ? reply(iq, 'error', buildStanzaError(answer.error)) : reply(iq, 'result', answer);
  }
}

function reply(iq: Element, type: 'result' | 'error', payload?: Element): Element {
  return element('iq', NS.client, { type, id: iq.attrs['id'], to: iq.attrs['from'] }, payload);
}

/** S-090: who may answer a request to that address. */
function expectedFrom(account: BareJid, to: IqRequest['to']): (from: string | undefined) => boolean {
  const accepted: readonly Jid[] = to === undefined ? [account, parseJid(domainOf(account))] : [to];
  // RFC 6120 8.1.2.1: what comes from the own account may come without a name.
  const mayBeAbsent = to === undefined || to === account;
  return (from) => {
    const sender = tryParseJid(from);
    return from === undefined ? mayBeAbsent : sender !== undefined && accepted.includes(sender);
  };
}
