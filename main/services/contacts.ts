/** Roster, subscriptions and presence as one picture (RFC 6121), kept across restarts as far as it is no presence. */
import type { Clock } from '../base/time.ts';
import { blockAddress, fetchBlockList, unblockAddress } from '../protocol/xmpp/xep0191-blocking.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import { buildSubscription, PresenceTable } from '../protocol/xmpp/rfc6121-presence.ts';
import { fetchRoster, removeRosterItem, setRosterItem, type RosterItem } from '../protocol/xmpp/rfc6121-roster.ts';
import type { ContactStore, StoredContact } from '../stores/contacts.ts';
import type { Element } from '../wire/element.ts';
import { bareOf, isFullJid, resourceOf, tryParseJid, type BareJid, type Jid } from '../wire/jid.ts';
import { CommandError } from './command-error.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import { isPublishingResource } from './options-memory.ts';

export interface ContactsParts {
  readonly store: ContactStore;
  readonly clock: Clock;
  readonly announcer: Announcer<ServiceEvents>;
}

export class Contacts {
  readonly #parts: ContactsParts;
  readonly #presence = new PresenceTable();
  #own: BareJid | undefined;
  #ownResource = '';
  #link: Link | undefined;

  /** Called when a contact becomes reachable or stops being so; set once, by the composition. */
  onPresence: (address: BareJid, isHere: boolean) => void = () => undefined;
  /** Called before `onPresence` when one client of a contact comes or goes; set once, by the composition. */
  onClient: (address: BareJid, resource: string, isHere: boolean) => void = () => undefined;

  /** Called when the server buries a former stream of our own resource while this one is open. */
  onFormerStreamEnded: () => void = () => undefined;

  /** Called for a presence that changes nothing, since nobody asked for it (S-090). */
  onIgnored: () => void = () => undefined;

  constructor(parts: ContactsParts) {
    this.#parts = parts;
  }

  /** A stream is open: presence begins anew. */
  attach(link: Link, own: BareJid, ownResource: string): void {
    this.#link = link;
    this.#own = own;
    this.#ownResource = ownResource;
    this.#presence.clear();
  }

  /** The stream is gone: nobody's presence is known. */
  detach(): void {
    this.#link = undefined;
    this.#presence.clear();
  }

  /** Reads roster and block list, and keeps what they say. @throws LinkError */
  async load(link: Link): Promise<void> {
    const items = await fetchRoster(link);
    const inRoster = new Set(items.map((item) => item.jid));
    for (const contact of this.#parts.store.list()) {
      if (contact.inRoster && !inRoster.has(contact.address)) this.#forget(contact);
    }
    for (const item of items) this.#keepItem(item);
    const blocked = new Set(await fetchBlockList(link));
    for (const contact of this.#parts.store.list()) {
      if (contact.blocked !== blocked.has(contact.address)) {
        this.#change({ ...contact, blocked: blocked.has(contact.address) });
      }
    }
  }

  /** A roster push that the link has found to be our own account's (S-090). */
  rosterPush(item: RosterItem): void {
    if (item.subscription !== 'remove') return this.#keepItem(item);
    const contact = this.#parts.store.get(item.jid);
    if (contact !== undefined) this.#forget(contact);
  }

  /** A presence stanza: someone's availability, or a matter of subscription. */
  async presence(stanza: Element): Promise<void> {
    const from = tryParseJid(stanza.attrs['from']);
    if (from === undefined) return;
    const type = stanza.attrs['type'];
    if (type === 'subscribe') return this.#asked(bareOf(from));
    if (type === 'unsubscribe' || type === 'unsubscribed') {
      this.#withdrawn(bareOf(from), type);
      return;
    }
    if (type !== undefined && type !== 'unavailable') return;
    this.#applyPresence(stanza, from, type === undefined);
  }

  all(): readonly StoredContact[] {
    return this.#parts.store.list().filter((contact) => contact.inRoster || contact.request !== undefined);
  }

  /** @throws CommandError `no-such-contact` */
  get(address: BareJid): StoredContact {
    const contact = this.find(address);
    if (contact === undefined) throw new CommandError('no-such-contact', 'This address is not among your contacts.');
    return contact;
  }

  find(address: BareJid): StoredContact | undefined {
    return this.#parts.store.get(address);
  }

  /** The row of an address that is written to or heard from, made if there is none. */
  ensure(address: BareJid): StoredContact {
    const known = this.find(address);
    if (known !== undefined) return known;
    const contact = emptyContact(address);
    this.#parts.store.put(contact);
    return contact;
  }

  /** True if we are told when this contact comes and goes. */
  receivesPresence(address: BareJid): boolean {
    const subscription = this.find(address)?.subscription;
    return subscription === 'to' || subscription === 'both';
  }

  /** True if this contact may see when we come and go (S-092). */
  maySeeUs(address: BareJid): boolean {
    const subscription = this.find(address)?.subscription;
    return subscription === 'from' || subscription === 'both';
  }

  /** The contact's resources that are available now. */
  resources(address: BareJid): readonly string[] {
    return this.#presence.resources(address).map((one) => one.resource);
  }

  presenceOf(address: BareJid): 'here' | 'idle' | 'away' {
    const resources = this.#presence.resources(address);
    if (resources.length === 0) return 'away';
    return resources.every((one) => one.show === 'away' || one.show === 'xa') ? 'idle' : 'here';
  }

  /** True if another client of our own account is available. */
  isOwnAccountElsewhere(): boolean {
    return this.#own !== undefined && this.resources(this.#own).some((resource) => resource !== this.#ownResource);
  }

  /** False for what is addressed to another client of our own account. */
  isThisClient(to: string | undefined): boolean {
    const jid = tryParseJid(to);
    const resource = jid === undefined ? undefined : resourceOf(jid);
    return resource === undefined || resource === this.#ownResource;
  }

  /** @throws TypeError while no stream is open. */
  own(): BareJid {
    if (this.#own === undefined) throw new TypeError('nobody is signed in');
    return this.#own;
  }

  /** Puts the address into the roster, asks to see its presence, and agrees beforehand if it asks the same. */
  async add(address: BareJid, name: string | undefined): Promise<void> {
    const link = this.#online();
    const contact = this.ensure(address);
    await setRosterItem(link, address, name ?? contact.name);
    this.#change({
      ...this.ensure(address),
      inRoster: true,
      ...(name === undefined ? {} : { name }),
    });
    if (contact.request === 'incoming') return this.accept(address);
    if (!this.receivesPresence(address)) {
      this.#change({ ...this.get(address), request: 'outgoing' });
      await link.send(buildSubscription('subscribe', address));
    }
  }

  /** Agrees to be seen, and asks the same in return. @throws CommandError `no-such-contact` */
  async accept(address: BareJid): Promise<void> {
    const link = this.#online();
    this.get(address);
    await link.send(buildSubscription('subscribed', address));
    if (!this.receivesPresence(address)) await link.send(buildSubscription('subscribe', address));
    // The roster may have changed meanwhile, and even the answer may be here.
    const { request: _answered, ...rest } = this.get(address);
    const isWaiting = !this.receivesPresence(address);
    this.#change({ ...rest, inRoster: true, ...(isWaiting ? { request: 'outgoing' as const } : {}) });
  }

  /** Takes the address out of the roster, which ends both subscriptions. */
  async remove(address: BareJid): Promise<void> {
    const contact = this.get(address);
    await removeRosterItem(this.#online(), address);
    this.#forget(contact);
  }

  async setBlocked(address: BareJid, blocked: boolean): Promise<void> {
    const link = this.#online();
    const contact = this.ensure(address);
    await (blocked ? blockAddress(link, address) : unblockAddress(link, address));
    const { request: _dropped, ...rest } = contact;
    this.#change(blocked ? { ...rest, blocked } : { ...contact, blocked });
  }

  #online(): Link {
    if (this.#link === undefined) throw new CommandError('not-signed-in', 'You are offline.');
    return this.#link;
  }

  #applyPresence(stanza: Element, from: Jid, isAvailable: boolean): void {
    const bare = bareOf(from);
    const contact = this.find(bare);
    // Only those whose presence we asked for can be here, and our own account (S-090).
    if (bare !== this.#own && (contact === undefined || !this.receivesPresence(bare))) return this.onIgnored();
    const wasHere = this.resources(bare).length > 0;
    const isNew = isFullJid(from) && !this.resources(bare).includes(resourceOf(from) ?? '');
    const before = this.resources(bare);
    this.#presence.apply(stanza);
    if (bare === this.#own && !isAvailable && resourceOf(from) === this.#ownResource) this.onFormerStreamEnded();
    if (bare === this.#own || contact === undefined) return;
    if (isAvailable && isNew && isPublishingResource(contact.optionsSeen, resourceOf(from) ?? '')) {
      this.#parts.store.put({ ...contact, lastCameOnlineAt: this.#parts.clock.now().toISOString() });
    }
    const isHere = this.resources(bare).length > 0;
    if (!isAvailable || isNew) this.#tellOfClients(bare, resourceOf(from), before, isAvailable);
    if (isAvailable && isNew) this.onPresence(bare, true);
    else if (wasHere && !isHere) this.onPresence(bare, false);
    this.#parts.announcer.announce('contactChanged', bare);
  }

  /** Unavailable presence of the bare address is that of every client. */
  #tellOfClients(address: BareJid, resource: string | undefined, before: readonly string[], isHere: boolean): void {
    for (const one of resource === undefined ? before : [resource]) this.onClient(address, one, isHere);
  }

  async #asked(address: BareJid): Promise<void> {
    const contact = this.ensure(address);
    if (contact.blocked) return;
    const agreedBefore = contact.inRoster && (contact.request === 'outgoing' || this.receivesPresence(address));
    if (!agreedBefore) {
      this.#change({ ...contact, request: 'incoming' });
      return;
    }
    await this.#online().send(buildSubscription('subscribed', address));
  }

  #withdrawn(address: BareJid, type: 'unsubscribe' | 'unsubscribed'): void {
    const contact = this.find(address);
    if (contact === undefined) return;
    if (type === 'unsubscribe' && contact.request === 'incoming') {
      const { request: _takenBack, ...rest } = contact;
      this.#change(rest);
    }
  }

  #keepItem(item: RosterItem): void {
    const { name: _old, request, ...rest } = this.ensure(item.jid);
    const subscription = item.subscription === 'remove' ? 'none' : item.subscription;
    const receives = subscription === 'to' || subscription === 'both';
    const seesUs = subscription === 'from' || subscription === 'both';
    const stillOpen = request === 'incoming' ? !seesUs : request === 'outgoing' && !receives;
    this.#change({
      ...rest,
      inRoster: true,
      subscription,
      ask: item.ask,
      ...(item.name === undefined ? {} : { name: item.name }),
      ...(stillOpen && request !== undefined ? { request } : item.ask && !receives ? { request: 'outgoing' } : {}),
    });
  }

  #forget(contact: StoredContact): void {
    const { request: _gone, name: _name, ...rest } = contact;
    // What protects the person stays: keys and the memory of served options are not part of the roster.
    this.#parts.store.put({ ...rest, inRoster: false, subscription: 'none', ask: false });
    this.#presence.forget(contact.address);
    this.#parts.announcer.announce('contactRemoved', contact.address);
  }

  #change(contact: StoredContact): void {
    this.#parts.store.put(contact);
    this.#parts.announcer.announce('contactChanged', contact.address);
  }
}

function emptyContact(address: BareJid): StoredContact {
  return { address, subscription: 'none', ask: false, blocked: false, optionsSeen: [], inRoster: false };
}
