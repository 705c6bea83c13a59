/**
 * XEP-0280: Message Carbons, version 1.0.1 (2021-12-26).
 * https://xmpp.org/extensions/xep-0280.html
 *
 * Covers §11: who may send copies. They are never enabled, but a server or another client may still send some. Reading
 * them is `wire/xep0280-carbons.ts`.
 */
import type { Element } from '../../wire/element.ts';
import { tryParseJid } from '../../wire/jid.ts';
import type { BareJid } from '../../wire/jid.ts';
import { readWrapped } from '../../wire/xep0280-carbons.ts';

/**
 * @returns true if the stanza holds a copy, or something that pretends to be one, from anybody but the own account's
 * bare address: it must be ignored as a whole.
 */
export function isForgedCarbon(stanza: Element, account: BareJid): boolean {
  return readWrapped(stanza)?.wrapper === 'carbon' && tryParseJid(stanza.attrs['from']) !== account;
}
