/** One encrypted stanza on its way from the journal to a message, and the digest that tells a copy of it. */
import { utf8 } from '../base/bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import { isElement, type Element } from '../wire/element.ts';
import { bareOf, type BareJid, type FullJid } from '../wire/jid.ts';
import type { InboundMessage } from '../wire/message.ts';
import { arrivalOf } from '../wire/xep0203-delay.ts';
import type { JournalEntry } from './arrivals.ts';

export interface Letter {
  readonly entry: JournalEntry;
  readonly from: FullJid;
  readonly contact: BareJid;
  /** The resource the stanza was addressed to, if it names one (I9). */
  readonly to?: string;
  readonly thread?: string;
  readonly initForm?: Element;
  readonly c?: Element;
  /** By its own word, of a live session. */
  readonly isForLive: boolean;
  /** A person wrote it: a termination or a receipt has no fallback text (H-5). */
  readonly hasFallback: boolean;
  /** When the own server took it in, by its own stamp; else when it reached us. */
  readonly arrivedAt: Date;
  readonly digest: Uint8Array;
}

/** @returns undefined for a stanza that cannot be a letter: it does not come from a full JID (6.3 check 1). */
export function letterOf(entry: JournalEntry, message: InboundMessage, own: BareJid): Letter | undefined {
  const { from, to, thread, content } = message;
  if (from === undefined || !from.includes('/') || content.kind !== 'encrypted') return undefined;
  const { c, initForm, isForLive = false, hasFallback = false } = content;
  const contact = bareOf(from);
  return {
    entry,
    from: from as FullJid,
    contact,
    ...(to === undefined ? {} : { to }),
    ...(thread === undefined ? {} : { thread }),
    ...(initForm === undefined ? {} : { initForm }),
    ...(c === undefined ? {} : { c }),
    isForLive,
    hasFallback,
    arrivedAt: arrivalOf(message.delays, own) ?? entry.arrivedAt,
    digest: digestOf(contact, thread, initForm, c),
  };
}

/**
 * A digest of everything in a letter that its sender chose, and of who sent it. Servers rewrite quotes, attribute
 * order and white space between two deliveries of one stanza; none of it counts here.
 */
function digestOf(contact: BareJid, thread = '', initForm?: Element, c?: Element): Uint8Array {
  let all = '';
  for (const part of [contact, thread, allText(initForm), allText(c)]) all += `${part.length.toString()}:${part}`;
  return sha256(utf8(all));
}

function allText(el: Element | undefined): string {
  let text = '';
  for (const node of el?.children ?? []) {
    text += isElement(node) ? `(${node.name} ${allText(node)})` : node.replace(/[ \t\r\n]+/g, '');
  }
  return text;
}
