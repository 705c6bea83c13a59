/**
 * XEP-0030: Service Discovery, version 2.5.0 (2024-04-30).
 * https://xmpp.org/extensions/xep-0030.html
 *
 * Covers §3 (what an entity can do), asked and answered, with the node of XEP-0115 (capabilities) and the one of
 * XEP-0131 §3.2 (headers understood), and §4 as far as saying that we have no items.
 */
import { child, element } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import type { Jid } from '../../wire/jid.ts';
import { NS } from '../../wire/namespaces.ts';
import { buildDiscoInfo, readDiscoInfo } from './disco-info.ts';
import type { DiscoInfo } from './disco-info.ts';
import type { Link } from './link.ts';
import { OWN_INFO, SHIM_HEADERS } from './own-features.ts';
import { isAsAnnounced, ownCapsNode } from './xep0115-caps.ts';
import type { Caps } from './xep0115-caps.ts';

export type { DiscoIdentity, DiscoInfo } from './disco-info.ts';

type Asking = Pick<Link, 'request'>;

/** What we announce (profile 7.1, ruling 19). */
export function ownFeatures(): readonly string[] {
  return OWN_INFO.features;
}

/**
 * Answers a <query/> of either disco namespace. Whether the asker may know is the caller's question (S-092).
 *
 * @returns undefined if it is neither.
 */
export function discoReply(query: Element): Element | { readonly error: string } | undefined {
  if (query.name !== 'query') return undefined;
  const node = query.attrs['node'];
  if (query.ns === NS.discoItems) return element('query', NS.discoItems, { node });
  if (query.ns !== NS.discoInfo) return undefined;
  if (node === undefined || node === ownCapsNode()) return buildDiscoInfo(OWN_INFO, node);
  if (node === NS.shim) return buildDiscoInfo({ identities: [], features: SHIM_HEADERS }, node);
  return { error: 'item-not-found' };
}

/** Asks an entity what it can do. @throws StanzaError, LinkError */
export async function fetchDiscoInfo(link: Asking, jid: Jid, node?: string): Promise<DiscoInfo> {
  const payload = element('query', NS.discoInfo, { node });
  return readDiscoInfo(child(await link.request({ type: 'get', to: jid, payload }), 'query', NS.discoInfo));
}

/**
 * Asks for what a presence announced (XEP-0115 §6.2).
 *
 * @returns `isProven`: the answer may be used for everybody who announces the same; otherwise it is this
 * entity's alone.
 * @throws StanzaError, LinkError
 */
export async function fetchAnnounced(
  link: Asking,
  jid: Jid,
  caps: Caps,
): Promise<{ readonly info: DiscoInfo; readonly isProven: boolean }> {
  const info = await fetchDiscoInfo(link, jid, `${caps.node}#${caps.ver}`);
  return { info, isProven: isAsAnnounced(info, caps) };
}

/** True if our own server acts on AMP rules (XEP-0079 §2.1, R-223). @throws StanzaError, LinkError */
export async function serverHasAmp(link: Asking, server: Jid): Promise<boolean> {
  return (await fetchDiscoInfo(link, server)).features.includes(NS.amp);
}
