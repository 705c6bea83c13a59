/** Everything that survives a restart, opened as one. */
import { wipe } from '../base/bytes.ts';
import { Database, DatabaseReader } from './database.ts';
import { systemFiles } from './durable-file.ts';
import { assertOpenable, assertSound, marksOfDatabase, marksOfHeader, migrate } from './migrate.ts';
import type { FileMarks } from './migrate.ts';
import { migrations } from './migrations/all.ts';
import { OpenedStores } from './opened-stores.ts';
import type { Stores, StoresOptions } from './opened-stores.ts';
import { ensureFile, headOf, octetsIn, prepareProfile } from './profile-directory.ts';
import { StoreError } from './store-error.ts';
import { openStoreKey } from './store-key.ts';
import { storePaths } from './store-paths.ts';

export type { Stores, StoresOptions };

/**
 * Opens the profile's store, or makes it. The caller holds the profile's lock (`lockProfile`).
 *
 * @throws StoreError `locked`, `store-full`, `disk-error`, `store-damaged`, `newer-version`; nothing that is there has
 * been overwritten then. After `store-damaged` the host may call `setStoreAside`, when the user agrees.
 */
export async function openStores(options: StoresOptions): Promise<Stores> {
  prepareProfile(options.directory);
  const { database, databaseLog, key, generation } = storePaths(options.directory);
  const hasLog = octetsIn(databaseLog) > 0;
  const isNew = !hasLog && octetsIn(database) === 0;
  if (!isNew) assertOpenable(hasLog ? marksWithLog(database) : marksOfHeader(headOf(database)), migrations.length);
  if (isNew && octetsIn(generation) > 0 && options.acceptRestored !== true) {
    throw new StoreError('store-damaged', 'the database is gone');
  }
  const { protector, random, files = systemFiles } = options;
  const root = await openStoreKey(files, key, { protector, random, isNew });
  try {
    return openWith(root, options);
  } finally {
    wipe(root);
  }
}

function marksWithLog(path: string): FileMarks {
  const reader = new DatabaseReader(path);
  try {
    return marksOfDatabase(reader);
  } finally {
    reader.close();
  }
}

function openWith(root: Uint8Array, options: StoresOptions): Stores {
  const paths = storePaths(options.directory);
  ensureFile(paths.database);
  const database = new Database(paths.database);
  try {
    assertSound(database);
    migrate(database, migrations, paths.beforeMigration);
    return new OpenedStores(database, root, options);
  } catch (error) {
    database.close();
    throw error;
  }
}
