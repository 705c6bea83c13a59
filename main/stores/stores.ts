/** Everything that survives a restart, opened as one. */
import { wipe } from '../base/bytes.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { AccountStore } from './accounts.ts';
import type { ContactStore } from './contacts.ts';
import type { DamageReport } from './damage.ts';
import { Database, DatabaseReader } from './database.ts';
import { systemFiles } from './durable-file.ts';
import type { FileOperations } from './durable-file.ts';
import type { JournalStore } from './journal.ts';
import type { KeyStore } from './keys.ts';
import type { MessageStore } from './messages.ts';
import { assertOpenable, assertSound, migrate } from './migrate.ts';
import { migrations } from './migrations/all.ts';
import type { OfflineSecretStore } from './offline-secrets.ts';
import { OpenedStores } from './opened-stores.ts';
import { ensureFile, octetsIn, prepareProfile } from './profile-directory.ts';
import type { KeyProtector } from './seal.ts';
import type { SettingStore } from './settings.ts';
import { openStoreKey } from './store-key.ts';
import { storePaths } from './store-paths.ts';

export interface StoresOptions {
  readonly directory: string;
  readonly protector: KeyProtector;
  readonly random: RandomSource;
  readonly now: () => Date;
  /** Where the search worker's script is after bundling; beside this module by default. */
  readonly searchWorker?: URL;
  /** The user has said, after `store-damaged`, that a database put back from a backup is to be used as it is. */
  readonly acceptRestored?: boolean;
  /** How key files are written; the operating system's calls by default. */
  readonly files?: FileOperations;
}

export interface Stores {
  /**
   * Runs synchronously; everything written in it is durable when the outermost one returns, or nothing is (L-007).
   * Nests: an inner one that throws undoes its own writes only.
   *
   * @throws what `run` throws; StoreError `store-full`, `disk-error`, `store-damaged`.
   */
  transaction<T>(run: () => T): T;
  readonly settings: SettingStore;
  readonly account: AccountStore;
  readonly contacts: ContactStore;
  readonly keys: KeyStore;
  readonly messages: MessageStore;
  readonly journal: JournalStore;
  readonly offlineSecrets: OfflineSecretStore;
  /** Rows that did not open in this run: they are left out of lists, left where they are, and worth a banner (L-023). */
  damage(): readonly DamageReport[];
  /** Destroys every offline key and removes everything of the account; settings stay (S-055 d). */
  eraseAccount(): void;
  /** Ends the search, wipes the keys, closes the database. Nothing may be called afterwards. */
  close(): void;
}

/**
 * Opens the profile's store, or makes it. The caller holds the profile's lock (`lockProfile`).
 *
 * @throws StoreError `locked`, `store-full`, `disk-error`, `store-damaged`, `newer-version`; nothing that is there has
 * been overwritten then. After `store-damaged` the host may call `setStoreAside`, when the user agrees.
 */
export async function openStores(options: StoresOptions): Promise<Stores> {
  prepareProfile(options.directory);
  const { database, databaseLog, key } = storePaths(options.directory);
  const isNew = octetsIn(database) === 0 && octetsIn(databaseLog) === 0;
  if (!isNew) refuseForeign(database);
  const { protector, random, files = systemFiles } = options;
  const root = await openStoreKey(files, key, { protector, random, isNew });
  try {
    return openWith(root, options);
  } finally {
    wipe(root);
  }
}

function refuseForeign(path: string): void {
  const reader = new DatabaseReader(path);
  try {
    assertOpenable(reader, migrations.length);
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
