/**
 * XEP-0334: Message Processing Hints, version 1.0.0 (2024-04-17).
 * https://xmpp.org/extensions/xep-0334.html
 *
 * Covers §4.2 (no-store), §4.3 (no-copy) and §4.4 (store) on what is sent. Of what arrives, no-store says that a stanza was meant for a live session; nothing else is read.
 */
import { element } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';

/** Asks servers to keep a message that without a body they might drop (R-249, H-5). */
export function storeHint(): Element {
  return element('store', NS.hints);
}

/** Asks servers not to keep what can be read now or never: a stanza of a live session. */
export function noStoreHint(): Element {
  return element('no-store', NS.hints);
}

/** Asks servers not to copy a message that only one client can read (R-249, H-15). */
export function noCopyHint(): Element {
  return element('no-copy', NS.hints);
}
