import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLOutputValue } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { setStoreAside } from '../../../main/stores/set-aside.ts';
import { StoreError } from '../../../main/stores/store-error.ts';
import type { Stores } from '../../../main/stores/stores.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { codeOf, codeOfAsync } from './codes.ts';
import {
  aliceProfile,
  BOB,
  contact,
  contactKey,
  filesOf,
  makeDirectory,
  message,
  NOW,
  openProfile,
} from './profile.ts';
import { openOverDatabase } from './shelf.ts';

const MESSAGES = 60;
const RUNS = process.env['SLOW'] === '1' ? 1_000 : 40;

async function filled(directory: string): Promise<void> {
  const stores = await aliceProfile(directory);
  stores.contacts.put(contact(BOB));
  stores.keys.put(contactKey(BOB));
  stores.transaction(() => {
    for (let n = 0; n < MESSAGES; n += 1) stores.messages.add(message(`m${n}`, { text: 'x'.repeat(500) }));
  });
  stores.close();
}

/** Reads everything as a start and a look around would. */
async function readAll(stores: Stores): Promise<number> {
  stores.account.get();
  stores.contacts.list();
  codeOf(() => stores.keys.keysOf(BOB));
  stores.messages.conversations();
  stores.journal.pending(100);
  await stores.offlineSecrets.load();
  return stores.messages.list(BOB, { limit: 1_000 }).length;
}

/** What becomes of a damaged profile: a StoreError, or the messages that are left and whether the loss was told. */
async function outcome(directory: string): Promise<string> {
  let stores: Stores | undefined;
  try {
    stores = await openProfile(directory);
    const left = await readAll(stores);
    if (left === MESSAGES) return 'whole';
    const isTold =
      stores.damage().length > 0 || (await stores.messages.altered()).length > 0 || stores.damage().length > 0;
    return isTold ? 'told' : `silently lost ${MESSAGES - left}`;
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  } finally {
    stores?.close();
  }
}

describe('a damaged store (L-023)', () => {
  it(
    'L-023 never crashes and never loses a message silently, whatever octets are flipped or zeroed',
    { timeout: 1_200_000 },
    async () => {
      const random = seededRandom('L-023');
      const pick = (below: number): number => new DataView(random.bytes(4).buffer).getUint32(0) % below;
      const directory = makeDirectory();
      await filled(directory);
      const path = join(directory, 'nightlatch.db');
      const generation = join(directory, 'store-generation');
      const [whole, count] = [readFileSync(path), readFileSync(generation)];
      const seen = new Map<string, number>();
      for (let run = 0; run < RUNS; run += 1) {
        const damaged = Buffer.from(whole);
        const at = pick(whole.length);
        if (run % 3 === 0) damaged.fill(0, at - (at % 4_096), at - (at % 4_096) + 4_096);
        else damaged[at] = (damaged[at] ?? 0) ^ (1 << pick(8));
        writeFileSync(path, run % 20 === 19 ? damaged.subarray(0, at) : damaged);
        writeFileSync(generation, count);
        const found = await outcome(directory);
        seen.set(found, (seen.get(found) ?? 0) + 1);
      }
      expect(
        [...seen.keys()].filter((each) => !['whole', 'told', 'store-damaged', 'newer-version'].includes(each)),
      ).toEqual([]);
      expect(seen.get('store-damaged')).toBeGreaterThan(0);
      expect(seen.get('told')).toBeGreaterThan(0);
    },
  );

  it.each([
    ['empty', Buffer.alloc(0)],
    ['foreign', Buffer.alloc(20_000, 'something else entirely ')],
  ])('L-023 sets an %s database aside under a new name when told to, and starts anew', async (_, content) => {
    const directory = makeDirectory();
    await filled(directory);
    writeFileSync(join(directory, 'nightlatch.db'), content);
    expect(await codeOfAsync(() => openProfile(directory))).toBe('store-damaged');
    expect(readFileSync(join(directory, 'nightlatch.db')).equals(content)).toBe(true);
    const names = setStoreAside(directory, NOW);
    expect(names).toContain('damaged-2026-11-22T08-00-00-000Z-nightlatch.db');
    const stores = await aliceProfile(directory);
    expect(await readAll(stores)).toBe(0);
    expect([...filesOf(directory).keys()]).toEqual(expect.arrayContaining([...names]));
  });

  it('keeps a journal row that does not open, out of the way', () => {
    const directory = makeDirectory();
    const { stores, database } = openOverDatabase(directory);
    const seq = stores.journal.append('<a/>', NOW);
    stores.journal.append('<b/>', NOW);
    database.run('UPDATE journal SET sealed = ? WHERE seq = ?', new Uint8Array(50), seq);
    expect(stores.journal.pending(9).map(({ xml }) => xml)).toEqual(['<b/>']);
    expect([stores.journal.count(), stores.damage()]).toEqual([1, [{ table: 'journal', rows: 1 }]]);
    stores.close();
  });

  it('L-023 finds again the messages that a damaged index hid, and tells', async () => {
    const directory = makeDirectory();
    const before = await aliceProfile(directory);
    for (const id of ['a', 'b', 'c']) before.messages.add(message(id));
    before.close();
    misplaceInIndex(join(directory, 'nightlatch.db'), 2);
    const { messages, damage } = await bound(directory);
    expect(messages.list(BOB, { limit: 9 }).map(({ id }) => id)).toEqual(['a', 'c']);
    await messages.altered();
    expect(damage()).toContainEqual({ table: 'indexes', rows: 1 });
    expect(messages.list(BOB, { limit: 9 }).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('counts a conversation anew whose counts do not open, and tells', () => {
    const { stores, database } = openOverDatabase(makeDirectory());
    stores.messages.add(message('a'));
    stores.messages.add(message('b', { direction: 'out', unread: false, state: 'held' }));
    database.run('UPDATE conversations SET sealed = ?', new Uint8Array(50));
    // As the next start: nothing of it is in memory.
    codeOf(() => stores.transaction(fail));
    stores.messages.add(message('c'));
    expect(stores.messages.conversation(BOB)).toMatchObject({ unread: 2, held: 1, last: { id: 'c' } });
    expect(stores.damage()).toEqual([{ table: 'conversations', rows: 1 }]);
    stores.close();
  });
});

describe('a full or broken disk (L-021, L-022)', () => {
  it('L-021 changes nothing when the database finds the disk full at any page, and works again when there is space', () => {
    const { stores, database } = openOverDatabase(makeDirectory());
    stores.messages.add(message('first'));
    const pages = database.first<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
    const codes = new Set<string | undefined>();
    for (let more = 0; more < 40; more += 1) {
      database.execute(`PRAGMA max_page_count = ${pages + more}`);
      const code = codeOf(() => stores.messages.add(message('big', { text: 'x'.repeat(60_000) })));
      codes.add(code);
      expect(stores.messages.list(BOB, { limit: 9 }).map(({ id }) => id)).toEqual(code ? ['first'] : ['first', 'big']);
      expect(stores.messages.conversation(BOB)?.unread).toBe(code === undefined ? 2 : 1);
      if (code === undefined) stores.messages.remove('big');
      if (code === undefined) break;
    }
    expect([...codes]).toEqual(['store-full', undefined]);
    stores.close();
  });

  it('L-022 says disk-error when the database cannot be written, and destroys nothing', () => {
    const { stores, database } = openOverDatabase(makeDirectory());
    stores.messages.add(message('first'));
    database.execute('PRAGMA query_only = ON');
    expect(codeOf(() => stores.messages.add(message('second')))).toBe('disk-error');
    database.execute('PRAGMA query_only = OFF');
    stores.messages.add(message('second'));
    expect(stores.messages.list(BOB, { limit: 9 }).map(({ id }) => id)).toEqual(['first', 'second']);
    stores.close();
  });
});

async function bound(directory: string) {
  const stores = await aliceProfile(directory);
  return { messages: stores.messages, damage: () => stores.damage() };
}

/** Leaves a message's entry in the index of conversations at a wrong place. */
function misplaceInIndex(path: string, seq: number): void {
  const pass = (change: (database: DatabaseSync) => void): void => {
    const database = new DatabaseSync(path, { defensive: false });
    database.exec('PRAGMA writable_schema = ON');
    change(database);
    database.close();
  };
  const byName = "FROM sqlite_schema WHERE name = 'messages_by_contact'";
  let index: readonly SQLOutputValue[] = [];
  pass((database) => {
    database.exec(`UPDATE messages SET contact = zeroblob(16) WHERE seq = ${seq}`);
    index = Object.values(database.prepare(`SELECT type, name, tbl_name, rootpage, sql ${byName}`).get() ?? {});
    database.exec(`DELETE ${byName}`);
  });
  pass((database) => {
    database.exec(`UPDATE messages SET contact = (SELECT contact FROM messages WHERE seq = 1) WHERE seq = ${seq}`);
    database.prepare('INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)').run(...index);
  });
}

function fail(): never {
  throw new RangeError('test');
}
