import { describe, expect, it } from 'vitest';
import type { Stores } from '../../../main/stores/stores.ts';
import type { StoredConversation, StoredMessage } from '../../../main/stores/messages.ts';
import { codeOf, codeOfAsync } from './codes.ts';
import { aliceProfile, BOB, makeDirectory, MALLORY, message, openProfile } from './profile.ts';

function outgoing(id: string, state: StoredMessage['state'], more: Partial<StoredMessage> = {}): StoredMessage {
  return message(id, { direction: 'out', unread: false, ...(state && { state }), ...more });
}

function ids(messages: readonly StoredMessage[]): readonly string[] {
  return messages.map(({ id }) => id);
}

function counts(conversation: StoredConversation | undefined): unknown {
  return conversation && [conversation.last.id, conversation.unread, conversation.held];
}

function addAll(stores: Stores, messages: readonly StoredMessage[]): void {
  stores.transaction(() => {
    for (const each of messages) stores.messages.add(each);
  });
}

describe('MessageStore', () => {
  it('gives back every field, over a restart', async () => {
    const directory = makeDirectory();
    const full = message('full', {
      direction: 'out',
      text: 'ünï \u{1f511}\u0000',
      arrivedAt: '2026-11-22T08:02:00.000Z',
      state: 'sent',
      settled: true,
      facts: { deep: { list: [1, null, 'x'] } },
      stanzaDigest: new Uint8Array(32).fill(9),
      publication: 'record',
    });
    const plain = message('plain', { text: null });
    const stores = await aliceProfile(directory);
    addAll(stores, [full, plain]);
    stores.close();
    const { messages } = await aliceProfile(directory);
    expect([messages.get('full'), messages.get('plain'), messages.get('none')]).toEqual([full, plain, undefined]);
  });

  it('L-002 adds a message once, whatever is handed in again under its id', async () => {
    const { messages } = await aliceProfile();
    expect(messages.add(message('m'))).toBe(true);
    expect(messages.add(message('m', { text: 'again' }))).toBe(false);
    expect(messages.list(BOB, { limit: 9 })).toEqual([message('m')]);
    expect(counts(messages.conversation(BOB))).toEqual(['m', 1, 0]);
  });

  it('lists a page of a conversation, oldest first, in order of arrival', async () => {
    const stores = await aliceProfile();
    const all = Array.from({ length: 10 }, (_, n) => message(`m${n}`));
    addAll(stores, all);
    addAll(stores, [message('other', { contact: MALLORY })]);
    const { messages } = stores;
    expect(ids(messages.list(BOB, { limit: 3 }))).toEqual(['m7', 'm8', 'm9']);
    expect(ids(messages.list(BOB, { limit: 3, before: 'm7' }))).toEqual(['m4', 'm5', 'm6']);
    expect(ids(messages.list(BOB, { limit: 3, before: 'm1' }))).toEqual(['m0']);
    expect(messages.list(BOB, { limit: 3, before: 'm0' })).toEqual([]);
    expect(codeOf(() => messages.list(BOB, { limit: 3, before: 'none' }))).toBe('no-such-row');
  });

  it('updates a message in its place', async () => {
    const stores = await aliceProfile();
    addAll(stores, [outgoing('a', 'held'), message('b')]);
    stores.messages.update(outgoing('a', 'sent', { text: 'changed' }));
    expect(stores.messages.list(BOB, { limit: 9 })).toEqual([outgoing('a', 'sent', { text: 'changed' }), message('b')]);
    expect(codeOf(() => stores.messages.update(message('none')))).toBe('no-such-row');
    expect(() => stores.messages.update(message('a', { contact: MALLORY }))).toThrow(TypeError);
  });

  it('L-007 counts unread and held with every change, in the same transaction', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    addAll(stores, [message('a'), message('b'), outgoing('c', 'held'), message('d')]);
    expect(counts(stores.messages.conversation(BOB))).toEqual(['d', 3, 1]);
    expect(stores.messages.markRead(BOB, 'b')).toBe(2);
    expect(stores.messages.markRead(BOB, 'b')).toBe(0);
    stores.messages.update(outgoing('c', 'sent'));
    expect(counts(stores.messages.conversation(BOB))).toEqual(['d', 1, 0]);
    const run = (): void => {
      stores.messages.add(message('e'));
      stores.messages.markRead(BOB, 'e');
      throw new RangeError('test');
    };
    expect(() => stores.transaction(run)).toThrow(RangeError);
    expect(counts(stores.messages.conversation(BOB))).toEqual(['d', 1, 0]);
    stores.close();
    const { messages } = await aliceProfile(directory);
    expect(counts(messages.conversation(BOB))).toEqual(['d', 1, 0]);
    expect(messages.list(BOB, { limit: 9 }).map(({ unread }) => unread)).toEqual([false, false, false, true]);
  });

  it('counts a message that becomes unread again behind what was read', async () => {
    const stores = await aliceProfile();
    addAll(stores, [message('held aside', { unread: false, text: null }), message('b')]);
    stores.messages.markRead(BOB, 'b');
    stores.messages.update(message('held aside'));
    expect(counts(stores.messages.conversation(BOB))).toEqual(['b', 1, 0]);
    expect(stores.messages.markRead(BOB, 'b')).toBe(1);
    expect(stores.messages.get('held aside')?.unread).toBe(false);
  });

  it('refuses to mark read up to a message of another conversation', async () => {
    const stores = await aliceProfile();
    addAll(stores, [message('a'), message('m', { contact: MALLORY })]);
    expect(codeOf(() => stores.messages.markRead(BOB, 'm'))).toBe('no-such-row');
    expect(counts(stores.messages.conversation(BOB))).toEqual(['a', 1, 0]);
  });

  it('lists conversations, that with the newest message first', async () => {
    const stores = await aliceProfile();
    expect(stores.messages.conversations()).toEqual([]);
    addAll(stores, [message('a'), message('m', { contact: MALLORY })]);
    expect(stores.messages.conversations().map(({ contact }) => contact)).toEqual([MALLORY, BOB]);
    addAll(stores, [outgoing('b', 'waiting')]);
    expect(stores.messages.conversations().map(counts)).toEqual([
      ['b', 1, 0],
      ['m', 1, 0],
    ]);
    expect(stores.messages.conversation(MALLORY)?.contact).toBe(MALLORY);
  });

  it('forgets a conversation with its last message', async () => {
    const stores = await aliceProfile();
    addAll(stores, [message('a'), outgoing('b', 'held')]);
    stores.messages.remove('b');
    expect(counts(stores.messages.conversation(BOB))).toEqual(['a', 1, 0]);
    stores.messages.remove('a');
    stores.messages.remove('a');
    expect([stores.messages.conversations(), stores.messages.conversation(BOB)]).toEqual([[], undefined]);
  });

  it('L-002 knows inner ids by contact, and stanza digests', async () => {
    const { messages } = await aliceProfile();
    messages.add(message('a', { innerId: 'x', stanzaDigest: new Uint8Array(32).fill(4) }));
    expect([messages.hasInner(BOB, 'x'), messages.hasInner(BOB, 'y'), messages.hasInner(MALLORY, 'x')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(messages.hasDigest(new Uint8Array(32).fill(4))).toBe(true);
    expect(messages.hasDigest(new Uint8Array(32).fill(5))).toBe(false);
  });

  it('keeps in the outbox what is held, waiting, or sent and not settled, in order', async () => {
    const stores = await aliceProfile();
    addAll(stores, [
      outgoing('sent', 'sent'),
      outgoing('held', 'held'),
      outgoing('delivered', 'delivered'),
      outgoing('settled', 'sent', { settled: true }),
      outgoing('failed', 'notSent'),
      message('incoming'),
      outgoing('waiting', 'waiting', { contact: MALLORY }),
    ]);
    expect(ids(stores.messages.outbox())).toEqual(['sent', 'held', 'waiting']);
    stores.messages.update(outgoing('held', 'delivered'));
    expect(ids(stores.messages.outbox())).toEqual(['sent', 'waiting']);
  });

  it('finds all that came under a publication', async () => {
    const stores = await aliceProfile();
    addAll(stores, [message('a', { publication: 'p' }), message('b'), message('c', { publication: 'p' })]);
    expect(ids(stores.messages.byPublication('p'))).toEqual(['a', 'c']);
    expect(stores.messages.byPublication('q')).toEqual([]);
  });
});

describe('MessageStore.search (ruling 4)', () => {
  it('finds text whatever the case and the way accents are written, newest first', async () => {
    const stores = await aliceProfile();
    addAll(stores, [
      message('a', { text: 'See you at the CAFÉ' }),
      message('b', { text: 'nothing' }),
      message('c', { text: 'cafe\u0301 closed', contact: MALLORY }),
      message('d', { text: null }),
    ]);
    expect(ids(await stores.messages.search('café'))).toEqual(['c', 'a']);
    expect(ids(await stores.messages.search('café', BOB))).toEqual(['a']);
    expect(await stores.messages.search('% OR 1=1')).toEqual([]);
  });

  it('finds what was stored after the worker started, at most 200', async () => {
    const stores = await aliceProfile();
    addAll(stores, [message('first')]);
    expect(ids(await stores.messages.search('text of'))).toEqual(['first']);
    addAll(
      stores,
      Array.from({ length: 700 }, (_, n) => message(`m${n}`)),
    );
    const found = ids(await stores.messages.search('text of m'));
    expect([found.length, found[0], found[199]]).toEqual([200, 'm699', 'm500']);
  });

  it('finds nothing in a profile without an account', async () => {
    const { messages } = await openProfile(makeDirectory());
    expect([await messages.search('x'), await messages.altered(), messages.conversations()]).toEqual([[], [], []]);
  });

  it('answers questions that overlap each with its own', async () => {
    const stores = await aliceProfile();
    addAll(stores, [message('a', { text: 'one' }), message('b', { text: 'two' })]);
    const answers = await Promise.all([stores.messages.search('one'), stores.messages.search('two')]);
    expect(answers.map(ids)).toEqual([['a'], ['b']]);
  });

  it('ends with an error when the store is closed meanwhile', async () => {
    const stores = await aliceProfile();
    addAll(stores, [message('a')]);
    const answer = codeOfAsync(() => stores.messages.search('a'));
    stores.close();
    expect(await answer).toBe('locked');
  });
});
