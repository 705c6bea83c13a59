/**
 * XEP-0191: Blocking Command, version 1.3 (2015-03-12).
 * https://xmpp.org/extensions/xep-0191.html
 *
 * Covers §3.2 (the list), §3.3 (blocking) and §3.4 (unblocking one address). Left out: pushes to other clients, and
 * unblocking everybody at once.
 */
import { child, childrenNamed, element } from '../../wire/element.ts';
import { isFullJid, tryParseJid } from '../../wire/jid.ts';
import type { BareJid } from '../../wire/jid.ts';
import { NS } from '../../wire/namespaces.ts';
import { StanzaError } from './link.ts';
import type { Link } from './link.ts';

type Asking = Pick<Link, 'request'>;

/** Empty also where the server knows no blocking. @throws LinkError */
export async function fetchBlockList(link: Asking): Promise<readonly BareJid[]> {
  try {
    const answer = await link.request({ type: 'get', payload: element('blocklist', NS.blocking) });
    const list = child(answer, 'blocklist', NS.blocking);
    const items = list === undefined ? [] : childrenNamed(list, 'item', NS.blocking);
    return items.flatMap(({ attrs }) => {
      const jid = tryParseJid(attrs['jid']);
      return jid === undefined || isFullJid(jid) ? [] : [jid];
    });
  } catch (error) {
    if (error instanceof StanzaError) return [];
    throw error;
  }
}

/** From now on the server drops what this address sends, and shows it no presence. @throws StanzaError, LinkError */
export async function blockAddress(link: Asking, jid: BareJid): Promise<void> {
  await link.request({ type: 'set', payload: listOf('block', jid) });
}

/** @throws StanzaError, LinkError */
export async function unblockAddress(link: Asking, jid: BareJid): Promise<void> {
  await link.request({ type: 'set', payload: listOf('unblock', jid) });
}

function listOf(name: 'block' | 'unblock', jid: BareJid): ReturnType<typeof element> {
  return element(name, NS.blocking, {}, element('item', NS.blocking, { jid }));
}
