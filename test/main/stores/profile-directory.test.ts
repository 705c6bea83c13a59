import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareProfile } from '../../../main/stores/profile-directory.ts';
import { codeOf } from './codes.ts';
import { aliceProfile, filesOf, makeDirectory, message, offlineRecord } from './profile.ts';

const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe('prepareProfile (S-072)', () => {
  it('S-072 keeps every directory 0700 and every file 0600, also what the database puts beside itself', async () => {
    const directory = join(makeDirectory(), 'profile');
    const before = process.umask(0);
    try {
      const stores = await aliceProfile(directory);
      stores.messages.add(message('m1'));
      await stores.offlineSecrets.create(offlineRecord());
      const names = [...filesOf(directory).keys()];
      expect(names).toEqual(expect.arrayContaining(['nightlatch.db', 'nightlatch.db-wal', 'nightlatch.db-shm']));
      expect(new Set(names.map((name) => modeOf(join(directory, name))))).toEqual(new Set(['600']));
      expect([modeOf(directory), modeOf(join(directory, 'offline-keys'))]).toEqual(['700', '700']);
    } finally {
      process.umask(before);
    }
  });

  it('S-072 repairs modes that let others in, and says which', async () => {
    const directory = join(makeDirectory(), 'profile');
    (await aliceProfile(directory)).close();
    const open = [directory, join(directory, 'nightlatch.db'), join(directory, 'store-key')];
    for (const path of open) chmodSync(path, 0o755);
    expect(prepareProfile(directory)).toEqual(expect.arrayContaining(open));
    expect(open.map(modeOf)).toEqual(['700', '600', '600']);
    expect(prepareProfile(directory)).toEqual([]);
  });

  it.each(['nightlatch.db', 'nightlatch.db-wal', 'store-key', 'store-generation', 'profile.lock'])(
    'S-072 refuses a symbolic link in the place of %s',
    (name) => {
      const directory = makeDirectory();
      const target = join(directory, 'elsewhere');
      writeFileSync(target, 'untouched');
      symlinkSync(target, join(directory, name));
      expect(codeOf(() => prepareProfile(directory))).toBe('store-damaged');
    },
  );

  it('S-072 refuses a symbolic link among the offline keys, and in the place of their directory', () => {
    const directory = makeDirectory();
    prepareProfile(directory);
    const keys = join(directory, 'offline-keys');
    symlinkSync('/etc/hostname', join(keys, 'abc.key'));
    expect(codeOf(() => prepareProfile(directory))).toBe('store-damaged');
    rmSync(keys, { recursive: true });
    mkdirSync(join(directory, 'other'));
    symlinkSync(join(directory, 'other'), keys);
    expect(codeOf(() => prepareProfile(directory))).toBe('store-damaged');
  });

  it('S-072 refuses a symbolic link on the way to the profile that a user could have put there', () => {
    const directory = makeDirectory();
    mkdirSync(join(directory, 'real'));
    // Others may write where the link stands, as in a shared directory.
    chmodSync(directory, 0o777);
    symlinkSync(join(directory, 'real'), join(directory, 'link'));
    expect(codeOf(() => prepareProfile(join(directory, 'link')))).toBe('store-damaged');
    expect(codeOf(() => prepareProfile(join(directory, 'link', 'profile')))).toBe('store-damaged');
    expect(lstatSync(join(directory, 'link')).isSymbolicLink()).toBe(true);
  });

  it.skipIf(!isRoot)('S-072 refuses a profile that belongs to someone else', async () => {
    const { chownSync } = await import('node:fs');
    const directory = join(makeDirectory(), 'profile');
    mkdirSync(directory, { mode: 0o700 });
    chownSync(directory, NOBODY, NOBODY);
    expect(codeOf(() => prepareProfile(directory))).toBe('store-damaged');
  });

  it.skipIf(!isRoot)('S-072 lets no second local user read anything of the profile', async () => {
    const outside = makeDirectory();
    chmodSync(outside, 0o755);
    const directory = join(outside, 'profile');
    await aliceProfile(directory);
    const script = `for f in . nightlatch.db store-key offline-keys; do cat ${directory}/$f || ls ${directory}/$f; done`;
    const other = spawnSync('/bin/sh', ['-c', script], { uid: NOBODY, gid: NOBODY, encoding: 'utf8' });
    expect(other.stdout).toBe('');
    expect(other.stderr).toContain('Permission denied');
  });
});
