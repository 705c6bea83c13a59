import { beforeEach, describe, expect, it } from 'vitest';
import type { KnownKey } from '../../../preload/contract.ts';
import { ContactsState, keyInQuestion } from '../../../renderer/state/contacts.svelte.ts';
import { ConversationsState } from '../../../renderer/state/conversations.svelte.ts';
import { FakeMessenger } from '../support/fake-messenger.ts';
import { BOB, contactWith, conversationWith, local, messageWith } from '../support/samples.ts';

const ARCHIVE = 'archive@example.org';
const MALLORY = 'mallory@example.org';
const stranger = contactWith({
  address: MALLORY,
  name: 'Bob',
  subscription: 'none',
  request: 'incoming',
  state: 'C10',
});

let messenger: FakeMessenger;
let contacts: ContactsState;

beforeEach(async () => {
  messenger = new FakeMessenger();
  contacts = new ContactsState(messenger.bridge);
  contacts.start();
  messenger.answer('contacts.list', () => [
    contactWith(),
    contactWith({ address: ARCHIVE, name: 'archive' }),
    stranger,
  ]);
  await contacts.load();
});

describe('ContactsState', () => {
  it('sorts by name without regard to case, and names a contact without one by its address', () => {
    messenger.announce('contacts.changed', { ...contactWith({ address: 'workshop@example.org' }), name: 'Workshop' });
    expect(contacts.all.map((contact) => contact.address)).toEqual([ARCHIVE, BOB, MALLORY, 'workshop@example.org']);
    expect(contacts.nameOf('nobody@example.org')).toBe('nobody@example.org');
  });

  it('follows changes and removals by events', () => {
    messenger.announce('contacts.changed', contactWith({ state: 'C6', sentence: 'Away. No key published.' }));
    expect(contacts.of(BOB)?.state).toBe('C6');
    messenger.announce('contacts.changed', { address: BOB, removed: true });
    expect(contacts.of(BOB)).toBeUndefined();
  });

  it('forgets on loading what the messenger no longer has', async () => {
    messenger.answer('contacts.list', () => [contactWith()]);
    await contacts.load();
    expect(contacts.all.map((contact) => contact.address)).toEqual([BOB]);
  });

  it('lists requests of strangers until they are blocked', () => {
    expect(contacts.requests.map((contact) => contact.address)).toEqual([MALLORY]);
    messenger.announce('contacts.changed', { ...stranger, blocked: true });
    expect(contacts.requests).toEqual([]);
  });

  it('keeps what a command answers, so that it is seen before the event comes', async () => {
    messenger.answer('keys.decide', () => contactWith({ key: { fingerprint: 'ab', trust: 'verified' } }));
    await contacts.decide(BOB, 'ab', 'verified');
    expect(contacts.of(BOB)?.key?.trust).toBe('verified');
    expect(messenger.paramsOf('keys.decide')).toEqual([{ address: BOB, fingerprint: 'ab', decision: 'verified' }]);
  });

  it('adds a name only where one was given', async () => {
    messenger.answer('contacts.add', ({ address }) => contactWith({ address }));
    await contacts.add(ARCHIVE);
    await contacts.add(ARCHIVE, 'Archive');
    expect(messenger.paramsOf('contacts.add')).toEqual([{ address: ARCHIVE }, { address: ARCHIVE, name: 'Archive' }]);
  });
});

describe('keyInQuestion (ux.md 3.5)', () => {
  const key = (fingerprint: string, trust: KnownKey['trust']): KnownKey => {
    return { fingerprint, safetyCode: fingerprint, trust, firstSeenAt: local(2026, 11, 22) };
  };

  it('is the changed key before the one in use, and that before any other', () => {
    const contact = contactWith({ key: { fingerprint: 'old', trust: 'changed' } });
    const keys = [key('older', 'unverified'), key('old', 'verified')];
    expect(keyInQuestion([...keys, key('new', 'changed')], contact)?.fingerprint).toBe('new');
    expect(keyInQuestion(keys, contact)?.fingerprint).toBe('old');
    expect(keyInQuestion(keys, undefined)?.fingerprint).toBe('old');
  });

  it('is never a refused one', () => {
    expect(keyInQuestion([key('bad', 'refused')], undefined)).toBeUndefined();
  });
});

describe('ConversationsState', () => {
  let conversations: ConversationsState;

  beforeEach(async () => {
    conversations = new ConversationsState(messenger.bridge, contacts);
    conversations.start();
    messenger.answer('conversations.list', () => [
      conversationWith({ unread: 2, last: messageWith({ arrivedAt: local(2026, 11, 22, 9) }) }),
      conversationWith({ with: MALLORY, unread: 5, last: messageWith({ with: MALLORY, text: 'Buy this' }) }),
    ]);
    await conversations.load();
  });

  it('S-198 counts what the messenger says is unread, and no message that goes by', async () => {
    messenger.answer('conversations.list', () => [conversationWith({ unread: 2 })]);
    await conversations.load();
    for (const id of ['a', 'b', 'c']) messenger.announce('messages.added', messageWith({ id, unread: true }));
    expect(conversations.unread).toBe(2);
    messenger.announce('conversations.changed', conversationWith({ unread: 5 }));
    expect(conversations.unread).toBe(5);
    // As after a crash: what there is counts, whatever was said before.
    messenger.answer('conversations.list', () => [conversationWith({ unread: 3 })]);
    await conversations.load();
    expect(conversations.unread).toBe(3);
  });

  it('lists conversations newest first by their arrival here, then contacts without one by name', () => {
    const last = messageWith({ writtenAt: local(2030, 1, 1), arrivedAt: local(2026, 11, 22, 8) });
    messenger.announce('conversations.changed', conversationWith({ with: 'workshop@example.org', last }));
    expect(conversations.order).toEqual([BOB, 'workshop@example.org', ARCHIVE]);
  });

  it('keeps a stranger’s conversation out of the list and out of the unread count until accepted (ux.md M2)', () => {
    expect(conversations.order).toEqual([BOB, ARCHIVE]);
    expect(conversations.unread).toBe(2);
    messenger.announce('contacts.changed', contactWith({ address: MALLORY, name: 'Mallory', subscription: 'both' }));
    expect(conversations.order).toContain(MALLORY);
    expect(conversations.unread).toBe(7);
  });

  it('finds by name and by address', () => {
    conversations.query = ' ARCHIVE';
    expect(conversations.order).toEqual([ARCHIVE]);
    conversations.query = 'bob@';
    expect(conversations.order).toEqual([BOB]);
    conversations.query = 'nobody';
    expect(conversations.order).toEqual([]);
  });

  it('steps through the list and stops at its ends', () => {
    expect(conversations.neighbourOf(BOB, 1)).toBe(ARCHIVE);
    expect(conversations.neighbourOf(ARCHIVE, 1)).toBeUndefined();
    expect(conversations.neighbourOf(BOB, -1)).toBeUndefined();
    expect(conversations.neighbourOf(undefined, 1)).toBe(BOB);
  });
});
