/** Where what arrives on the link goes: one place that says who may say what (S-090, S-092). */
import type { Jid } from '../wire/jid.ts';
import { bareOf, type BareJid } from '../wire/jid.ts';
import { discoReply } from '../protocol/xmpp/xep0030-disco.ts';
import { parseRosterPush } from '../protocol/xmpp/rfc6121-roster.ts';
import type { LinkHandlers } from '../protocol/xmpp/link.ts';
import type { Element } from '../wire/element.ts';
import { NS } from '../wire/namespaces.ts';
import type { ArchiveCatchUp } from './archive-catch-up.ts';
import type { Contacts } from './contacts.ts';
import type { IgnoredCounts } from './ignored-counts.ts';
import type { Incoming } from './incoming.ts';

export class LinkTraffic {
  readonly #contacts: Contacts;
  readonly #incoming: Pick<Incoming, 'receive'>;
  readonly #own: () => BareJid;
  readonly #shownKey: () => Element | undefined;
  readonly #ignored: IgnoredCounts;
  readonly #archive: Pick<ArchiveCatchUp, 'take'>;

  constructor(
    contacts: Contacts,
    incoming: Pick<Incoming, 'receive'>,
    own: () => BareJid,
    shownKey: () => Element | undefined,
    ignored: IgnoredCounts,
    archive: Pick<ArchiveCatchUp, 'take'>,
  ) {
    this.#contacts = contacts;
    this.#incoming = incoming;
    this.#own = own;
    this.#shownKey = shownKey;
    this.#ignored = ignored;
    this.#archive = archive;
    contacts.onIgnored = () => {
      ignored.note('presence');
    };
  }

  /** @param isOnlyHere - See `LinkHandlers.stanza`. */
  stanza(stanza: Element, handled: () => void, isOnlyHere = false): void {
    if (stanza.name === 'message') {
      const archived = this.#archive.take(stanza, this.#own());
      return archived === 'nothing' ? handled() : this.#incoming.receive(archived ?? stanza, handled, isOnlyHere);
    }
    // A presence needs no durability beyond what the handler writes before its first wait.
    if (stanza.name === 'presence') void this.#contacts.presence(stanza).catch(() => undefined);
    handled();
  }

  iq(payload: Element, type: 'get' | 'set', from: Jid | undefined): ReturnType<LinkHandlers['iq']> {
    const isOwn = from === undefined || from === this.#own();
    if (type === 'set') return payload.ns === NS.roster ? this.#rosterPush(payload, isOwn) : undefined;
    if (!isOwn && !this.#contacts.maySeeUs(bareOf(from))) {
      this.#ignored.note('question');
      return undefined;
    }
    if (payload.name === 'ping' && payload.ns === NS.ping) return 'empty';
    if (payload.name === 'query' && payload.ns === NS.discoInfo) return discoReply(payload);
    if (payload.name === 'pubkey' && payload.ns === NS.pubkey) return this.#shownKey();
    return undefined;
  }

  /** An answer that nobody waits for, or that comes from another than the one asked. */
  ignoredAnswer(): void {
    this.#ignored.note('answer');
  }

  #rosterPush(payload: Element, isOwn: boolean): ReturnType<LinkHandlers['iq']> {
    if (!isOwn) {
      this.#ignored.note('roster-push');
      return undefined;
    }
    const item = parseRosterPush(payload);
    if (item === undefined) return { error: 'bad-request' };
    this.#contacts.rosterPush(item);
    return 'empty';
  }
}
