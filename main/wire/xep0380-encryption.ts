/**
 * XEP-0380: Explicit Message Encryption, version 0.4.0 (2021-11-18).
 * https://xmpp.org/extensions/xep-0380.html
 *
 * Covers §3 on what is sent: other clients can then say what they cannot read. On what arrives it proves nothing and
 * is ignored.
 */
import { element } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';

export function encryptionNote(): Element {
  return element('encryption', NS.explicitEncryption, { namespace: NS.encrypted, name: 'Encrypted Session' });
}
