/**
 * XEP-0313: Message Archive Management, version 1.1.3 (2024-11-18), with XEP-0059: Result Set Management, version 1.0
 * (2006-09-20).
 * https://xmpp.org/extensions/xep-0313.html
 *
 * Covers §4 for one purpose: reading on, page by page, from the last id known. The results come as messages, through
 * the link's handlers; `readArchived` recognises them. Of the preferences (§7) it reads whether everything is kept. Left
 * out: filters, setting preferences, and reading backwards beyond the one question which id is the newest.
 */
import { child, childText, childrenNamed, element, elements } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { bareOf, domainOf, tryParseJid } from '../../wire/jid.ts';
import type { BareJid } from '../../wire/jid.ts';
import { NS } from '../../wire/namespaces.ts';
import { readWrapped } from '../../wire/xep0280-carbons.ts';
import { LinkError, StanzaError } from './link.ts';
import type { Link } from './link.ts';

const NS_RSM = 'http://jabber.org/protocol/rsm';
const PAGE_MS = 60_000;

export interface ArchivePage {
  /** The id to read on from; undefined for an empty page. */
  readonly last: string | undefined;
  /** Nothing follows. */
  readonly isLast: boolean;
}

/**
 * Whether the archive keeps everybody's messages, as far as it says (§7). One that does not say is taken to.
 *
 * @throws LinkError if the stream broke, or no answer came.
 */
export async function keepsEverything(link: Pick<Link, 'request'>): Promise<boolean> {
  try {
    const result = await link.request({ type: 'get', payload: element('prefs', NS.archive) });
    const prefs = child(result, 'prefs', NS.archive);
    if (prefs === undefined) return true;
    const never = child(prefs, 'never', NS.archive);
    return (prefs.attrs['default'] ?? 'always') === 'always' && (never === undefined || elements(never).length === 0);
  } catch (error) {
    if (error instanceof StanzaError) return true;
    throw error;
  }
}

/**
 * Asks for the page behind an id, or behind '' for the first one; without one, for the newest id alone. When this resolves, every result of the
 * page has been handed to the link's handlers.
 *
 * @param queryId - Unpredictable; each result carries it.
 * @throws StanzaError `item-not-found` if the id is no longer in the archive; LinkError
 */
export async function fetchArchivePage(
  link: Pick<Link, 'request'>,
  queryId: string,
  after: string | undefined,
  most: number,
): Promise<ArchivePage> {
  const where = after === undefined ? element('before', NS_RSM) : element('after', NS_RSM, {}, after);
  const isFromStart = after === '';
  const max = element('max', NS_RSM, {}, String(after === undefined ? 1 : most));
  const set = element('set', NS_RSM, {}, max, isFromStart ? undefined : where);
  const payload = element('query', NS.archive, { queryid: queryId }, set);
  const result = await link.request({ type: 'set', payload, timeoutMs: PAGE_MS });
  const fin = child(result, 'fin', NS.archive);
  if (fin === undefined) throw new LinkError('bad-answer', 'the archive does not say where it ended');
  const answered = child(fin, 'set', NS_RSM);
  const last = answered === undefined ? undefined : childText(answered, 'last', NS_RSM);
  const { complete } = fin.attrs;
  return {
    last: last === '' ? undefined : last,
    isLast: complete === 'true' || complete === '1' || last === undefined,
  };
}

/**
 * Whether a message is a result of that query, by the own account (S-090), and what it holds.
 *
 * @returns undefined if it is no result of this query; `nothing` for a result without a message for this account;
 * else the message as it would have come, with the archive's stamp as the own server's.
 */
export function readArchived(stanza: Element, own: BareJid, queryId: string): Element | 'nothing' | undefined {
  const { from } = stanza.attrs;
  if (from !== undefined && tryParseJid(from) !== own) return undefined;
  const wrapped = readWrapped(stanza);
  if (wrapped?.wrapper !== 'archive' || wrapped.archive?.queryId !== queryId) return undefined;
  const { message, delays } = wrapped;
  const sender = tryParseJid(message?.attrs['from']);
  if (message === undefined || sender === undefined || bareOf(sender) === own) return 'nothing';
  const stamp = delays.at(-1)?.at.toISOString();
  if (stamp === undefined) return message;
  const delay = element('delay', NS.delay, { from: domainOf(own), stamp });
  return { ...message, children: [...message.children, delay] };
}

/** XEP-0359 §3: the id under which the own archive keeps a message that came live; undefined if it does not say. */
export function readStanzaId(stanza: Element, own: BareJid): string | undefined {
  const ids = childrenNamed(stanza, 'stanza-id', NS.stanzaIds);
  return ids.find(({ attrs }) => tryParseJid(attrs['by']) === own)?.attrs['id'];
}
