/**
 * XEP-0184: Message Delivery Receipts, version 1.4.0 (2018-08-02).
 * https://xmpp.org/extensions/xep-0184.html
 *
 * Covers the two payloads of §7. In an encrypted session they stand inside the protected content (profile 3.7); when
 * to ask and to answer is the services' matter.
 */
import { element } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';

export function buildReceiptRequest(): Element {
  return element('request', NS.receipts);
}

/** @param id - That of the message received: inside a session the one in its protected content. */
export function buildReceipt(id: string): Element {
  return element('received', NS.receipts, { id });
}

export interface ReceiptParts {
  /** The id of the message that arrived there. */
  readonly receiptFor?: string;
  /** True if a receipt is wanted; never in a receipt, which must not be answered. */
  readonly requestsReceipt: boolean;
}

/** Reads the payloads among the elements of a content or stanza. Never throws. */
export function readReceipts(parts: readonly Element[]): ReceiptParts {
  const own = parts.filter(({ ns }) => ns === NS.receipts);
  const receipt = own.find(({ name }) => name === 'received');
  if (receipt === undefined) return { requestsReceipt: own.some(({ name }) => name === 'request') };
  const receiptFor = receipt.attrs['id'] ?? '';
  return receiptFor === '' ? { requestsReceipt: false } : { receiptFor, requestsReceipt: false };
}
