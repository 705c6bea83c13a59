import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../main/crypto/random.ts';
import { Database } from '../../../main/stores/database.ts';
import { OfflineRows } from '../../../main/stores/offline-rows.ts';
import type { OfflineRow } from '../../../main/stores/offline-rows.ts';
import type { OfflineRecord } from '../../../main/stores/offline-secrets.ts';
import { Sealer } from '../../../main/stores/seal.ts';
import { ACCOUNT, aliceProfile, makeDirectory, offlineRecord } from './profile.ts';
import { shelfOver } from './shelf.ts';

const ID = offlineRecord().id;
const KEY_FILE = join('offline-keys', `${ID}.key`);

const OWNER = { account: ACCOUNT.address, deviceId: ACCOUNT.deviceId };

describe('the seal of a record (S-053)', () => {
  const second: OfflineRecord = offlineRecord({ id: 'f'.repeat(32), nonce: new Uint8Array(16).fill(0xb2) });

  /** Two records, changed on disk while the store is closed, then loaded. */
  async function loadAfter(change: (database: Database) => void): Promise<unknown> {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    await stores.offlineSecrets.create(offlineRecord());
    await stores.offlineSecrets.create(second);
    stores.close();
    const database = new Database(join(directory, 'nightlatch.db'));
    change(database);
    database.close();
    const reopened = await aliceProfile(directory);
    const { records, unreadable } = await reopened.offlineSecrets.load();
    return { records: records.map(({ id }) => id), unreadable };
  }

  it('opens both when nothing was changed', async () => {
    expect(await loadAfter(() => undefined)).toEqual({ records: [ID, second.id], unreadable: [] });
  });

  it.each(['head', 'body'] as const)(
    'S-053 refuses a %s with any octet flipped',
    { timeout: 120_000 },
    async (column) => {
      const directory = makeDirectory();
      const stores = await aliceProfile(directory);
      await stores.offlineSecrets.create(offlineRecord({ secrets: [] }));
      const database = new Database(join(directory, 'nightlatch.db'));
      const sql = `SELECT ${column} AS octets FROM offline_records`;
      const original = database.first<{ octets: Uint8Array }>(sql)?.octets ?? new Uint8Array();
      expect((await stores.offlineSecrets.load()).records).toHaveLength(1);
      for (const [at, octet] of original.entries()) {
        const changed = original.slice();
        changed[at] = octet ^ (1 << (at % 8));
        database.run(`UPDATE offline_records SET ${column} = ?`, changed);
        expect(stores.offlineSecrets.records()).toEqual([]);
      }
      database.run(`UPDATE offline_records SET ${column} = ?`, original);
      expect(stores.offlineSecrets.records()).toHaveLength(1);
      database.close();
    },
  );

  it.each([['head'], ['body'], ['head', 'body']] as const)(
    'S-053 refuses records whose %s %s were exchanged',
    async (...columns) => {
      const exchanged = await loadAfter((database) => {
        const [first, last] = database.all<OfflineRow>('SELECT * FROM offline_records');
        for (const column of columns) {
          const sql = `UPDATE offline_records SET ${column} = ? WHERE id = ?`;
          database.run(sql, first?.[column] ?? null, last?.id ?? '');
          database.run(sql, last?.[column] ?? null, first?.id ?? '');
        }
      });
      expect(exchanged).toEqual({ records: [], unreadable: [ID, second.id] });
    },
  );

  it('S-053 refuses a record whose expiry was edited, even by someone who can seal heads', () => {
    const shelf = shelfOver(new Database(join(makeDirectory(), 'test.db')));
    const rows = new OfflineRows(shelf, new Sealer(new Uint8Array(32), systemRandom), () => OWNER);
    const key = new Sealer(new Uint8Array(32).fill(1), systemRandom);
    const { form: _form, secrets: _secrets, ...head } = offlineRecord();
    rows.insert(offlineRecord(), key);
    expect(rows.openRecord(row(), key)).toEqual(offlineRecord());
    rows.update(row(), head, { ...head, expiresAt: new Date('2027-01-01T00:00:00Z') }, key);
    expect(rows.openHead(row())?.expiresAt).toEqual(new Date('2027-01-01T00:00:00Z'));
    expect(rows.openRecord(row(), key)).toBeUndefined();

    function row(): OfflineRow {
      return rows.get(ID) ?? { id: ID, head: new Uint8Array(), body: new Uint8Array() };
    }
  });

  it('S-053 S-073 refuses a record put back to an older state', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    await stores.offlineSecrets.create(offlineRecord());
    const database = new Database(join(directory, 'nightlatch.db'));
    const old = database.first<{ head: Uint8Array; body: Uint8Array }>('SELECT head, body FROM offline_records');
    stores.offlineSecrets.update(offlineRecord({ state: 'draining' }));
    stores.close();
    database.run('UPDATE offline_records SET head = ?, body = ?', old?.head ?? null, old?.body ?? null);
    database.close();
    const { offlineSecrets } = await aliceProfile(directory);
    expect(await offlineSecrets.load()).toEqual({ records: [], unreadable: [ID] });
  });

  it('S-073 destroys an old key file that is put back for a record that is gone', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    await stores.offlineSecrets.create(offlineRecord());
    const old = readFileSync(join(directory, KEY_FILE));
    stores.offlineSecrets.destroy(ID, 'drained');
    writeFileSync(join(directory, KEY_FILE), old);
    expect(await stores.offlineSecrets.load()).toEqual({ records: [], unreadable: [] });
    expect(existsSync(join(directory, KEY_FILE))).toBe(false);
  });
});
