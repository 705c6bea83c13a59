import { describe, expect, it } from 'vitest';
import { codeOf } from './codes.ts';
import { BOB, loadedProfile, makeDirectory, offlineRecord, rowsIn, session } from './profile.ts';

const ID = offlineRecord().id;
const OTHER = offlineRecord({ id: 'f'.repeat(32), node: 'open', nonce: new Uint8Array(16).fill(0xb2) });
const SEEN = {
  d: new Uint8Array(384).fill(5),
  responderNonce: new Uint8Array(16).fill(6),
  digest: new Uint8Array(32).fill(7),
  from: BOB,
  outcome: 'shown',
};
const MAC = new Uint8Array(32).fill(8);

describe('what was received under a record (protocol 6.1)', () => {
  it('R-050 remembers every accepted start, and replaces one with the same d and N_B', async () => {
    const { offlineSecrets } = await loadedProfile();
    await offlineSecrets.create(offlineRecord());
    const second = { ...SEEN, responderNonce: new Uint8Array(16).fill(9) };
    offlineSecrets.addSeen(ID, SEEN);
    offlineSecrets.addSeen(ID, second);
    offlineSecrets.addSeen(ID, { ...SEEN, outcome: 'nothing shown' });
    expect(offlineSecrets.seen(ID)).toEqual([{ ...SEEN, outcome: 'nothing shown' }, second]);
    offlineSecrets.removeSeen(ID, second);
    expect(offlineSecrets.seen(ID)).toHaveLength(1);
  });

  it('R-051 keeps `seen`, sessions and MACs of the open set over a restart, as long as its keys', async () => {
    const directory = makeDirectory();
    const before = await loadedProfile(directory);
    await before.offlineSecrets.create(OTHER);
    before.offlineSecrets.addSeen(OTHER.id, SEEN);
    before.offlineSecrets.putSession(OTHER.id, session('s'));
    before.offlineSecrets.addMac(OTHER.id, 's', MAC);
    before.offlineSecrets.update({ ...OTHER, state: 'superseded' });
    before.close();
    const { offlineSecrets } = await loadedProfile(directory);
    expect(offlineSecrets.seen(OTHER.id)).toEqual([SEEN]);
    expect(offlineSecrets.sessions(OTHER.id)).toEqual([session('s')]);
    expect(offlineSecrets.hasMac(OTHER.id, 's', MAC)).toBe(true);
    offlineSecrets.destroy(OTHER.id, 'expired');
    expect(['offline_seen', 'offline_sessions', 'offline_macs'].map((table) => rowsIn(directory, table))).toEqual([
      0, 0, 0,
    ]);
  });

  it('keeps sessions in order, replaces one by its key, and keeps no keys of an ended one', async () => {
    const { offlineSecrets } = await loadedProfile();
    await offlineSecrets.create(offlineRecord());
    offlineSecrets.putSession(ID, session('a'));
    offlineSecrets.putSession(ID, session('b'));
    const { session: _, ...facts } = session('a') as Extract<ReturnType<typeof session>, { state: 'open' }>;
    offlineSecrets.putSession(ID, { ...facts, state: 'ended' });
    expect(offlineSecrets.sessions(ID)).toEqual([{ ...facts, state: 'ended' }, session('b')]);
  });

  it('tells MACs of different sessions and records apart, and takes one twice', async () => {
    const { offlineSecrets } = await loadedProfile();
    await offlineSecrets.create(offlineRecord());
    await offlineSecrets.create(OTHER);
    offlineSecrets.addMac(ID, 's', MAC);
    offlineSecrets.addMac(ID, 's', MAC);
    expect(offlineSecrets.hasMac(ID, 's', MAC)).toBe(true);
    expect(offlineSecrets.hasMac(ID, 't', MAC)).toBe(false);
    expect(offlineSecrets.hasMac(OTHER.id, 's', MAC)).toBe(false);
    expect(offlineSecrets.hasMac(ID, 's', new Uint8Array(32))).toBe(false);
  });

  it('says no-such-row for a record that is not there', async () => {
    const { offlineSecrets } = await loadedProfile();
    expect(codeOf(() => offlineSecrets.seen(ID))).toBe('no-such-row');
    expect(codeOf(() => offlineSecrets.addMac(ID, 's', MAC))).toBe('no-such-row');
  });
});
