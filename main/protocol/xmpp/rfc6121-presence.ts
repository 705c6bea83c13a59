/**
 * RFC 6121 sections 3 and 4: presence, subscriptions, and who is reachable by which resource.
 * https://www.rfc-editor.org/rfc/rfc6121#section-4
 *
 * Left out: probes (the server's matter) and directed presence. Presence is a hint, never proof (profile 6.4, H-24).
 */
import { childText, element } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { bareOf, isFullJid, resourceOf, tryParseJid } from '../../wire/jid.ts';
import type { BareJid, Jid } from '../../wire/jid.ts';
import { NS } from '../../wire/namespaces.ts';
import { readCaps } from './xep0115-caps.ts';
import type { Caps } from './xep0115-caps.ts';

export type Show = 'away' | 'chat' | 'dnd' | 'xa';

export interface AvailableResource {
  readonly resource: string;
  /** -128 to 127; a negative one takes no messages sent to the bare address. */
  readonly priority: number;
  readonly show?: Show;
  readonly caps?: Caps;
}

export interface PresenceChange {
  readonly jid: BareJid;
  readonly kind: 'came' | 'changed' | 'left';
  /** Undefined if every resource left at once. */
  readonly resource: string | undefined;
}

/** Nobody has that many devices; whoever sends more is not remembered for it. */
const MAX_RESOURCES = 64;

/** Who is available now. Empty at the start of every session. */
export class PresenceTable {
  readonly #contacts = new Map<BareJid, Map<string, AvailableResource>>();

  /**
   * Takes a <presence/>. Whether the sender is anybody's contact is the caller's question (S-090).
   *
   * @returns undefined if it changes nobody's availability: a subscription, an error, or news of no address.
   */
  apply(stanza: Element): PresenceChange | undefined {
    const from = tryParseJid(stanza.attrs['from']);
    if (from === undefined) return undefined;
    const type = stanza.attrs['type'];
    if (type === 'unavailable') return this.#leave(from);
    return type === undefined && isFullJid(from) ? this.#come(bareOf(from), resourceOf(from) ?? '', stanza) : undefined;
  }

  resources(jid: BareJid): readonly AvailableResource[] {
    return [...(this.#contacts.get(jid)?.values() ?? [])];
  }

  forget(jid: BareJid): void {
    this.#contacts.delete(jid);
  }

  clear(): void {
    this.#contacts.clear();
  }

  #come(jid: BareJid, resource: string, stanza: Element): PresenceChange | undefined {
    const resources = this.#contacts.get(jid) ?? new Map<string, AvailableResource>();
    const kind = resources.has(resource) ? 'changed' : 'came';
    if (kind === 'came' && resources.size >= MAX_RESOURCES) return undefined;
    resources.set(resource, readAvailability(resource, stanza));
    this.#contacts.set(jid, resources);
    return { jid, kind, resource };
  }

  #leave(from: Jid): PresenceChange | undefined {
    const jid = bareOf(from);
    const resources = this.#contacts.get(jid);
    const resource = resourceOf(from);
    const wasThere = resource === undefined ? resources !== undefined : resources?.delete(resource);
    if (resource === undefined || resources?.size === 0) this.#contacts.delete(jid);
    return wasThere === true ? { jid, kind: 'left', resource } : undefined;
  }
}

/** Our own presence: available unless `type` says otherwise. */
export function buildPresence(
  p: { readonly type?: 'unavailable'; readonly show?: Show; readonly priority?: number; readonly caps?: Element } = {},
): Element {
  return element(
    'presence',
    NS.client,
    { type: p.type },
    p.show && element('show', NS.client, {}, p.show),
    p.priority === undefined ? undefined : element('priority', NS.client, {}, String(p.priority)),
    p.caps,
  );
}

/** Asks, agrees, refuses or takes back (RFC 6121 section 3). */
export function buildSubscription(
  type: 'subscribe' | 'subscribed' | 'unsubscribe' | 'unsubscribed',
  to: BareJid,
): Element {
  return element('presence', NS.client, { type, to });
}

function readAvailability(resource: string, stanza: Element): AvailableResource {
  const show = SHOWS.find((known) => known === childText(stanza, 'show', NS.client)?.trim());
  const priority = Number(childText(stanza, 'priority', NS.client) ?? '0');
  const caps = readCaps(stanza);
  return {
    resource,
    priority: Number.isInteger(priority) && priority >= -128 && priority <= 127 ? priority : 0,
    ...(show !== undefined && { show }),
    ...(caps !== undefined && { caps }),
  };
}

const SHOWS: readonly Show[] = ['away', 'chat', 'dnd', 'xa'];
