import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shredFile, systemFiles, writeDurably } from '../../../main/stores/durable-file.ts';
import { codeOf } from './codes.ts';
import { CrashDisk, crashStates, orphanedOctets } from './crash-disk.ts';
import type { DiskState } from './crash-disk.ts';
import { fillingFiles } from './file-doubles.ts';
import { makeDirectory } from './profile.ts';

const PATH = '/profile/key';
const OLD = new Uint8Array(1_500).fill(1);
const NEW = new Uint8Array(2_000).fill(2);

function contentOf(state: DiskState): string {
  const octets = state.get(PATH);
  if (octets === undefined) return 'none';
  if (Buffer.from(octets).equals(OLD)) return 'old';
  return Buffer.from(octets).equals(NEW) ? 'new' : 'neither';
}

describe('writeDurably (L-020)', () => {
  it('L-020 leaves the old octets or the new ones, whatever a crash keeps of the calls made so far', () => {
    const disk = new CrashDisk(new Map([[PATH, OLD]]));
    writeDurably(disk, PATH, NEW);
    const found = new Set([...crashStates(disk)].map(contentOf));
    expect([...found].sort()).toEqual(['new', 'old']);
  });

  it('L-020 creates a file whole or not at all', () => {
    const disk = new CrashDisk();
    writeDurably(disk, PATH, NEW);
    const found = new Set([...crashStates(disk)].map(contentOf));
    expect([...found].sort()).toEqual(['new', 'none']);
  });

  it('L-020 is durable when it returns', () => {
    const disk = new CrashDisk(new Map([[PATH, OLD]]));
    writeDurably(disk, PATH, NEW);
    const last = disk.moments.at(-1);
    expect(last?.pending).toEqual([]);
    expect(last?.durable.get(PATH)).toBe(1);
    expect(last?.inodes[1]).toEqual({ durable: NEW, pending: [] });
  });

  it('L-020 succeeds over whatever an interrupted attempt left', () => {
    const first = new CrashDisk(new Map([[PATH, OLD]]));
    writeDurably(first, PATH, NEW);
    for (const state of crashStates(first)) {
      const again = new CrashDisk(state);
      writeDurably(again, PATH, NEW);
      expect(contentOf(new Map([[PATH, again.read(PATH)]]))).toBe('new');
      expect(again.list()).toEqual([PATH]);
    }
  });

  it('the crash disk finds the mistake in a writer that renames before it syncs', () => {
    const disk = new CrashDisk(new Map([[PATH, OLD]]));
    const file = disk.open(`${PATH}.tmp`, 'create');
    disk.write(file, NEW, 0);
    disk.rename(`${PATH}.tmp`, PATH);
    disk.sync(file);
    disk.syncDirectory();
    expect([...crashStates(disk)].map(contentOf)).toContain('neither');
  });

  it.each([1, 2, 3, 4])('L-021 leaves the old file whole when call %i finds the disk full', (n) => {
    const path = join(makeDirectory(), 'key');
    writeFileSync(path, OLD);
    expect(codeOf(() => writeDurably(fillingFiles({ failAt: n }), path, NEW))).toBe('store-full');
    expect(readFileSync(path).equals(OLD)).toBe(true);
    writeDurably(systemFiles, path, NEW);
    expect(readFileSync(path).equals(NEW)).toBe(true);
    expect(readdirSync(join(path, '..'))).toEqual(['key']);
  });

  it.each(['EROFS', 'EIO', 'ENOENT'])('L-022 says disk-error for %s', (code) => {
    const path = join(makeDirectory(), 'key');
    expect(codeOf(() => writeDurably(fillingFiles({ failAt: 1 }, code), path, NEW))).toBe('disk-error');
    expect(existsSync(path)).toBe(false);
  });

  it('L-022 says disk-error when the directory has vanished', () => {
    expect(codeOf(() => writeDurably(systemFiles, join(makeDirectory(), 'gone', 'key'), NEW))).toBe('disk-error');
  });

  it('gives files mode 0600 whatever the umask says', () => {
    const directory = makeDirectory();
    const before = process.umask(0);
    try {
      writeDurably(systemFiles, join(directory, 'key'), NEW);
    } finally {
      process.umask(before);
    }
    expect(statSync(join(directory, 'key')).mode & 0o777).toBe(0o600);
  });
});

describe('shredFile (S-056)', () => {
  it('S-056 overwrites in place and syncs before it unlinks, then syncs the directory', () => {
    const disk = new CrashDisk(new Map([[PATH, OLD]]));
    shredFile(disk, PATH);
    expect(disk.calls).toEqual(['write', 'sync', 'close', `unlink ${PATH}`, 'sync directory']);
    expect(disk.moments.at(-1)?.inodes).toEqual([{ durable: new Uint8Array(OLD.length), pending: [] }]);
  });

  it('S-056 never leaves octets of the secret on the disk under no name, whatever a crash keeps', () => {
    const disk = new CrashDisk(new Map([[PATH, OLD]]));
    shredFile(disk, PATH);
    const orphans = [...orphanedOctets(disk)];
    expect(orphans.length).toBeGreaterThan(0);
    for (const octets of orphans) expect(octets.every((octet) => octet === 0)).toBe(true);
  });

  it('does nothing for a file that is not there', () => {
    const disk = new CrashDisk();
    shredFile(disk, PATH);
    expect(disk.calls).toEqual([]);
  });

  it('says disk-error for a file it cannot overwrite, and leaves it', () => {
    const directory = join(makeDirectory(), 'd');
    mkdirSync(directory);
    const path = join(directory, 'key');
    writeFileSync(path, OLD);
    expect(codeOf(() => shredFile(fillingFiles({ failAt: 1 }, 'EROFS'), path))).toBe('disk-error');
    expect(readFileSync(path).equals(OLD)).toBe(true);
  });
});
