import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../main/crypto/random.ts';
import type { RandomSource } from '../../../main/crypto/random.ts';
import { Database } from '../../../main/stores/database.ts';
import type { DestroyReason } from '../../../main/stores/offline-secrets.ts';
import type { KeyProtector } from '../../../main/stores/seal.ts';
import type { Stores } from '../../../main/stores/stores.ts';
import { codeOf } from './codes.ts';
import { fillingFiles, recordedFiles } from './file-doubles.ts';
import { aliceProfile, filesHolding, makeDirectory, offlineRecord, PROTECTOR, session } from './profile.ts';
import { openOverDatabase } from './shelf.ts';

const ID = offlineRecord().id;
const KEY_FILE = join('offline-keys', `${ID}.key`);

/** Everything that must be gone, as it was drawn or made. */
interface Planted {
  readonly exponents: readonly Uint8Array[];
  readonly drawn: readonly Uint8Array[];
  readonly wrapped: readonly Uint8Array[];
}

/** A profile with one record full of contents, and all secrets that went into it. */
async function plantedProfile(directory: string): Promise<{ readonly stores: Stores; readonly planted: Planted }> {
  const drawn: Uint8Array[] = [];
  const wrapped: Uint8Array[] = [];
  const random: RandomSource = {
    bytes: (length) => {
      const octets = systemRandom.bytes(length);
      if (length === 32) drawn.push(octets.slice());
      return octets;
    },
  };
  const protector: KeyProtector = {
    ...PROTECTOR,
    wrap: async (key) => {
      const octets = await PROTECTOR.wrap(key);
      wrapped.push(octets);
      return octets;
    },
  };
  const stores = await aliceProfile(directory, { random, protector });
  drawn.length = 0;
  wrapped.length = 0;
  const exponents = [14, 15, 16].map(() => systemRandom.bytes(40));
  const secrets = exponents.map((exponent, n) => ({ modp: 14 + n, exponent, publicValue: systemRandom.bytes(256) }));
  await stores.offlineSecrets.load();
  await stores.offlineSecrets.create(offlineRecord({ secrets }));
  for (const state of ['publishing', 'published', 'draining'] as const) {
    stores.offlineSecrets.update(offlineRecord({ state }));
  }
  stores.offlineSecrets.putSession(ID, session('s'));
  stores.offlineSecrets.addMac(ID, 's', new Uint8Array(32).fill(8));
  return { stores, planted: { exponents, drawn, wrapped } };
}

/** The sealed rows as they stand in the database's file. */
function sealedBodies(directory: string): readonly Uint8Array[] {
  const database = new Database(join(directory, 'nightlatch.db'));
  try {
    return database.all<{ body: Uint8Array }>('SELECT body FROM offline_records').map(({ body }) => body);
  } finally {
    database.close();
  }
}

describe('OfflineSecretStore.destroy (S-056)', () => {
  it('S-056 leaves no copy of exponent, data key, wrapped key or sealed record in any file, log and free pages included', async () => {
    const directory = makeDirectory();
    const { stores, planted } = await plantedProfile(directory);
    const bodies = sealedBodies(directory);
    expect(planted.drawn).toHaveLength(1);
    // The search finds what is there: the wrapped key in its file, the sealed record in the database.
    expect(filesHolding(directory, planted.wrapped[0] ?? new Uint8Array())).toEqual([KEY_FILE]);
    expect(filesHolding(directory, bodies[0] ?? new Uint8Array())).not.toEqual([]);

    stores.offlineSecrets.destroy(ID, 'drained');
    const secrets = [...planted.exponents, ...planted.drawn, ...planted.wrapped, ...bodies];
    expect(secrets.flatMap((octets) => filesHolding(directory, octets))).toEqual([]);
    stores.close();
    expect(secrets.flatMap((octets) => filesHolding(directory, octets))).toEqual([]);
    expect(readdirSync(join(directory, 'offline-keys'))).toEqual([]);
  });

  it('R-055 S-053 has no exponent and no data key in clear in any file while the record is in use', async () => {
    const directory = makeDirectory();
    const { stores, planted } = await plantedProfile(directory);
    const secrets = [...planted.exponents, ...planted.drawn];
    expect(secrets.flatMap((octets) => filesHolding(directory, octets))).toEqual([]);
    stores.close();
    expect(secrets.flatMap((octets) => filesHolding(directory, octets))).toEqual([]);
  });

  it('S-056 overwrites, syncs, unlinks and syncs the directory before the record goes', async () => {
    const directory = makeDirectory();
    (await aliceProfile(directory)).close();
    const calls: string[] = [];
    const files = recordedFiles((call) => calls.push(`${call} ${sealedBodies(directory).length}`));
    const stores = await aliceProfile(directory, { files });
    await stores.offlineSecrets.create(offlineRecord());
    calls.length = 0;
    stores.offlineSecrets.destroy(ID, 'drained');
    expect(calls).toEqual(['open 1', 'write 1', 'sync 1', 'unlink 1', 'syncDirectory 1']);
    expect(sealedBodies(directory)).toEqual([]);
  });

  it.each<DestroyReason>(['replaced', 'drained', 'expired', 'refused', 'never-published', 'by-hand', 'unreadable'])(
    'destroys for the reason %s, at any time, once (S-055)',
    async (reason) => {
      const directory = makeDirectory();
      const { stores } = await plantedProfile(directory);
      stores.offlineSecrets.closeOpened();
      stores.offlineSecrets.destroy(ID, reason);
      stores.offlineSecrets.destroy(ID, 'expired');
      expect(existsSync(join(directory, KEY_FILE))).toBe(false);
      expect(stores.offlineSecrets.tombstones().map((each) => each.reason)).toEqual([reason]);
    },
  );

  it('S-055 destroys every key with the account', async () => {
    const directory = makeDirectory();
    const { stores, planted } = await plantedProfile(directory);
    stores.eraseAccount();
    const secrets = [...planted.exponents, ...planted.drawn, ...planted.wrapped];
    expect(secrets.flatMap((octets) => filesHolding(directory, octets))).toEqual([]);
    expect(readdirSync(join(directory, 'offline-keys'))).toEqual([]);
    expect(stores.offlineSecrets.tombstones()).toEqual([]);
  });

  it('is refused inside a transaction, for it cannot be undone', async () => {
    const directory = makeDirectory();
    const { stores } = await plantedProfile(directory);
    expect(() => stores.transaction(() => stores.offlineSecrets.destroy(ID, 'drained'))).toThrow(TypeError);
    expect(stores.offlineSecrets.records()).toHaveLength(1);
  });

  it('L-005 destroys the keys even where the database cannot be written, and ends the rest when it can', async () => {
    const directory = makeDirectory();
    const { stores, database } = openOverDatabase(directory);
    await stores.offlineSecrets.load();
    await stores.offlineSecrets.create(offlineRecord());
    database.execute('PRAGMA query_only = ON');
    expect(codeOf(() => stores.offlineSecrets.destroy(ID, 'expired'))).toBe('disk-error');
    expect(existsSync(join(directory, KEY_FILE))).toBe(false);
    expect(stores.offlineSecrets.records()).toEqual([]);
    database.execute('PRAGMA query_only = OFF');
    stores.offlineSecrets.destroy(ID, 'expired');
    expect(stores.offlineSecrets.tombstones().map(({ reason }) => reason)).toEqual(['expired']);
    stores.close();
  });

  it('keeps a record listed whose key could not be overwritten, no longer opens it, and ends it when called again', async () => {
    const directory = makeDirectory();
    (await aliceProfile(directory)).close();
    const broken = { failAt: 0 };
    const stores = await aliceProfile(directory, { files: fillingFiles(broken) });
    await stores.offlineSecrets.load();
    await stores.offlineSecrets.create(offlineRecord());
    broken.failAt = 1;
    expect(codeOf(() => stores.offlineSecrets.destroy(ID, 'drained'))).toBe('store-full');
    expect(stores.offlineSecrets.records()).toEqual([]);
    expect(existsSync(join(directory, KEY_FILE))).toBe(true);
    broken.failAt = 0;
    stores.offlineSecrets.destroy(ID, 'by-hand');
    expect(existsSync(join(directory, KEY_FILE))).toBe(false);
    expect(stores.offlineSecrets.tombstones().map(({ reason }) => reason)).toEqual(['drained']);
  });

  it('ends at the next load what was marked and not done', async () => {
    const directory = makeDirectory();
    (await aliceProfile(directory)).close();
    const broken = { failAt: 0 };
    const stores = await aliceProfile(directory, { files: fillingFiles(broken) });
    await stores.offlineSecrets.create(offlineRecord());
    broken.failAt = 1;
    codeOf(() => stores.offlineSecrets.destroy(ID, 'drained'));
    broken.failAt = 0;
    expect(await stores.offlineSecrets.load()).toEqual({ records: [], unreadable: [] });
    expect(stores.offlineSecrets.tombstones().map(({ reason }) => reason)).toEqual(['drained']);
  });
});
