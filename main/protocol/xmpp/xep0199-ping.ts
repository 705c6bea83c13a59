/**
 * XEP-0199: XMPP Ping, version 2.0.1 (2019-03-26).
 * https://xmpp.org/extensions/xep-0199.html
 *
 * Covers §4.2 (client to server). Answering pings is the services' matter, since strangers get none (S-092).
 */
import { element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { StanzaError } from './link.ts';
import type { Link } from './link.ts';

/**
 * One round trip to the own server. Asked right behind initial presence, its answer comes after the last message of the
 * backlog (servers.md 3.3), however long that takes; give it time accordingly.
 *
 * @throws LinkError. An error as the answer is an answer too.
 */
export async function ping(link: Pick<Link, 'request'>, timeoutMs: number): Promise<void> {
  try {
    await link.request({ type: 'get', payload: element('ping', NS.ping), timeoutMs });
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
  }
}
