import { describe, expect, it } from 'vitest';
import type { StoredContact } from '../../../main/stores/contacts.ts';
import type { ContactKey } from '../../../main/stores/keys.ts';
import { codeOf } from './codes.ts';
import {
  ACCOUNT,
  ALICE,
  aliceProfile,
  BOB,
  contact,
  contactKey,
  MALLORY,
  makeDirectory,
  NOW,
  openProfile,
} from './profile.ts';

describe('AccountStore', () => {
  it('keeps the one account over a restart', async () => {
    const directory = makeDirectory();
    const stores = await openProfile(directory);
    expect(stores.account.get()).toBeUndefined();
    stores.account.put(ACCOUNT);
    stores.close();
    expect((await openProfile(directory)).account.get()).toEqual(ACCOUNT);
  });

  it('replaces everything but the address', async () => {
    const stores = await aliceProfile();
    const { password: _, ...without } = ACCOUNT;
    stores.account.put({ ...without, remember: false, resource: 'given' });
    expect(stores.account.get()).toEqual({ ...without, remember: false, resource: 'given' });
    expect(() => stores.account.put({ ...ACCOUNT, address: BOB })).toThrow(TypeError);
    expect(stores.account.get()?.address).toBe(ALICE);
  });

  it('takes another account once the former is erased, with nothing left of it', async () => {
    const stores = await aliceProfile();
    stores.contacts.put(contact(BOB));
    stores.keys.put(contactKey(BOB));
    stores.keys.putOwnSigningKey({ pkcs8: Uint8Array.of(1, 2, 3), createdAt: NOW });
    stores.journal.append('<message/>', NOW);
    stores.eraseAccount();
    expect(stores.account.get()).toBeUndefined();
    stores.account.put({ ...ACCOUNT, address: MALLORY });
    expect([stores.contacts.list(), stores.keys.keysOf(BOB), stores.journal.count()]).toEqual([[], [], 0]);
    expect(stores.keys.ownSigningKey()).toBeUndefined();
  });

  it('refuses rows while there is no account to bind them to', async () => {
    const stores = await openProfile(makeDirectory());
    expect(() => stores.contacts.put(contact(BOB))).toThrow(TypeError);
    expect(stores.contacts.list()).toEqual([]);
  });
});

describe('SettingStore', () => {
  it('keeps any JSON value by name, over a restart', async () => {
    const directory = makeDirectory();
    const stores = await openProfile(directory);
    stores.settings.put('clock', '2026-11-22T08:00:00.000Z');
    stores.settings.put('nested', { a: [1, true, null] });
    stores.settings.put('gone', 1);
    stores.settings.remove('gone');
    stores.close();
    const { settings } = await openProfile(directory);
    expect(['clock', 'nested', 'gone'].map((name) => settings.get(name))).toEqual([
      '2026-11-22T08:00:00.000Z',
      { a: [1, true, null] },
      undefined,
    ]);
  });
});

describe('ContactStore', () => {
  const bob: StoredContact = contact(BOB, {
    name: 'Bob',
    request: 'incoming',
    optionsSeen: [{ node: 'presence', nonce: 'oaGhoQ==', firstSeenAt: NOW.toISOString(), followed: true }],
    lastCameOnlineAt: NOW.toISOString(),
  });

  it('adds, replaces, lists in order and removes, over a restart', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    stores.contacts.put(contact(MALLORY));
    stores.contacts.put(contact(BOB));
    stores.contacts.put(bob);
    stores.close();
    const { contacts } = await aliceProfile(directory);
    expect(contacts.list()).toEqual([contact(MALLORY), bob]);
    expect(contacts.get(BOB)).toEqual(bob);
    contacts.remove(MALLORY);
    expect(contacts.list()).toEqual([bob]);
    expect(contacts.get(MALLORY)).toBeUndefined();
  });

  it('undoes in memory what a transaction undoes on disk', async () => {
    const { contacts, transaction } = await bound();
    contacts.put(bob);
    const run = (): void => {
      contacts.put(contact(BOB, { name: 'changed' }));
      contacts.put(contact(MALLORY));
      throw new RangeError('test');
    };
    expect(() => transaction(run)).toThrow(RangeError);
    expect(contacts.list()).toEqual([bob]);
    contacts.put(contact(MALLORY));
    expect(contacts.list()).toEqual([bob, contact(MALLORY)]);
  });

  async function bound() {
    const stores = await aliceProfile();
    return { contacts: stores.contacts, transaction: (run: () => void) => stores.transaction(run) };
  }
});

describe('KeyStore (XEP-0189 §11)', () => {
  const verified: ContactKey = contactKey(BOB, {
    fingerprint: 'cd'.repeat(32),
    state: 'verified',
    verifiedAt: NOW,
    petname: 'Bob at work',
  });

  it('R-217 keeps contacts’ keys with what was decided about them, over a restart', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    stores.keys.put(contactKey(BOB));
    stores.keys.put(verified);
    stores.keys.put(contactKey(BOB, { state: 'refused' }));
    stores.close();
    const { keys } = await aliceProfile(directory);
    expect(keys.keysOf(BOB)).toEqual([contactKey(BOB, { state: 'refused' }), verified]);
    expect(keys.keysOf(MALLORY)).toEqual([]);
  });

  it('finds everyone who was seen with a key (S-026)', async () => {
    const { keys } = await aliceProfile();
    keys.put(contactKey(BOB));
    keys.put(contactKey(MALLORY));
    keys.put(verified);
    expect(keys.addressesOf('ab'.repeat(32))).toEqual([BOB, MALLORY]);
    expect(keys.addressesOf('ef'.repeat(32))).toEqual([]);
  });

  it('removes one key, or all of an address', async () => {
    const { keys } = await aliceProfile();
    keys.put(contactKey(BOB));
    keys.put(verified);
    keys.put(contactKey(MALLORY));
    keys.remove(BOB, verified.fingerprint);
    expect(keys.keysOf(BOB)).toEqual([contactKey(BOB)]);
    keys.remove(BOB);
    expect([keys.keysOf(BOB), keys.keysOf(MALLORY)]).toEqual([[], [contactKey(MALLORY)]]);
  });

  it('keeps the own signing key, in a fresh array each time', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    stores.keys.putOwnSigningKey({ pkcs8: Uint8Array.of(1, 2, 3), createdAt: NOW });
    stores.keys.ownSigningKey()?.pkcs8.fill(0);
    stores.close();
    expect((await aliceProfile(directory)).keys.ownSigningKey()).toEqual({
      pkcs8: Uint8Array.of(1, 2, 3),
      createdAt: NOW,
    });
  });
});

describe('JournalStore (L-006)', () => {
  it('gives back what was appended, oldest first, until it is removed, over a restart', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    const seqs = ['<a/>', '<b/>', '<c/>'].map((xml) => stores.journal.append(xml, NOW));
    stores.close();
    const { journal } = await aliceProfile(directory);
    expect(journal.pending(2)).toEqual([
      { seq: seqs[0], xml: '<a/>', arrivedAt: NOW },
      { seq: seqs[1], xml: '<b/>', arrivedAt: NOW },
    ]);
    journal.remove(seqs[0] ?? 0);
    expect(journal.pending(9).map(({ xml }) => xml)).toEqual(['<b/>', '<c/>']);
    expect(journal.pending(9, seqs[1]).map(({ xml }) => xml)).toEqual(['<c/>']);
    expect(journal.pending(1, seqs[0]).map(({ xml }) => xml)).toEqual(['<b/>']);
    expect(journal.count()).toBe(2);
  });

  it('numbers rows upwards, also when the last ones are gone', async () => {
    const { journal } = await aliceProfile();
    const first = journal.append('<a/>', NOW);
    journal.remove(first);
    expect(journal.append('<b/>', NOW)).toBeGreaterThan(first);
  });

  it('sets rows aside with a reason', async () => {
    const { journal } = await aliceProfile();
    const seq = journal.append('<a/>', NOW);
    journal.append('<b/>', NOW);
    expect(journal.count()).toBe(2);
    journal.setAside(seq, 'program-error');
    expect(journal.pending(9).map(({ xml }) => xml)).toEqual(['<b/>']);
    expect(journal.aside(9)).toEqual([{ seq, xml: '<a/>', arrivedAt: NOW, reason: 'program-error' }]);
    expect(journal.count()).toBe(1);
    expect(codeOf(() => journal.setAside(999, 'x'))).toBe('no-such-row');
  });

  it('counts what is pending through appends, removals and an undone transaction', async () => {
    const stores = await aliceProfile();
    const { journal } = stores;
    expect(journal.count()).toBe(0);
    const seqs = [1, 2, 3].map((n) => journal.append(`<m n="${n}"/>`, NOW));
    journal.remove(seqs[1] ?? 0);
    journal.remove(seqs[1] ?? 0);
    expect(journal.count()).toBe(2);
    const run = (): void => {
      journal.append('<x/>', NOW);
      journal.remove(seqs[0] ?? 0);
      throw new RangeError('test');
    };
    expect(() => stores.transaction(run)).toThrow(RangeError);
    expect([journal.count(), journal.pending(9).length]).toEqual([2, 2]);
  });
});
