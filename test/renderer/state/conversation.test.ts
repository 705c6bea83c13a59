import { beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../../preload/contract.ts';
import { alerts } from '../../../renderer/state/alerts.svelte.ts';
import { ConversationState, PAGE } from '../../../renderer/state/conversation.svelte.ts';
import { arrived, FakeMessenger, later } from '../support/fake-messenger.ts';
import { BOB, manyMessages, messageWith } from '../support/samples.ts';

const ARCHIVE = 'archive@example.org';

describe('ConversationState', () => {
  let messenger: FakeMessenger;
  let conversation: ConversationState;
  let isWatched: boolean;
  const ids = () => conversation.messages.map((message) => message.id);

  beforeEach(() => {
    messenger = new FakeMessenger();
    isWatched = true;
    conversation = new ConversationState(messenger.bridge, () => isWatched, 0);
    conversation.start();
    messenger.answer('messages.list', () => manyMessages(3));
    messenger.answer('messages.markRead', () => ({}));
  });

  it('shows only what was answered for the conversation that is open by then', async () => {
    const slow = later<readonly Message[]>();
    messenger.answer('messages.list', ({ with: address }) => (address === BOB ? slow.promise : []));
    const opened = conversation.open(BOB);
    await conversation.open(ARCHIVE);
    slow.settle(manyMessages(3));
    await opened;
    expect(conversation.address).toBe(ARCHIVE);
    expect(conversation.messages).toEqual([]);
  });

  it('marks what is new where it begins, counts it, and tells the messenger that it was read', async () => {
    messenger.answer('messages.list', () => [
      messageWith({ id: 'a' }),
      messageWith({ id: 'b', unread: true }),
      messageWith({ id: 'c', unread: true }),
    ]);
    await conversation.open(BOB);
    expect(conversation.newFrom).toEqual({ id: 'b', count: 2 });
    expect(messenger.paramsOf('messages.markRead')).toEqual([{ with: BOB, upTo: 'c' }]);
    expect(conversation.messages.every((message) => message.unread !== true)).toBe(true);
  });

  it('counts nothing as read while nobody looks, and all of it once somebody does', async () => {
    isWatched = false;
    await conversation.open(BOB);
    messenger.announce('messages.added', messageWith({ id: 'new', unread: true }));
    await arrived();
    expect(messenger.paramsOf('messages.markRead')).toEqual([]);
    isWatched = true;
    await conversation.markSeen();
    expect(messenger.paramsOf('messages.markRead')).toEqual([{ with: BOB, upTo: 'new' }]);
  });

  it('counts what waited under one line while the conversation is open, and nothing that came live', async () => {
    await conversation.open(BOB);
    messenger.announce('messages.added', messageWith({ id: 'live', unread: true }, { session: 'live' }));
    expect(conversation.newFrom).toBeUndefined();
    messenger.announce('messages.added', messageWith({ id: 'first', unread: true }));
    messenger.announce('messages.added', messageWith({ id: 'second', unread: true }, { session: 'backup' }));
    await arrived();
    expect(conversation.newFrom).toEqual({ id: 'first', count: 2 });
    await conversation.reload();
    expect(conversation.newFrom).toBeUndefined();
  });

  it('adds and replaces by id, and leaves other conversations alone', async () => {
    await conversation.open(BOB);
    messenger.announce('messages.added', messageWith({ id: 'new' }));
    messenger.announce('messages.added', messageWith({ id: 'new', text: 'again' }));
    messenger.announce('messages.added', messageWith({ id: 'hers', with: ARCHIVE }));
    messenger.announce('messages.changed', messageWith({ id: 'm0', text: 'changed' }));
    messenger.announce('messages.changed', messageWith({ id: 'unknown' }));
    await arrived();
    expect(ids()).toEqual(['m0', 'm1', 'm2', 'new']);
    expect(conversation.messages[0]?.text).toBe('changed');
    expect(conversation.messages[3]?.text).toBe('again');
  });

  it('brings earlier messages in front, each once, however often the reader asks', async () => {
    messenger.answer('messages.list', ({ before }) =>
      before === undefined ? manyMessages(PAGE, PAGE) : manyMessages(PAGE, 0),
    );
    await conversation.open(BOB);
    expect(conversation.hasEarlier).toBe(true);
    await Promise.all([conversation.showEarlier(), conversation.showEarlier()]);
    expect(messenger.paramsOf('messages.list').at(-1)).toEqual({ with: BOB, before: `m${PAGE}`, limit: 200 });
    expect(ids()).toHaveLength(2 * PAGE);
    expect(ids()[0]).toBe('m0');
    expect(conversation.hasEarlier).toBe(false);
  });

  it('lets go of the oldest when a backlog of thousands runs in at the newest end, and can bring them back', async () => {
    messenger.answer('messages.list', () => manyMessages(PAGE));
    await conversation.open(BOB);
    for (const message of manyMessages(1_000, PAGE)) messenger.announce('messages.added', message);
    await arrived();
    expect(ids().at(-1)).toBe(`m${PAGE + 999}`);
    expect(ids()).toHaveLength(PAGE);
    expect(conversation.hasEarlier).toBe(true);
    expect(conversation.epoch).toBe(2);
  });

  it('gathers what follows a first message, so that a thousand are not a thousand drawings', async () => {
    await conversation.open(BOB);
    messenger.announce('messages.added', messageWith({ id: 'first' }));
    expect(ids()).toContain('first');
    for (let count = 0; count < 100; count += 1) {
      messenger.announce('messages.added', messageWith({ id: `later ${count}` }));
    }
    expect(ids()).not.toContain('later 0');
    await arrived();
    expect(ids()).toContain('later 99');
  });

  it('reaches a message that is far up, and says when there is none', async () => {
    messenger.answer('messages.list', ({ before, limit = 0 }) => {
      const end = before === undefined ? 1_000 : Number(before.slice(1));
      return manyMessages(Math.min(limit, end), Math.max(end - limit, 0));
    });
    await conversation.open(BOB);
    expect(await conversation.reach('m42')).toBe(true);
    expect(ids()).toHaveLength(1_000);
    expect(await conversation.reach('nowhere')).toBe(false);
  });

  it('keeps what a reader further up sees when the list is read again after a reconnect', async () => {
    messenger.answer('messages.list', ({ before }) =>
      before === undefined ? manyMessages(PAGE, PAGE) : manyMessages(PAGE, 0),
    );
    await conversation.open(BOB);
    await conversation.showEarlier();
    messenger.answer('messages.list', () => manyMessages(PAGE, PAGE + 1));
    await conversation.reload();
    expect(ids()[0]).toBe('m0');
    expect(ids()).toHaveLength(2 * PAGE + 1);
  });

  it('drops nothing from under a reader who is further up', async () => {
    messenger.answer('messages.list', () => manyMessages(PAGE));
    await conversation.open(BOB);
    conversation.isAtEnd = false;
    messenger.announce('messages.added', messageWith({ id: 'new' }));
    expect(ids()).toHaveLength(PAGE + 1);
    expect(ids()[0]).toBe('m0');
  });

  it('keeps a draft for each conversation, and none after the account has gone', async () => {
    await conversation.open(BOB);
    conversation.draft = 'to Bob';
    await conversation.open(ARCHIVE);
    expect(conversation.draft).toBe('');
    await conversation.open(BOB);
    expect(conversation.draft).toBe('to Bob');
    conversation.forget();
    await conversation.open(BOB);
    expect(conversation.draft).toBe('');
  });
});

describe('ConversationState.send (ux.md 3.3)', () => {
  let messenger: FakeMessenger;
  let conversation: ConversationState;

  beforeEach(async () => {
    messenger = new FakeMessenger();
    conversation = new ConversationState(messenger.bridge, () => true, 0);
    conversation.start();
    messenger.answer('messages.list', () => []);
    messenger.answer('messages.send', ({ text }) => messageWith({ id: text, text, direction: 'out', badge: 'O2' }));
    await conversation.open(BOB);
  });

  it('sends the draft as it was written and empties the composer at once', async () => {
    conversation.draft = ' two\nlines ';
    const sent = conversation.send();
    expect(conversation.draft).toBe('');
    await sent;
    expect(messenger.paramsOf('messages.send')).toEqual([{ to: BOB, text: ' two\nlines ' }]);
    expect(conversation.messages).toHaveLength(1);
  });

  it('sends nothing that is blank', async () => {
    conversation.draft = ' \n ';
    await conversation.send();
    expect(messenger.paramsOf('messages.send')).toEqual([]);
    expect(conversation.draft).toBe(' \n ');
  });

  it('gives consent for clear text for one message only', async () => {
    conversation.draft = 'in clear';
    conversation.isUnencrypted = true;
    await conversation.send('unencrypted');
    conversation.draft = 'the next';
    await conversation.send();
    expect(messenger.paramsOf('messages.send')).toEqual([
      { to: BOB, text: 'in clear', unencrypted: true },
      { to: BOB, text: 'the next' },
    ]);
    expect(conversation.isUnencrypted).toBe(false);
  });

  it('never sends in clear what the composer showed as encrypted, whatever was chosen before', async () => {
    conversation.isUnencrypted = true;
    conversation.draft = 'the state changed meanwhile';
    await conversation.send('encrypted');
    expect(messenger.paramsOf('messages.send')).toEqual([{ to: BOB, text: 'the state changed meanwhile' }]);
  });

  it('brings a refused text back in front of what was written since, and says why', async () => {
    messenger.refuse('messages.send', 'key-changed');
    conversation.draft = 'first';
    const sent = conversation.send();
    conversation.draft = 'second';
    await sent;
    expect(conversation.draft).toBe('first\nsecond');
    expect(conversation.failure).toBe('key-changed');
  });

  it('brings a refused text back to its own conversation, not to the one that is open by then', async () => {
    messenger.refuse('messages.send', 'internal');
    conversation.draft = 'for Bob';
    const sent = conversation.send();
    await conversation.open(ARCHIVE);
    await sent;
    expect(conversation.draft).toBe('');
    expect(conversation.failure).toBeUndefined();
    await conversation.open(BOB);
    expect(conversation.draft).toBe('for Bob');
  });

  it('sends a text over the limit in parts, in order, and stops at the first that fails', async () => {
    const word = `${'x'.repeat(40_000)} `;
    conversation.draft = `${word}${word}end`;
    expect(conversation.parts).toHaveLength(2);
    messenger.answer('messages.send', ({ text }) => messageWith({ id: `${text.length}`, text, direction: 'out' }));
    await conversation.send();
    const texts = messenger.paramsOf('messages.send').map((params) => (params as { text: string }).text);
    expect(texts.join(' ')).toBe(`${word}${word}end`);
    messenger.refuse('messages.send', 'store-full');
    conversation.draft = `${word}${word}end`;
    await conversation.send();
    expect(messenger.paramsOf('messages.send')).toHaveLength(3);
    expect(conversation.draft.length).toBe(80_005);
  });

  it('prepares a question without sending it or losing what is written', () => {
    conversation.draft = 'half a';
    conversation.prepare('Could you send it again?');
    expect(conversation.draft).toBe('half a\nCould you send it again?');
    expect(messenger.paramsOf('messages.send')).toEqual([]);
  });

  it('replaces a message that was tried again, and takes away one that was deleted', async () => {
    messenger.announce('messages.added', messageWith({ id: 'x', direction: 'out', badge: 'O4' }));
    messenger.answer('messages.retry', ({ id }) => messageWith({ id, direction: 'out', badge: 'O2' }));
    await conversation.retry('x');
    expect(conversation.messages[0]?.badge).toBe('O2');
    messenger.answer('messages.discard', () => ({}));
    await conversation.discard('x');
    expect(conversation.messages).toEqual([]);
  });

  it('keeps a message that left in the moment it was to be deleted, and says so', async () => {
    messenger.announce('messages.added', messageWith({ id: 'x', direction: 'out', state: 'waiting', badge: 'O2' }));
    messenger.refuse('messages.discard', 'no-such-message');
    await conversation.discard('x');
    expect(conversation.messages).toHaveLength(1);
    expect(alerts.notices[0]?.text).toBe('This message is on its way already and cannot be taken back.');
  });
});
