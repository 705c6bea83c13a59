/**
 * XEP-0202: Entity Time, version 2.0 (2009-09-11).
 * https://xmpp.org/extensions/xep-0202.html
 *
 * Covers asking the own server, over verified TLS, when the own clock is in doubt (L-031). Left out: answering, since
 * nobody needs to know our time zone.
 */
import { SECOND_MS, parseDateTime } from '../../base/time.ts';
import { child, childText, element } from '../../wire/element.ts';
import { domainOf, parseJid } from '../../wire/jid.ts';
import type { BareJid } from '../../wire/jid.ts';
import { NS } from '../../wire/namespaces.ts';
import { StanzaError } from './link.ts';
import type { Link } from './link.ts';

/**
 * @param account - Whose server to ask.
 * @returns the server's time, late by the way back; undefined if it does not tell. @throws LinkError
 */
export async function fetchServerTime(link: Pick<Link, 'request'>, account: BareJid): Promise<Date | undefined> {
  const server = parseJid(domainOf(account));
  try {
    const request = { type: 'get', to: server, payload: element('time', NS.time), timeoutMs: 10 * SECOND_MS } as const;
    const time = child(await link.request(request), 'time', NS.time);
    return time === undefined ? undefined : parseDateTime(childText(time, 'utc', NS.time) ?? '');
  } catch (error) {
    if (error instanceof StanzaError) return undefined;
    throw error;
  }
}
