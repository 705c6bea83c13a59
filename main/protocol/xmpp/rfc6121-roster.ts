/**
 * RFC 6121 section 2: the roster, read, changed and pushed.
 * https://www.rfc-editor.org/rfc/rfc6121#section-2
 *
 * Left out: groups, which are neither shown nor kept, versions (2.6), and pre-approval (3.4).
 */
import { child, childrenNamed, element } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { isFullJid, localOf, tryParseJid } from '../../wire/jid.ts';
import type { BareJid } from '../../wire/jid.ts';
import { NS } from '../../wire/namespaces.ts';
import type { Link } from './link.ts';

export interface RosterItem {
  readonly jid: BareJid;
  readonly name?: string;
  readonly subscription: Subscription | 'remove';
  /** True while the contact has not answered our request. */
  readonly ask: boolean;
}

export type Subscription = 'none' | 'to' | 'from' | 'both';

type Asking = Pick<Link, 'request'>;

/** Entries that are no person's address (a service, a malformed one) are left out. @throws StanzaError, LinkError */
export async function fetchRoster(link: Asking): Promise<readonly RosterItem[]> {
  const answer = await link.request({ type: 'get', payload: element('query', NS.roster) });
  const query = child(answer, 'query', NS.roster);
  const items = query === undefined ? [] : childrenNamed(query, 'item', NS.roster);
  return items.flatMap((item) => readItem(item) ?? []);
}

/**
 * Reads a roster push. Whether its sender may push is the caller's question (S-090).
 *
 * @returns undefined unless it is a roster query with exactly one readable item.
 */
export function parseRosterPush(payload: Element): RosterItem | undefined {
  if (payload.name !== 'query' || payload.ns !== NS.roster) return undefined;
  const [item, ...more] = childrenNamed(payload, 'item', NS.roster);
  return item === undefined || more.length > 0 ? undefined : readItem(item);
}

/** Adds a contact, or names one; subscriptions stay as they are. @throws StanzaError, LinkError */
export async function setRosterItem(link: Asking, jid: BareJid, name?: string): Promise<void> {
  await setItem(link, { jid, name });
}

/** Removes a contact, which ends both subscriptions. @throws StanzaError, LinkError */
export async function removeRosterItem(link: Asking, jid: BareJid): Promise<void> {
  await setItem(link, { jid, subscription: 'remove' });
}

async function setItem(link: Asking, attrs: Readonly<Record<string, string | undefined>>): Promise<void> {
  const payload = element('query', NS.roster, {}, element('item', NS.roster, attrs));
  await link.request({ type: 'set', payload });
}

function readItem({ attrs }: Element): RosterItem | undefined {
  const jid = tryParseJid(attrs['jid']);
  if (jid === undefined || isFullJid(jid) || localOf(jid) === undefined) return undefined;
  const subscription = SUBSCRIPTIONS.find((known) => known === attrs['subscription']) ?? 'none';
  const name = attrs['name'];
  return { jid, subscription, ask: attrs['ask'] === 'subscribe', ...(name && { name }) };
}

const SUBSCRIPTIONS = ['none', 'to', 'from', 'both', 'remove'] as const;
