/** From the services' announcements to the contract's events. What is announced is durable already. */
import type { Announcer, ServiceEvents } from '../services/events.ts';
import type { BareJid } from '../wire/jid.ts';
import type { EventListener } from './messenger.ts';
import type { Views } from './views.ts';

export class EventRelay {
  readonly #listeners = new Set<EventListener>();
  readonly #views: Views;
  /** Told once a turn, however many messages changed them: a backlog would draw each of them a thousand times. */
  readonly #changedConversations = new Set<BareJid>();
  readonly #changedContacts = new Set<BareJid>();
  #isLeavingChanged = false;
  #isScheduled = false;
  #isClosed = false;

  constructor(announcer: Announcer<ServiceEvents>, views: Views) {
    this.#views = views;
    this.#relayMessages(announcer);
    this.#relayStates(announcer);
  }

  /** @returns a function that ends the subscription. */
  add(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Nothing is told any more: the stores are about to close. */
  close(): void {
    this.#isClosed = true;
  }

  readonly #send: EventListener = (event, payload) => {
    if (this.#isClosed) return;
    for (const listener of this.#listeners) listener(event, payload);
  };

  #relayMessages(announcer: Announcer<ServiceEvents>): void {
    announcer.on('messageAdded', (message) => {
      if (!this.#isClosed) this.#send('messages.added', this.#views.message(message));
    });
    announcer.on('messageChanged', (message) => {
      if (!this.#isClosed) this.#send('messages.changed', this.#views.message(message));
    });
    announcer.on('conversationChanged', (address) => {
      this.#changedConversations.add(address);
      this.#soon();
    });
    announcer.on('backlogProgress', (progress) => {
      this.#send('backlog.progress', progress);
    });
  }

  #relayStates(announcer: Announcer<ServiceEvents>): void {
    announcer.on('accountChanged', () => {
      if (!this.#isClosed) this.#send('account.changed', this.#views.account());
    });
    announcer.on('leavingChanged', () => {
      this.#isLeavingChanged = true;
      this.#soon();
    });
    announcer.on('contactChanged', (address) => {
      this.#changedContacts.add(address);
      this.#soon();
    });
    announcer.on('contactRemoved', (address) => {
      this.#changedContacts.delete(address);
      this.#send('contacts.changed', { address, removed: true });
    });
    announcer.on('sessionStarted', (address) => {
      const session = this.#isClosed ? null : this.#views.session(address);
      if (session !== null) this.#send('sessions.changed', session);
    });
    announcer.on('sessionEnded', (address) => {
      this.#send('sessions.changed', { address, ended: true });
    });
    announcer.on('alertRaised', (alert) => {
      this.#send('alerts.raised', alert);
    });
  }

  #soon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.#isClosed) this.#tellChanges();
    });
  }

  #tellChanges(): void {
    if (this.#isLeavingChanged) this.#send('leaving.changed', this.#views.leaving());
    this.#isLeavingChanged = false;
    for (const address of [...this.#changedContacts]) {
      for (const other of this.#views.lookAlikesOf(address)) this.#changedContacts.add(other);
    }
    for (const address of this.#changedContacts) {
      const contact = this.#views.contactOf(address);
      if (contact !== undefined) this.#send('contacts.changed', contact);
    }
    this.#changedContacts.clear();
    for (const address of this.#changedConversations) {
      const conversation = this.#views.conversationOf(address);
      if (conversation !== undefined) this.#send('conversations.changed', conversation);
    }
    this.#changedConversations.clear();
  }
}
