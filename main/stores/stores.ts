/** Everything that survives a restart, opened as one. */
import type { RandomSource } from '../crypto/random.ts';
import type { AccountStore } from './accounts.ts';
import type { ContactStore } from './contacts.ts';
import type { JournalStore } from './journal.ts';
import type { KeyStore } from './keys.ts';
import type { MessageStore } from './messages.ts';
import type { OfflineSecretStore } from './offline-secrets.ts';
import type { KeyProtector } from './seal.ts';
import type { SettingStore } from './settings.ts';

export interface StoresOptions {
  readonly directory: string;
  readonly protector: KeyProtector;
  readonly random: RandomSource;
  readonly now: () => Date;
  /** Where the search worker's script is after bundling; beside this module by default. */
  readonly searchWorker?: URL;
}

export interface Stores {
  /**
   * Runs synchronously; everything written in it is durable when the outermost one returns, or nothing is (L-007).
   * Nests: an inner one that throws undoes its own writes only.
   *
   * @throws what `run` throws; StoreError `store-full`, `store-damaged`.
   */
  transaction<T>(run: () => T): T;
  readonly settings: SettingStore;
  readonly account: AccountStore;
  readonly contacts: ContactStore;
  readonly keys: KeyStore;
  readonly messages: MessageStore;
  readonly journal: JournalStore;
  readonly offlineSecrets: OfflineSecretStore;
  /** Destroys every offline key and removes everything of the account (S-055 d). */
  eraseAccount(): void;
  close(): void;
}

/**
 * Opens the profile's store, or makes it.
 *
 * @throws StoreError `locked`, `store-full`, `store-damaged`, `newer-version`; nothing is overwritten then.
 */
export function openStores(options: StoresOptions): Promise<Stores> {
  return Promise.reject(new TypeError(`not yet: ${options.directory}`));
}
