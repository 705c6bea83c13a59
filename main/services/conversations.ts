/** Conversations as they are read: lists, unread counts, search. */
import type { Clock } from '../base/time.ts';
import type { StoredConversation, StoredMessage } from '../stores/messages.ts';
import type { Stores } from '../stores/stores.ts';
import type { BareJid } from '../wire/jid.ts';
import { CommandError } from './command-error.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import { afterKeyDecision, readFacts, toStored } from './message-facts.ts';

const MOST = 200;

export class Conversations {
  readonly #stores: Stores;
  readonly #clock: Clock;
  readonly #announcer: Announcer<ServiceEvents>;

  constructor(stores: Stores, clock: Clock, announcer: Announcer<ServiceEvents>) {
    this.#stores = stores;
    this.#clock = clock;
    this.#announcer = announcer;
  }

  /** Newest first. */
  list(): readonly StoredConversation[] {
    return this.#stores.messages.conversations();
  }

  find(address: BareJid): StoredConversation | undefined {
    return this.#stores.messages.conversation(address);
  }

  /** Oldest first, at most 200. @throws CommandError `no-such-message` */
  messages(address: BareJid, before: string | undefined, limit = MOST): readonly StoredMessage[] {
    if (before !== undefined) this.#message(before);
    return this.#stores.messages.list(address, {
      ...(before === undefined ? {} : { before }),
      limit: Math.min(Math.max(limit, 1), MOST),
    });
  }

  /** Nothing where nobody has signed in yet: the store has no account to look under. */
  search(query: string, address: BareJid | undefined): Promise<readonly StoredMessage[]> {
    if (this.#stores.account.get() === undefined) return Promise.resolve([]);
    return this.#stores.messages.search(query, address);
  }

  /** @throws CommandError `no-such-message` */
  markRead(address: BareJid, upTo: string): void {
    this.#message(upTo);
    if (this.#stores.messages.markRead(address, upTo) > 0) this.#announcer.announce('conversationChanged', address);
  }

  /** After the user's decision about a key: hidden texts are shown, or deleted on refusal (R-302, H-19). */
  decided(address: BareJid, fingerprint: string, isRefused: boolean): void {
    for (let before: string | undefined, page = this.messages(address, undefined); page.length > 0;) {
      for (const message of page) this.#decideOne(message, fingerprint, isRefused);
      before = page[0]?.id;
      page = this.messages(address, before);
    }
  }

  #decideOne(message: StoredMessage, fingerprint: string, isRefused: boolean): void {
    const facts = readFacts(message.facts);
    if (facts.kind !== 'opened' || facts.senderFingerprint !== fingerprint) return;
    const decided = afterKeyDecision(facts, isRefused ? 'refused' : 'used', this.#clock.now());
    if (decided === facts) return;
    const next: StoredMessage = { ...message, text: isRefused ? null : message.text, facts: toStored(decided) };
    this.#stores.messages.update(next);
    this.#announcer.announce('messageChanged', next);
  }

  #message(id: string): StoredMessage {
    const message = this.#stores.messages.get(id);
    if (message === undefined) throw new CommandError('no-such-message', 'There is no such message.');
    return message;
  }
}
