import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Database } from '../../../main/stores/database.ts';
import type { Value } from '../../../main/stores/database.ts';
import type { Stores } from '../../../main/stores/stores.ts';
import { codeOf, codeOfAsync } from './codes.ts';
import { aliceProfile, BOB, contact, contactKey, makeDirectory, MALLORY, message, offlineRecord } from './profile.ts';
import { openProfile, session } from './profile.ts';

const ID = offlineRecord().id;

type AnyRow = Readonly<Record<string, Value>>;

/** Looks at, and changes, the rows behind the store's back. */
function behind(directory: string, change: (database: Database) => void): void {
  const database = new Database(join(directory, 'nightlatch.db'));
  change(database);
  database.close();
}

function rowsOf(directory: string, table: string): readonly AnyRow[] {
  let rows: readonly AnyRow[] = [];
  behind(directory, (database) => (rows = database.all(`SELECT * FROM ${table}`)));
  return rows;
}

function overwrite(directory: string, table: string, where: string, row: AnyRow | undefined): void {
  behind(directory, (database) => {
    const columns = Object.keys(row ?? {});
    const set = columns.map((column) => `${column} = ?`).join(', ');
    database.run(`UPDATE ${table} SET ${set} WHERE ${where} = ?`, ...Object.values(row ?? {}), row?.[where] ?? null);
  });
}

async function filled(directory: string): Promise<Stores> {
  const stores = await aliceProfile(directory);
  stores.contacts.put(contact(BOB));
  stores.contacts.put(contact(MALLORY));
  stores.keys.put(contactKey(BOB));
  stores.keys.put(contactKey(MALLORY, { fingerprint: 'cd'.repeat(32) }));
  stores.messages.add(message('a'));
  stores.messages.add(message('b'));
  stores.messages.add(message('m', { contact: MALLORY }));
  await stores.offlineSecrets.load();
  await stores.offlineSecrets.create(offlineRecord());
  stores.offlineSecrets.putSession(ID, session('s'));
  return stores;
}

describe('rows exchanged or copied (S-073)', () => {
  it.each(['contacts', 'contact_keys', 'messages'])(
    'S-073 refuses %s whose sealed values were exchanged',
    async (table) => {
      const directory = makeDirectory();
      (await filled(directory)).close();
      const [first, second] = rowsOf(directory, table);
      const key = table === 'messages' ? 'seq' : 'place';
      overwrite(directory, table, key, { [key]: first?.[key] ?? null, sealed: second?.['sealed'] ?? null });
      overwrite(directory, table, key, { [key]: second?.[key] ?? null, sealed: first?.['sealed'] ?? null });
      const stores = await aliceProfile(directory);
      expect([stores.contacts.list().length, stores.messages.list(BOB, { limit: 9 }).length]).toEqual([
        table === 'contacts' ? 0 : 2,
        table === 'messages' ? 0 : 2,
      ]);
      expect(codeOf(() => stores.keys.keysOf(BOB))).toBe(table === 'contact_keys' ? 'store-damaged' : undefined);
      expect(codeOf(() => stores.contacts.get(BOB))).toBe(table === 'contacts' ? 'store-damaged' : undefined);
      expect(codeOf(() => stores.messages.get('a'))).toBe(table === 'messages' ? 'store-damaged' : undefined);
    },
  );

  it('S-073 does not show a message in another conversation, or at another place of its own', async () => {
    const directory = makeDirectory();
    (await filled(directory)).close();
    const [a, b, m] = rowsOf(directory, 'messages');
    overwrite(directory, 'messages', 'seq', { seq: m?.['seq'] ?? null, contact: a?.['contact'] ?? null });
    behind(directory, (database) => database.run('UPDATE messages SET seq = 99 WHERE seq = ?', b?.['seq'] ?? null));
    const stores = await aliceProfile(directory);
    expect(stores.messages.list(BOB, { limit: 9 }).map(({ id }) => id)).toEqual(['a']);
    expect(stores.messages.list(MALLORY, { limit: 9 })).toEqual([]);
    expect(stores.damage()).toEqual([{ table: 'messages', rows: 2 }]);
  });

  it('S-073 finds nothing in rows brought in from another profile', async () => {
    const [directory, elsewhere] = [makeDirectory(), makeDirectory()];
    (await filled(directory)).close();
    const other = await aliceProfile(elsewhere);
    other.keys.put(contactKey(BOB, { state: 'verified' }));
    other.close();
    const [row] = rowsOf(elsewhere, 'contact_keys');
    behind(directory, (database) => {
      database.run(
        'UPDATE contact_keys SET sealed = ? WHERE place = (SELECT min(place) FROM contact_keys)',
        row?.['sealed'] ?? null,
      );
    });
    const stores = await aliceProfile(directory);
    expect(codeOf(() => stores.keys.keysOf(BOB))).toBe('store-damaged');
  });
});

describe('rows put back (S-073)', () => {
  it('S-073 refuses a contact’s key in an older state, or taken away, until it is decided anew', async () => {
    const directory = makeDirectory();
    const stores = await filled(directory);
    const [old] = rowsOf(directory, 'contact_keys');
    stores.keys.put(contactKey(BOB, { state: 'refused' }));
    stores.close();
    overwrite(directory, 'contact_keys', 'place', old);
    const put = await aliceProfile(directory);
    expect(codeOf(() => put.keys.keysOf(BOB))).toBe('store-damaged');
    expect(put.keys.keysOf(MALLORY)).toHaveLength(1);
    put.close();
    behind(directory, (database) => database.run('DELETE FROM contact_keys WHERE place = ?', old?.['place'] ?? null));
    const gone = await aliceProfile(directory);
    expect(codeOf(() => gone.keys.keysOf(BOB))).toBe('store-damaged');
    gone.keys.remove(BOB);
    gone.keys.put(contactKey(BOB, { state: 'changed' }));
    expect(gone.keys.keysOf(BOB).map(({ state }) => state)).toEqual(['changed']);
  });

  it('S-073 refuses a contact in an older state, and mends it when it is written again', async () => {
    const directory = makeDirectory();
    const stores = await filled(directory);
    const [old] = rowsOf(directory, 'contacts');
    stores.contacts.put(contact(BOB, { blocked: true }));
    stores.close();
    overwrite(directory, 'contacts', 'place', old);
    const reopened = await aliceProfile(directory);
    expect(reopened.contacts.list().map(({ address }) => address)).toEqual([MALLORY]);
    expect(codeOf(() => reopened.contacts.get(BOB))).toBe('store-damaged');
    reopened.contacts.put(contact(BOB, { blocked: true }));
    expect(reopened.contacts.get(BOB)?.blocked).toBe(true);
  });

  it('S-073 refuses a session of an offline record in an older state', async () => {
    const directory = makeDirectory();
    const stores = await filled(directory);
    const [old] = rowsOf(directory, 'offline_sessions');
    stores.offlineSecrets.putSession(ID, session('s', { damaged: true }));
    stores.close();
    overwrite(directory, 'offline_sessions', 'place', old);
    const { offlineSecrets } = await aliceProfile(directory);
    await offlineSecrets.load();
    expect(codeOf(() => offlineSecrets.sessions(ID))).toBe('store-damaged');
  });

  it('S-073 refuses the list of states itself in an older state', async () => {
    const directory = makeDirectory();
    const stores = await filled(directory);
    const [old] = rowsOf(directory, 'registers').filter(({ name }) => name === 'contact_keys');
    stores.keys.put(contactKey(BOB, { state: 'refused' }));
    stores.close();
    overwrite(directory, 'registers', 'name', old);
    const reopened = await aliceProfile(directory);
    expect(codeOf(() => reopened.keys.keysOf(BOB))).toBe('store-damaged');
  });

  it.each([
    ['put back to an older state', (directory: string, old: AnyRow) => overwrite(directory, 'messages', 'seq', old)],
    [
      'taken away',
      (directory: string, old: AnyRow) =>
        behind(directory, (database) => database.run('DELETE FROM messages WHERE seq = ?', old['seq'] ?? null)),
    ],
  ])('finds the conversation in which a message was %s', async (_, change) => {
    const directory = makeDirectory();
    const stores = await filled(directory);
    const [old = {}] = rowsOf(directory, 'messages');
    stores.messages.update(message('a', { text: 'newer' }));
    expect(await stores.messages.altered()).toEqual([]);
    stores.close();
    change(directory, old);
    expect(await (await aliceProfile(directory)).messages.altered()).toEqual([BOB]);
  });
});

describe('files put back (S-073)', () => {
  it('S-073 refuses a database put back alone, keeps it, and takes it when the user says so', async () => {
    const directory = makeDirectory();
    (await filled(directory)).close();
    const path = join(directory, 'nightlatch.db');
    const old = readFileSync(path);
    const later = await aliceProfile(directory);
    later.keys.put(contactKey(BOB, { state: 'refused' }));
    later.close();
    writeFileSync(path, old);
    expect(await codeOfAsync(() => openProfile(directory))).toBe('store-damaged');
    expect(readFileSync(path).equals(old)).toBe(true);
    const accepted = await openProfile(directory, { acceptRestored: true });
    expect(accepted.keys.keysOf(BOB).map(({ state }) => state)).toEqual(['known']);
    accepted.close();
    expect(await codeOfAsync(() => openProfile(directory))).toBeUndefined();
  });

  it.each(['nightlatch.db', 'store-generation'])('S-073 refuses a profile whose %s was taken away', async (name) => {
    const directory = makeDirectory();
    (await filled(directory)).close();
    (await aliceProfile(directory)).close();
    rmSync(join(directory, name));
    expect(await codeOfAsync(() => openProfile(directory))).toBe('store-damaged');
  });

  it('never makes a new key for a store whose key is gone', async () => {
    const directory = makeDirectory();
    (await filled(directory)).close();
    rmSync(join(directory, 'store-key'));
    expect(await codeOfAsync(() => openProfile(directory))).toBe('store-damaged');
  });

  it('S-073 takes a whole profile put back for its own past: nothing in it twice, its keys still there to destroy', async () => {
    const directory = makeDirectory();
    (await filled(directory)).close();
    const backup = join(makeDirectory(), 'backup');
    cpSync(directory, backup, { recursive: true });
    const later = await aliceProfile(directory);
    await later.offlineSecrets.load();
    later.offlineSecrets.destroy(ID, 'drained');
    later.close();
    rmSync(directory, { recursive: true });
    cpSync(backup, directory, { recursive: true });
    const stores = await aliceProfile(directory);
    expect(stores.messages.add(message('a'))).toBe(false);
    expect((await stores.offlineSecrets.load()).records.map(({ id }) => id)).toEqual([ID]);
    stores.offlineSecrets.destroy(ID, 'drained');
    expect((await stores.offlineSecrets.load()).records).toEqual([]);
  });
});
