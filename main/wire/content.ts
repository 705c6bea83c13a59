/**
 * The protected content of a message (profile 3.7): what stands inside `<c/>`, before it is encrypted and after it
 * was verified and decrypted.
 */
import { checkAddressing, buildAddressing, readOriginId } from './addressing.ts';
import type { Addressing, Intent } from './addressing.ts';
import { childrenNamed, element, textOf } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';
import { cleanText } from './xml-text.ts';
import { buildHeaders, readHeaders } from './xep0131-headers.ts';
import { buildReceipt, buildReceiptRequest, readReceipts } from './xep0184-receipts.ts';

/** What one stanza says. `receiptFor` and `requestReceipt` exclude each other. */
export interface ContentToSend extends Addressing {
  /** Cleaned on the way (S-105); clean it before it is stored, so that both sides keep the same. */
  readonly body?: string;
  readonly createdAt: Date;
  /** 128 random bits in hexadecimal; also the stanza's `id`, which a receipt names. */
  readonly id: string;
  readonly requestReceipt?: boolean;
  readonly receiptFor?: string;
}

/** Everything of a content that counts (S-035); whatever else it holds was not looked at. */
export interface ProtectedContent {
  readonly body?: string;
  readonly createdAt?: Date;
  /** False: shown, and never stored. */
  readonly mayStore: boolean;
  readonly intent: Intent;
  /** The message's identity; a second one from the same contact is a duplicate. */
  readonly originId?: string;
  readonly requestsReceipt: boolean;
  readonly receiptFor?: string;
  readonly chatState?: ChatState;
  /** The form that ends a session; which form it is, the sessions' engine says. */
  readonly sessionForm?: Element;
}

export type ChatState = (typeof CHAT_STATES)[number];

/**
 * The elements to encrypt, in the order of profile 3.7.
 *
 * @throws TypeError for a receipt that asks for a receipt
 */
export function buildContent(p: ContentToSend): readonly Element[] {
  const isRequested = p.requestReceipt === true;
  if (isRequested && p.receiptFor !== undefined) throw new TypeError('a receipt never asks for one');
  return [
    ...(p.body === undefined ? [] : [element('body', NS.client, {}, cleanText(p.body))]),
    buildHeaders(p.createdAt),
    ...buildAddressing(p, p.id),
    ...(isRequested ? [buildReceiptRequest()] : []),
    ...(p.receiptFor === undefined ? [] : [buildReceipt(p.receiptFor)]),
  ];
}

/**
 * Reads a verified content by the allow-list of S-035. Forwarded and archived stanzas, carbons, `<c/>`, `<init/>`,
 * `<thread/>`, `<amp/>`, `<error/>` and IQs found inside mean nothing. Never throws.
 *
 * @param actual - The sender's bare address from the stanza, and the own account.
 */
export function readContent(content: readonly Element[], actual: Addressing): ProtectedContent {
  return {
    ...present('body', readBody(content)),
    ...readHeaders(content),
    intent: checkAddressing(content, actual),
    ...present('originId', readOriginId(content)),
    ...readReceipts(content),
    ...present('chatState', readChatState(content)),
    ...present('sessionForm', readSessionForm(content)),
  };
}

/** The text of a stanza or content: of the first `<body/>` without a language, else of the first. */
export function readBody(parts: readonly Element[]): string | undefined {
  const bodies = parts.filter(({ name, ns }) => name === 'body' && ns === NS.client);
  const chosen = bodies.find(({ attrs }) => attrs['xml:lang'] === undefined) ?? bodies[0];
  return chosen === undefined ? undefined : textOf(chosen);
}

const CHAT_STATES = ['active', 'composing', 'paused', 'inactive', 'gone'] as const;

function readChatState(content: readonly Element[]): ChatState | undefined {
  const own = content.filter(({ ns }) => ns === NS.chatStates);
  return CHAT_STATES.find((state) => own[0]?.name === state);
}

function readSessionForm(content: readonly Element[]): Element | undefined {
  const features = content.filter(({ name, ns }) => name === 'feature' && ns === NS.featureNeg);
  const forms = features.flatMap((feature) => childrenNamed(feature, 'x', NS.form));
  return forms.length === 1 ? forms[0] : undefined;
}

function present<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [N in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };
}
