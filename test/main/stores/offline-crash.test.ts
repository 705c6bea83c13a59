import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OfflineRecord, Tombstone } from '../../../main/stores/offline-secrets.ts';
import type { Stores } from '../../../main/stores/stores.ts';
import { beforeEachCall } from './database-calls.ts';
import { recordedFiles } from './file-doubles.ts';
import { aliceProfile, makeDirectory, offlineRecord, session } from './profile.ts';

interface Found {
  readonly records: readonly OfflineRecord[];
  readonly unreadable: readonly string[];
  readonly tombstones: readonly Tombstone[];
  readonly keyFiles: readonly string[];
}

/** What the next start finds after a crash at each moment of `act`, in order; the last is the state after it. */
async function afterEachCrash(
  before: (stores: Stores) => Promise<void>,
  act: (stores: Stores) => Promise<void> | void,
): Promise<readonly Found[]> {
  const directory = makeDirectory();
  (await aliceProfile(directory)).close();
  const moments: string[] = [];
  let isActing = false;
  const note = (): void => {
    if (isActing) moments.push(copyOf(directory));
  };
  const stores = await aliceProfile(directory, { files: recordedFiles(note) });
  await before(stores);
  const end = beforeEachCall(note);
  isActing = true;
  await act(stores);
  isActing = false;
  end();
  moments.push(copyOf(directory));
  const found: Found[] = [];
  for (const moment of moments) found.push(await nextStart(moment));
  return found;
}

async function nextStart(directory: string): Promise<Found> {
  const stores = await aliceProfile(directory);
  const { records, unreadable } = await stores.offlineSecrets.load();
  const keyFiles = readdirSync(join(directory, 'offline-keys'));
  const tombstones = stores.offlineSecrets.tombstones();
  stores.close();
  return { records, unreadable, tombstones, keyFiles };
}

function copyOf(directory: string): string {
  const copy = join(makeDirectory(), 'profile');
  cpSync(directory, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
  return copy;
}

const ID = offlineRecord().id;
const NOTHING: Found = { records: [], unreadable: [], tombstones: [], keyFiles: [] };
const WHOLE: Found = { ...NOTHING, records: [offlineRecord()], keyFiles: [`${ID}.key`] };

describe('a crash while a record is made (P1 to P3)', () => {
  it('L-010 leaves nothing, or the whole record, at every call', async () => {
    const load = async (stores: Stores): Promise<void> => {
      await stores.offlineSecrets.load();
    };
    const found = await afterEachCrash(load, (stores) => stores.offlineSecrets.create(offlineRecord()));
    expect(found.length).toBeGreaterThan(8);
    const wholeFrom = found.findIndex(({ records }) => records.length > 0);
    expect(found.slice(0, wholeFrom)).toEqual(found.slice(0, wholeFrom).map(() => NOTHING));
    expect(found.slice(wholeFrom)).toEqual(found.slice(wholeFrom).map(() => WHOLE));
  });

  it('L-010 leaves the state before or behind, at every call of an update', async () => {
    const before = async (stores: Stores): Promise<void> => {
      await stores.offlineSecrets.load();
      await stores.offlineSecrets.create(offlineRecord());
    };
    const publishing = offlineRecord({ state: 'publishing' });
    const found = await afterEachCrash(before, (stores) => stores.offlineSecrets.update(publishing));
    const states = found.map(({ records, unreadable }) => [records.map(({ state }) => state), unreadable]);
    const turn = states.findIndex(([state]) => state?.[0] === 'publishing');
    expect(states.slice(0, turn)).toEqual(states.slice(0, turn).map(() => [['prepared'], []]));
    expect(states.slice(turn)).toEqual(states.slice(turn).map(() => [['publishing'], []]));
    expect(turn).toBe(states.length - 1);
  });
});

describe('a crash while a record is destroyed (U9 to U11)', () => {
  it('S-055 L-011 ends at the next start with the keys gone and the reason kept, at every call', async () => {
    const before = async (stores: Stores): Promise<void> => {
      await stores.offlineSecrets.load();
      await stores.offlineSecrets.create(offlineRecord());
      stores.offlineSecrets.putSession(ID, session('s'));
      stores.offlineSecrets.addMac(ID, 's', new Uint8Array(32));
    };
    const found = await afterEachCrash(before, (stores) => stores.offlineSecrets.destroy(ID, 'drained'));
    expect(found.length).toBeGreaterThan(12);
    const goneFrom = found.findIndex(({ records }) => records.length === 0);
    // Until the mark is durable it is as if nothing had been asked for.
    expect(found.slice(0, goneFrom)).toEqual(found.slice(0, goneFrom).map(() => WHOLE));
    for (const { unreadable, tombstones, keyFiles } of found.slice(goneFrom)) {
      expect([unreadable, keyFiles]).toEqual([[], []]);
      expect(tombstones.map(({ id, reason }) => [id, reason])).toEqual([[ID, 'drained']]);
    }
    expect(goneFrom).toBeLessThan(found.length / 2);
  });
});
