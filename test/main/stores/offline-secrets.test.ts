import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../main/base/time.ts';
import type { OfflineRecord } from '../../../main/stores/offline-secrets.ts';
import { codeOf, codeOfAsync } from './codes.ts';
import { fillingFiles, recordedFiles } from './file-doubles.ts';
import { ACCOUNT, aliceProfile, loadedProfile, makeDirectory, NOW, offlineRecord, openProfile } from './profile.ts';
import { protectorWith, rowsIn } from './profile.ts';

const ID = offlineRecord().id;
const OTHER = offlineRecord({ id: 'f'.repeat(32), node: 'open', nonce: new Uint8Array(16).fill(0xb2) });
function keyFiles(directory: string): readonly string[] {
  return readdirSync(join(directory, 'offline-keys'));
}

describe('OfflineSecretStore.create (S-054)', () => {
  it('R-007 S-054 has key file, directory and row durable before it resolves, in that order', async () => {
    const directory = makeDirectory();
    const calls: string[] = [];
    (await aliceProfile(directory)).close();
    const files = recordedFiles((call) => calls.push(`${call} ${rowsIn(directory, 'offline_records')}`));
    const stores = await aliceProfile(directory, { files });
    calls.length = 0;
    await stores.offlineSecrets.create(offlineRecord());
    expect(calls).toEqual(['open 0', 'write 0', 'sync 0', 'rename 0', 'syncDirectory 0']);
    expect(rowsIn(directory, 'offline_records')).toBe(1);
    expect(keyFiles(directory)).toEqual([`${ID}.key`]);
  });

  it('R-007 gives everything back after a crash right behind it', async () => {
    const directory = makeDirectory();
    await (await loadedProfile(directory)).offlineSecrets.create(offlineRecord());
    // The first store is left as a crash leaves it: nothing of it is closed.
    const { records, unreadable } = await (await openProfile(directory)).offlineSecrets.load();
    expect([records, unreadable]).toEqual([[offlineRecord()], []]);
  });

  it.each([1, 2, 3, 4, 5])('L-021 S-054 leaves nothing when the disk is full at call %i of the key file', async (n) => {
    const directory = makeDirectory();
    (await aliceProfile(directory)).close();
    const full = { failAt: 0 };
    const stores = await loadedProfile(directory, { files: fillingFiles(full) });
    full.failAt = n;
    const code = await codeOfAsync(() => stores.offlineSecrets.create(offlineRecord()));
    expect(code).toBe('store-full');
    expect([stores.offlineSecrets.records(), rowsIn(directory, 'offline_records')]).toEqual([[], 0]);
    full.failAt = 0;
    await stores.offlineSecrets.load();
    expect(keyFiles(directory)).toEqual([]);
    await stores.offlineSecrets.create(offlineRecord());
    expect(stores.offlineSecrets.records()).toEqual([offlineRecord()]);
  });

  it('uses a fresh data key for each record (S-053)', async () => {
    const directory = makeDirectory();
    const { offlineSecrets } = await loadedProfile(directory);
    await offlineSecrets.create(offlineRecord());
    await offlineSecrets.create(OTHER);
    const [first, second] = keyFiles(directory).map((name) => readFileSync(join(directory, 'offline-keys', name)));
    writeFileSync(join(directory, 'offline-keys', `${ID}.key`), second ?? '');
    writeFileSync(join(directory, 'offline-keys', `${OTHER.id}.key`), first ?? '');
    offlineSecrets.closeOpened();
    expect(await offlineSecrets.load()).toEqual({ records: [], unreadable: [ID, OTHER.id] });
  });

  it('refuses an id that is there, and one that is no file name', async () => {
    const { offlineSecrets } = await loadedProfile();
    await offlineSecrets.create(offlineRecord());
    await expect(offlineSecrets.create(offlineRecord())).rejects.toThrow(TypeError);
    await expect(offlineSecrets.create(offlineRecord({ id: '../../etc/passwd' }))).rejects.toThrow(TypeError);
    expect(offlineSecrets.records()).toEqual([offlineRecord()]);
  });

  it('does not stay open when everything was closed meanwhile, as by a sleep', async () => {
    const { offlineSecrets } = await loadedProfile();
    const creating = offlineSecrets.create(offlineRecord());
    offlineSecrets.closeOpened();
    await creating;
    expect(codeOf(() => offlineSecrets.seen(ID))).toBe('locked');
    expect((await offlineSecrets.load()).records).toEqual([offlineRecord()]);
  });
});

describe('OfflineSecretStore.update', () => {
  it('is durable when it returns, in every field that may change', async () => {
    const directory = makeDirectory();
    const { offlineSecrets } = await loadedProfile(directory);
    await offlineSecrets.create(offlineRecord());
    const draining: OfflineRecord = offlineRecord({
      ...{ state: 'draining', publishedAt: NOW, withdrawnAt: NOW, onlineAt: NOW },
      ...{ connectedMs: 5_000, confirmed: true, received: 3 },
    });
    for (const state of ['publishing', 'published'] as const) offlineSecrets.update(offlineRecord({ state }));
    offlineSecrets.update(draining);
    expect(offlineSecrets.records()).toEqual([draining]);
    expect((await (await openProfile(directory)).offlineSecrets.load()).records).toEqual([draining]);
  });

  it('is undone with the transaction it is part of', async () => {
    const stores = await loadedProfile();
    await stores.offlineSecrets.create(offlineRecord());
    const run = (): void => {
      stores.offlineSecrets.update(offlineRecord({ state: 'publishing' }));
      throw new RangeError('test');
    };
    expect(() => stores.transaction(run)).toThrow(RangeError);
    expect(stores.offlineSecrets.records()).toEqual([offlineRecord()]);
  });

  it('refuses another nonce or expiry, an unknown record, and one that is closed', async () => {
    const { offlineSecrets } = await loadedProfile();
    await offlineSecrets.create(offlineRecord());
    expect(() => offlineSecrets.update(offlineRecord({ nonce: new Uint8Array(16) }))).toThrow(TypeError);
    expect(() => offlineSecrets.update(offlineRecord({ expiresAt: NOW }))).toThrow(TypeError);
    expect(codeOf(() => offlineSecrets.update(OTHER))).toBe('no-such-row');
    offlineSecrets.closeOpened();
    expect(codeOf(() => offlineSecrets.update(offlineRecord()))).toBe('locked');
  });
});

describe('OfflineSecretStore.load', () => {
  it('must have run before records can be read, and again after closeOpened (S-059)', async () => {
    const stores = await aliceProfile();
    expect(codeOf(() => stores.offlineSecrets.records())).toBe('locked');
    await stores.offlineSecrets.load();
    await stores.offlineSecrets.create(offlineRecord());
    stores.offlineSecrets.closeOpened();
    expect(codeOf(() => stores.offlineSecrets.records())).toBe('locked');
    expect(codeOf(() => stores.offlineSecrets.sessions(ID))).toBe('locked');
    expect((await stores.offlineSecrets.load()).records).toEqual([offlineRecord()]);
  });

  it('L-010 removes what a crash left before the row: an unfinished key file (P2), and a key without a record', async () => {
    const directory = makeDirectory();
    const stores = await loadedProfile(directory);
    const keys = join(directory, 'offline-keys');
    writeFileSync(join(keys, `${'1'.repeat(32)}.key.tmp`), 'half');
    writeFileSync(join(keys, `${'2'.repeat(32)}.key`), 'whole');
    await stores.offlineSecrets.create(offlineRecord());
    await stores.offlineSecrets.load();
    expect(keyFiles(directory)).toEqual([`${ID}.key`]);
  });

  it('names a record whose key is gone, overwritten or foreign, keeps it, and buries it when told (L-061)', async () => {
    const directory = makeDirectory();
    const stores = await loadedProfile(directory);
    const ids = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(32));
    for (const id of ids) await stores.offlineSecrets.create(offlineRecord({ id }));
    const [gone = '', zeroed = '', foreign = ''] = ids.map((id) => join(directory, 'offline-keys', `${id}.key`));
    rmSync(gone);
    writeFileSync(zeroed, new Uint8Array(100));
    const stranger = protectorWith(new Uint8Array(32));
    const { wrapKey } = await import('../../../main/stores/wrapped-key.ts');
    writeFileSync(foreign, await wrapKey(stranger, new Uint8Array(32)));
    stores.close();
    const { offlineSecrets } = await aliceProfile(directory);
    const found = await offlineSecrets.load();
    expect(found.unreadable).toEqual(ids.slice(0, 3));
    expect(found.records.map(({ id }) => id)).toEqual(ids.slice(3));
    expect((await offlineSecrets.load()).unreadable).toEqual(ids.slice(0, 3));
    for (const id of found.unreadable) offlineSecrets.destroy(id, 'unreadable');
    expect(offlineSecrets.tombstones().map(({ id, reason }) => [id, reason])).toEqual(
      ids.slice(0, 3).map((id) => [id, 'unreadable']),
    );
    expect((await offlineSecrets.load()).unreadable).toEqual([]);
  });

  it('does not open what was sealed for another device (S-053)', async () => {
    const stores = await loadedProfile();
    await stores.offlineSecrets.create(offlineRecord());
    stores.account.put({ ...ACCOUNT, deviceId: 'another' });
    expect(await stores.offlineSecrets.load()).toEqual({ records: [], unreadable: [ID] });
  });
});

describe('OfflineSecretStore.tombstones', () => {
  it('R-279 tell what became of a set without its keys', async () => {
    const directory = makeDirectory();
    const stores = await loadedProfile(directory);
    await stores.offlineSecrets.create(offlineRecord());
    await stores.offlineSecrets.create(OTHER);
    stores.offlineSecrets.update(offlineRecord({ state: 'draining', publishedAt: NOW, withdrawnAt: NOW, received: 2 }));
    stores.offlineSecrets.destroy(ID, 'drained');
    stores.offlineSecrets.destroy(OTHER.id, 'expired');
    stores.close();
    const { offlineSecrets } = await loadedProfile(directory);
    const { createdAt, expiresAt, nonce } = offlineRecord();
    expect(offlineSecrets.tombstones()).toEqual([
      {
        ...{ id: ID, node: 'presence', nonce, createdAt, expiresAt, publishedAt: NOW, withdrawnAt: NOW },
        ...{ confirmed: false, received: 2, destroyedAt: NOW, reason: 'drained' },
      },
      {
        ...{ id: OTHER.id, node: 'open', nonce: OTHER.nonce, createdAt, expiresAt },
        ...{ confirmed: false, received: 0, destroyedAt: NOW, reason: 'expired' },
      },
    ]);
  });

  it('R-279 stay for 90 days, then go', async () => {
    let now = NOW;
    const directory = makeDirectory();
    const stores = await loadedProfile(directory, { now: () => now });
    await stores.offlineSecrets.create(offlineRecord());
    stores.offlineSecrets.destroy(ID, 'replaced');
    now = new Date(NOW.getTime() + 90 * DAY_MS - 1);
    expect(stores.offlineSecrets.tombstones()).toHaveLength(1);
    now = new Date(NOW.getTime() + 90 * DAY_MS);
    expect(stores.offlineSecrets.tombstones()).toEqual([]);
    await stores.offlineSecrets.load();
    expect(rowsIn(directory, 'tombstones')).toBe(0);
  });
});
