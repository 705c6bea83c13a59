import { wipe } from '../base/bytes.ts';
import type { RandomSource } from '../crypto/random.ts';
import { AccountTable } from './accounts.ts';
import type { AccountStore } from './accounts.ts';
import { ContactTable } from './contacts.ts';
import type { ContactStore } from './contacts.ts';
import { Damage } from './damage.ts';
import type { DamageReport } from './damage.ts';
import type { Database } from './database.ts';
import { systemFiles } from './durable-file.ts';
import type { FileOperations } from './durable-file.ts';
import { countOpening } from './generation.ts';
import { JournalTable } from './journal.ts';
import type { JournalStore } from './journal.ts';
import { KeyTable } from './keys.ts';
import type { KeyStore } from './keys.ts';
import { MessageTable } from './message-table.ts';
import type { MessageStore } from './messages.ts';
import { OfflineKeyFiles } from './offline-key-files.ts';
import { OfflineRows } from './offline-rows.ts';
import type { Owner } from './offline-rows.ts';
import type { OfflineSecretStore } from './offline-secrets.ts';
import { OfflineSecretTable } from './offline-secret-table.ts';
import { Registers } from './register.ts';
import { RetainedSecretTable } from './retained-secrets.ts';
import type { RetainedSecretStore } from './retained-secrets.ts';
import { derive, Sealer } from './seal.ts';
import type { KeyProtector } from './seal.ts';
import type { Shelf } from './sealed-table.ts';
import { SearchThread } from './search-thread.ts';
import { SettingTable } from './settings.ts';
import type { SettingStore } from './settings.ts';
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
  readonly retainedSecrets: RetainedSecretStore;
  /** Rows that did not open in this run: they are left out of lists, left where they are, and worth a banner (L-023). */
  damage(): readonly DamageReport[];
  /** Destroys every offline key and removes everything of the account; settings stay (S-055 d). */
  eraseAccount(): void;
  /** Ends the search, wipes the keys, closes the database. Nothing may be called afterwards. */
  close(): void;
}

/** The tables over one open database, each with keys of its own. */
export class OpenedStores implements Stores {
  readonly settings: SettingTable;
  readonly account: AccountTable;
  readonly contacts: ContactTable;
  readonly keys: KeyTable;
  readonly messages: MessageTable;
  readonly journal: JournalTable;
  readonly offlineSecrets: OfflineSecretTable;
  readonly retainedSecrets: RetainedSecretTable;
  readonly #database: Database;
  readonly #registers: Registers;
  readonly #damage = new Damage();
  readonly #search: SearchThread;
  readonly #sealers: Sealer[] = [];
  /** Kept for the search worker, which is started when it is first needed. */
  readonly #messagesRoot: Uint8Array;

  /**
   * @param root - The store's key; the caller wipes it.
   * @throws StoreError `store-damaged` if the database is of another time than the file beside it.
   */
  constructor(database: Database, root: Uint8Array, options: StoresOptions) {
    const sealerFor = (purpose: string): Sealer => this.#sealerFrom(derive(root, purpose), options);
    this.#database = database;
    this.#registers = new Registers(database, sealerFor('registers'), this.#damage);
    this.#messagesRoot = derive(root, 'messages');
    this.#search = new SearchThread(options.searchWorker ?? SEARCH_WORKER, () => ({
      path: storePaths(options.directory).database,
      root: this.#messagesRoot,
    }));

    const parts = { database, registers: this.#registers, damage: this.#damage };
    this.settings = new SettingTable(parts, sealerFor('settings'));
    this.#countOpening(sealerFor('generation'), options);
    this.account = new AccountTable(parts, sealerFor('account'));
    const shelf: Shelf = { ...parts, account: () => this.account.address() };
    this.contacts = new ContactTable(shelf, sealerFor('contacts'));
    this.keys = new KeyTable(shelf, sealerFor('keys'));
    this.messages = new MessageTable(shelf, this.#sealerFrom(this.#messagesRoot.slice(), options), this.#search);
    this.journal = new JournalTable(shelf, sealerFor('journal'));
    this.offlineSecrets = this.#offlineSecrets(shelf, sealerFor('offline'), options);
    this.retainedSecrets = new RetainedSecretTable(shelf, sealerFor('retained'));
  }

  transaction<T>(run: () => T): T {
    return this.#database.transaction(run);
  }

  damage(): readonly DamageReport[] {
    return this.#damage.report();
  }

  eraseAccount(): void {
    this.offlineSecrets.eraseAll();
    this.#database.transaction(() => {
      const tables = [this.messages, this.journal, this.contacts, this.keys, this.retainedSecrets];
      for (const table of tables) table.removeAll();
      this.account.remove();
    });
    this.#database.truncateLog();
  }

  close(): void {
    this.#search.close();
    this.offlineSecrets.closeOpened();
    for (const sealer of this.#sealers) sealer.destroy();
    wipe(this.#messagesRoot);
    this.#database.close();
  }

  #sealerFrom(root: Uint8Array, { random }: StoresOptions): Sealer {
    const sealer = new Sealer(root, random);
    wipe(root);
    this.#sealers.push(sealer);
    return sealer;
  }

  #countOpening(sealer: Sealer, { directory, files = systemFiles, acceptRestored = false }: StoresOptions): void {
    const path = storePaths(directory).generation;
    countOpening({ files, path, settings: this.settings, sealer, isTrusted: acceptRestored });
  }

  #offlineSecrets(shelf: Shelf, sealer: Sealer, options: StoresOptions): OfflineSecretTable {
    const { random, now, files = systemFiles } = options;
    return new OfflineSecretTable({
      ...{ shelf, sealer, random, now },
      rows: new OfflineRows(shelf, sealer, () => this.#owner()),
      keyFiles: new OfflineKeyFiles(files, storePaths(options.directory).offlineKeys, options),
    });
  }

  #owner(): Owner {
    const account = this.account.get();
    if (account === undefined) throw new TypeError('there is no account yet');
    return { account: account.address, deviceId: account.deviceId };
  }
}

const SEARCH_WORKER = new URL('./search-worker.ts', import.meta.url);
