import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../main/base/bytes.ts';
import { sha256 } from '../../../main/crypto/hash.ts';
import { Database } from '../../../main/stores/database.ts';
import { migrate } from '../../../main/stores/migrate.ts';
import { codeOf, codeOfAsync } from './codes.ts';
import { aliceProfile, filesOf, makeDirectory, message, openProfile } from './profile.ts';
import { ADDED, FIRST } from './two-versions.ts';

/** The files with what is in them, short enough to be printed. */
function digestsOf(directory: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...filesOf(directory)].map(([name, octets]) => [name, toHex(sha256(octets))]));
}

function versionOf(path: string): unknown {
  const database = new Database(path);
  try {
    return {
      version: database.first('PRAGMA user_version')?.['user_version'],
      rows: database.all('SELECT * FROM t').length,
      columns: database.all('PRAGMA table_info(t)').length,
    };
  } finally {
    database.close();
  }
}

describe('openStores and versions (L-072)', () => {
  it('L-072 refuses a newer program’s data without touching any file of it', async () => {
    const directory = makeDirectory();
    const stores = await aliceProfile(directory);
    stores.messages.add(message('m'));
    stores.close();
    const newer = new Database(join(directory, 'nightlatch.db'));
    newer.execute('PRAGMA user_version = 999');
    newer.close();
    const before = digestsOf(directory);
    expect(await codeOfAsync(() => openProfile(directory))).toBe('newer-version');
    expect(digestsOf(directory)).toEqual(before);
  });

  it('L-072 refuses a newer program’s data also where it is still in the log, as after a crash', async () => {
    const directory = makeDirectory();
    (await aliceProfile(directory)).close();
    const path = join(directory, 'nightlatch.db');
    const newer = new Database(path);
    newer.execute('PRAGMA user_version = 999');
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, `${path}.copy${suffix}`);
    newer.close();
    for (const suffix of ['', '-wal']) renameSync(`${path}.copy${suffix}`, path + suffix);
    const before = digestsOf(directory);
    expect(await codeOfAsync(() => openProfile(directory))).toBe('newer-version');
    expect(digestsOf(directory)).toMatchObject(before);
  });

  it('refuses a database that is another program’s', async () => {
    const directory = makeDirectory();
    (await aliceProfile(directory)).close();
    const other = new Database(join(directory, 'nightlatch.db'));
    other.execute('PRAGMA application_id = 1');
    other.close();
    expect(await codeOfAsync(() => openProfile(directory))).toBe('store-damaged');
  });
});

describe('migrate (L-072)', () => {
  it('applies what is missing, in order, once', () => {
    const path = join(makeDirectory(), 'test.db');
    const database = new Database(path);
    migrate(database, [FIRST], `${path}.old`);
    database.run('INSERT INTO t (n) VALUES (1)');
    migrate(database, [FIRST, ADDED], `${path}.old`);
    migrate(database, [FIRST, ADDED], `${path}.old`);
    database.close();
    expect(versionOf(path)).toEqual({ version: 2, rows: 1, columns: 2 });
    expect(existsSync(`${path}.old`)).toBe(false);
  });

  it('undoes a step that fails, and keeps a copy of what was before', () => {
    const path = join(makeDirectory(), 'test.db');
    const database = new Database(path);
    migrate(database, [FIRST], `${path}.old`);
    const broken = { number: 2, sql: `${ADDED.sql}; INSERT INTO nowhere VALUES (1)` };
    expect(codeOf(() => migrate(database, [FIRST, broken], `${path}.old`))).toContain('nowhere');
    database.close();
    expect(versionOf(path)).toEqual({ version: 1, rows: 0, columns: 1 });
    expect(versionOf(`${path}.old`)).toEqual({ version: 1, rows: 0, columns: 1 });
  });

  it('L-072 survives a kill before any of its statements, and is whole afterwards', { timeout: 120_000 }, () => {
    const seen = new Set<unknown>();
    for (let statement = 1; ; statement += 1) {
      const path = join(makeDirectory(), 'test.db');
      const database = new Database(path);
      migrate(database, [FIRST], `${path}.old`);
      database.run('INSERT INTO t (n) VALUES (1)');
      database.close();
      const script = join(import.meta.dirname, 'migrate-child.ts');
      const child = spawnSync(process.execPath, [script, path, String(statement)], { encoding: 'utf8' });
      const { version } = versionOf(path) as { version: number };
      seen.add(version);
      expect(versionOf(path)).toEqual({ version, rows: 1, columns: version });
      const again = new Database(path);
      migrate(again, [FIRST, ADDED], `${path}.old`);
      again.close();
      expect(versionOf(path)).toEqual({ version: 2, rows: 1, columns: 2 });
      expect(existsSync(`${path}.old`)).toBe(false);
      if (child.signal === null) break;
      expect(statement).toBeLessThan(50);
    }
    expect([...seen].sort()).toEqual([1, 2]);
  });
});
