/**
 * Messages (RFC 6121 §5) as profile 3.5 to 3.9 reads them: what kind of message a stanza is, and only the parts that
 * may count in that kind. Text beside a `<c/>` has no place in the result, so nobody can show it by mistake.
 */
import { readBody } from './content.ts';
import { child, childText, childrenNamed, elements } from './element.ts';
import type { Element } from './element.ts';
import { tryParseJid } from './jid.ts';
import type { Jid } from './jid.ts';
import { NS } from './namespaces.ts';
import { isStandIn } from './oversized.ts';
import { readError } from './rfc6120-error.ts';
import type { ReceivedError } from './rfc6120-error.ts';
import { WireError } from './wire-error.ts';
import { readOriginId } from './addressing.ts';
import { readNegotiation } from './xep0155-negotiation.ts';
import { readDelays } from './xep0203-delay.ts';
import type { DelayStamp } from './xep0203-delay.ts';
import { readReceipts } from './xep0184-receipts.ts';
import { readWrapped } from './xep0280-carbons.ts';
import type { Wrapped } from './xep0280-carbons.ts';

export type MessageType = 'chat' | 'normal' | 'headline' | 'groupchat' | 'error';

export interface InboundMessage {
  /** Absent: from the own account's server, on behalf of the account. */
  readonly from?: Jid;
  readonly to?: Jid;
  readonly id?: string;
  readonly type: MessageType;
  /** Absent also where the stanza has an empty one. */
  readonly thread?: string;
  /** Every stamp, in order; `arrivalOf` says which counts. */
  readonly delays: readonly DelayStamp[];
  readonly content: InboundContent;
}

/** The kinds in the order in which a stanza is tried for them. */
export type InboundContent =
  /** Something of ours, or the server's word about it, came back. */
  | { readonly kind: 'error'; readonly error: ReceivedError }
  /** At least one of `<c/>` and the form inside `<init/>`. Everything else in the stanza is discarded (3.5). */
  | {
      readonly kind: 'encrypted';
      readonly c?: Element;
      readonly initForm?: Element;
      /** It asks not to be stored, as stanzas of live sessions do: a hint, which proves nothing. */
      readonly isForLive?: true;
      /** It has the fallback text that stands beside what a person wrote (H-5): its presence, never its words. */
      readonly hasFallback?: true;
    }
  /** A form of an online negotiation (XEP-0155 §4). */
  | { readonly kind: 'negotiation'; readonly form: Element }
  /** It claims to be encrypted and breaks the profile: dropped, noted as unreadable. */
  | { readonly kind: 'malformed'; readonly what: MalformedPart }
  | { readonly kind: 'wrapped'; readonly wrapped: Wrapped }
  /** A PEP notification: options and keys are never taken from one (S-090). */
  | { readonly kind: 'event'; readonly node: string }
  | { readonly kind: 'plain'; readonly body: string; readonly originId?: string; readonly requestsReceipt: boolean }
  /** A receipt in clear: nothing proves who sent it. */
  | { readonly kind: 'receipt'; readonly receiptFor: string }
  /** Chat states and whatever else has nothing to show. A session's form outside `<c/>` is here: not obeyed. */
  | { readonly kind: 'nothing' };

/** `size`: past the limits of S-103, its content is gone; `c`: more than one; `init`: more than one, or not exactly one form in it; `thread`: two, or too long; `type`. */
export type MalformedPart = 'size' | 'c' | 'init' | 'thread' | 'type';

/**
 * Reads a message stanza.
 *
 * @throws WireError `bad-stanza` if it is no message; `bad-address` if `from` or `to` is no JID (S-091)
 */
export function parseMessage(stanza: Element): InboundMessage {
  if (stanza.name !== 'message' || stanza.ns !== NS.client) throw new WireError('bad-stanza', 'this is no message');
  const from = readJid(stanza, 'from');
  const to = readJid(stanza, 'to');
  const id = stanza.attrs['id'];
  const thread = childText(stanza, 'thread', NS.client);
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(id === undefined || id === '' ? {} : { id }),
    type: readType(stanza),
    ...(thread === undefined || thread === '' ? {} : { thread }),
    delays: readDelays(stanza),
    content: readContentOf(stanza),
  };
}

function readContentOf(stanza: Element): InboundContent {
  if (readType(stanza) === 'error') return { kind: 'error', error: readError(stanza) };
  if (isStandIn(stanza)) return { kind: 'malformed', what: 'size' };
  const wrapped = readWrapped(stanza);
  const event = child(stanza, 'event', NS.pubsubEvent);
  const negotiation = readNegotiation(stanza);
  return (
    readEncrypted(stanza) ??
    (wrapped && { kind: 'wrapped', wrapped }) ??
    (event && { kind: 'event', node: elements(event)[0]?.attrs['node'] ?? '' }) ??
    (negotiation && { kind: 'negotiation', form: negotiation }) ??
    readPlain(elements(stanza))
  );
}

function readEncrypted(stanza: Element): InboundContent | undefined {
  const sealed = childrenNamed(stanza, 'c', NS.encrypted);
  const inits = childrenNamed(stanza, 'init', NS.esessionInit);
  if (sealed.length === 0 && inits.length === 0) return undefined;
  const forms = inits.flatMap((init) => childrenNamed(init, 'x', NS.form));
  const what = malformedPart(stanza, sealed.length, inits.length, forms.length);
  if (what !== undefined) return { kind: 'malformed', what };
  const [c] = sealed;
  const [initForm] = forms;
  return {
    kind: 'encrypted',
    ...(c === undefined ? {} : { c }),
    ...(initForm === undefined ? {} : { initForm }),
    ...(child(stanza, 'no-store', NS.hints) === undefined ? {} : { isForLive: true }),
    ...(child(stanza, 'body', NS.client) === undefined ? {} : { hasFallback: true }),
  };
}

function malformedPart(stanza: Element, sealed: number, inits: number, forms: number): MalformedPart | undefined {
  if (sealed > 1) return 'c';
  if (inits > 1 || forms !== inits) return 'init';
  const threads = childrenNamed(stanza, 'thread', NS.client);
  const octets = Buffer.byteLength(childText(stanza, 'thread', NS.client) ?? '');
  if (threads.length > 1 || octets > MAX_THREAD_OCTETS) return 'thread';
  const type = readType(stanza);
  return type === 'chat' || type === 'normal' ? undefined : 'type';
}

/** Profile 2.8. */
const MAX_THREAD_OCTETS = 256;

function readPlain(parts: readonly Element[]): InboundContent {
  const body = readBody(parts);
  const { receiptFor, requestsReceipt } = readReceipts(parts);
  const originId = readOriginId(parts);
  if (body !== undefined && body !== '') {
    return { kind: 'plain', body, requestsReceipt, ...(originId === undefined ? {} : { originId }) };
  }
  return receiptFor === undefined ? { kind: 'nothing' } : { kind: 'receipt', receiptFor };
}

function readType(stanza: Element): MessageType {
  const type = stanza.attrs['type'];
  // RFC 6121 5.2.2: a type that is not known counts as normal.
  return type === 'chat' || type === 'headline' || type === 'groupchat' || type === 'error' ? type : 'normal';
}

function readJid(stanza: Element, name: 'from' | 'to'): Jid | undefined {
  const text = stanza.attrs[name];
  const jid = tryParseJid(text);
  if (text !== undefined && jid === undefined) throw new WireError('bad-address', `a message's ${name} is no address`);
  return jid;
}
