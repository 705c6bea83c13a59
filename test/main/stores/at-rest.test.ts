import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../main/base/bytes.ts';
import { Database } from '../../../main/stores/database.ts';
import { parseBareJid, withResource } from '../../../main/wire/jid.ts';
import type { Stores } from '../../../main/stores/stores.ts';
import {
  ACCOUNT,
  aliceProfile,
  contact,
  contactKey,
  filesHolding,
  filesOf,
  makeDirectory,
  message,
} from './profile.ts';
import { NOW, offlineRecord, openProfile, protectorWith, session } from './profile.ts';

/** A word that stands nowhere else, in every place a text can go. */
const CANARY = 'CanaryKq7Zx';
const STRANGER = parseBareJid(`${CANARY}@example.com`);
const ID = offlineRecord().id;

async function busyRun(stores: Stores): Promise<void> {
  stores.account.put({ ...ACCOUNT, password: `pw ${CANARY}`, resource: CANARY });
  stores.settings.put(`name ${CANARY}`, { value: CANARY });
  stores.contacts.put(contact(STRANGER, { name: CANARY }));
  stores.keys.put(contactKey(STRANGER, { petname: CANARY }));
  stores.keys.putOwnSigningKey({ pkcs8: utf8(`key ${CANARY}`), createdAt: NOW });
  stores.journal.setAside(stores.journal.append(`<message><body>${CANARY}</body></message>`, NOW), CANARY);
  for (let n = 0; n < 50; n += 1) {
    stores.messages.add(message(`${CANARY} ${n}`, { contact: STRANGER, text: `${CANARY} ${'x'.repeat(n * 200)}` }));
  }
  stores.messages.update(message(`${CANARY} 3`, { contact: STRANGER, facts: { note: CANARY }, publication: CANARY }));
  stores.messages.remove(`${CANARY} 4`);
  await stores.offlineSecrets.load();
  await stores.offlineSecrets.create(offlineRecord({ form: `<x>${CANARY}</x>` }));
  stores.offlineSecrets.putSession(ID, session(CANARY, { from: withResource(STRANGER, CANARY), thread: CANARY }));
  const octets = utf8(CANARY.repeat(3));
  const seen = { d: octets, responderNonce: octets, digest: octets, from: STRANGER, outcome: CANARY };
  stores.offlineSecrets.addSeen(ID, seen);
  expect(await stores.messages.search(CANARY)).toHaveLength(49);
}

describe('everything at rest (S-070)', () => {
  it('S-070 R-055 holds no planted word in any file: not while open, not after a crash, not when closed', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    await busyRun(stores);
    // The files now are what a crash leaves: log, its index, the database behind it.
    expect(filesOf(directory).get('nightlatch.db-wal')?.length).toBeGreaterThan(100_000);
    // The search finds what does stand there in clear.
    expect(filesHolding(directory, utf8('"protector"'))).toEqual(['store-key', `offline-keys/${ID}.key`]);
    const planted = [utf8(CANARY), utf8(CANARY.toLowerCase())];
    expect(planted.flatMap((word) => filesHolding(directory, word))).toEqual([]);
    stores.close();
    expect(planted.flatMap((word) => filesHolding(directory, word))).toEqual([]);
  });

  it('S-070 holds no address of contact or account either, in any column', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    await busyRun(stores);
    for (const word of ['example.com', 'example.org', 'alice', 'jabber:x:data']) {
      expect(filesHolding(directory, utf8(word))).toEqual([]);
    }
  });

  it('S-070 is opened by nobody without the key: another protector is told `locked`, and nothing is touched', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    stores.close();
    const before = filesOf(directory);
    const other = openProfile(directory, { protector: protectorWith(new Uint8Array(32), 'another desktop') });
    await expect(other).rejects.toMatchObject({ code: 'locked' });
    expect(filesOf(directory)).toEqual(before);
    expect((await openProfile(directory)).account.get()).toEqual(ACCOUNT);
  });

  it('leaves nothing of a removed message in free pages once the log is cut', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    for (let n = 0; n < 30; n += 1) stores.messages.add(message(`m${n}`, { text: 'x'.repeat(3_000) }));
    const database = new Database(join(directory, 'nightlatch.db'));
    const sealed = database
      .all<{ sealed: Uint8Array }>('SELECT sealed FROM messages')
      .map((row) => row.sealed.slice(0, 64));
    expect(sealed.every((octets) => filesHolding(directory, octets).length > 0)).toBe(true);
    for (let n = 0; n < 30; n += 1) stores.messages.remove(`m${n}`);
    database.truncateLog();
    expect(sealed.flatMap((octets) => filesHolding(directory, octets))).toEqual([]);
    database.close();
  });
});
