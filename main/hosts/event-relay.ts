/** From the services' announcements to the contract's events. What is announced is durable already. */
import type { EventListener, Messenger } from './messenger.ts';
import type { Announcer, ServiceEvents } from '../services/events.ts';
import type { Views } from './views.ts';

export function createEventRelay(announcer: Announcer<ServiceEvents>, views: Views): Messenger['on'] {
  const listeners = new Set<EventListener>();
  const send: EventListener = (event, payload) => {
    for (const listener of listeners) listener(event, payload);
  };
  announcer.on('accountChanged', () => {
    send('account.changed', views.account());
  });
  announcer.on('leavingChanged', () => {
    send('leaving.changed', views.leaving());
  });
  announcer.on('contactChanged', (address) => {
    const contact = views.contactOf(address);
    if (contact !== undefined) send('contacts.changed', contact);
  });
  announcer.on('contactRemoved', (address) => {
    send('contacts.changed', { address, removed: true });
  });
  announcer.on('conversationChanged', (address) => {
    const conversation = views.conversationOf(address);
    if (conversation !== undefined) send('conversations.changed', conversation);
  });
  announcer.on('messageAdded', (message) => {
    send('messages.added', views.message(message));
  });
  announcer.on('messageChanged', (message) => {
    send('messages.changed', views.message(message));
  });
  announcer.on('sessionStarted', (address) => {
    const session = views.session(address);
    if (session !== null) send('sessions.changed', session);
  });
  announcer.on('sessionEnded', (address) => {
    send('sessions.changed', { address, ended: true });
  });
  announcer.on('backlogProgress', (progress) => {
    send('backlog.progress', progress);
  });
  announcer.on('alertRaised', (alert) => {
    send('alerts.raised', alert);
  });
  return (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
}
