/**
 * Message receipts (XEP-0184), inside the protected content only: taken in for what we wrote, owed for what we read
 * until the next encrypted session with that contact (profile 6.3).
 */
import type { MessageStore } from '../stores/messages.ts';
import type { SettingStore } from '../stores/settings.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Batch } from './batch.ts';
import type { Contacts } from './contacts.ts';
import type { Announcer, ServiceEvents } from './events.ts';

const SETTING = 'receipts-owed';
/** Per contact; nothing depends on a receipt, so the oldest are let go. */
const MAX_OWED = 1_000;

export class Receipts {
  readonly #settings: SettingStore;
  readonly #messages: MessageStore;
  readonly #contacts: Contacts;
  readonly #announcer: Announcer<ServiceEvents>;
  #owed: Map<BareJid, string[]> | undefined;

  constructor(settings: SettingStore, messages: MessageStore, contacts: Contacts, announcer: Announcer<ServiceEvents>) {
    this.#settings = settings;
    this.#messages = messages;
    this.#contacts = contacts;
    this.#announcer = announcer;
  }

  /** The contact has read one of our messages. */
  arrived(contact: BareJid, messageId: string, batch: Batch): void {
    batch.write(() => {
      const message = this.#messages.get(messageId);
      if (message?.direction !== 'out' || message.contact !== contact || message.state === 'delivered') return;
      const delivered = { ...message, state: 'delivered' as const, settled: true };
      this.#messages.update(delivered);
      batch.afterwards(() => {
        this.#announcer.announce('messageChanged', delivered);
      });
    });
  }

  /** Notes that a receipt is wanted; never for someone who may not see us, never twice. */
  owe(contact: BareJid, messageId: string, batch: Batch): void {
    if (!this.#contacts.maySeeUs(contact)) return;
    const owed = this.#load();
    const ids = owed.get(contact) ?? [];
    ids.push(messageId);
    if (ids.length > MAX_OWED) ids.shift();
    owed.set(contact, ids);
    batch.writeOnce(SETTING, () => {
      this.#save();
    });
  }

  /** Contacts that something is owed to. */
  get creditors(): readonly BareJid[] {
    return [...this.#load().keys()];
  }

  /** Hands out what is owed to a contact, once. */
  take(contact: BareJid): readonly string[] {
    const owed = this.#load();
    const ids = owed.get(contact) ?? [];
    if (ids.length === 0) return [];
    owed.delete(contact);
    this.#save();
    return ids;
  }

  #save(): void {
    this.#settings.put(SETTING, Object.fromEntries(this.#load()));
  }

  #load(): Map<BareJid, string[]> {
    if (this.#owed !== undefined) return this.#owed;
    const stored = this.#settings.get(SETTING);
    const entries =
      stored !== null && typeof stored === 'object' && !Array.isArray(stored) ? Object.entries(stored) : [];
    this.#owed = new Map(
      entries.map(([contact, ids]) => [contact as BareJid, Array.isArray(ids) ? ids.map(String) : []]),
    );
    return this.#owed;
  }
}
