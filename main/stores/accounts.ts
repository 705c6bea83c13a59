/** The profile's one account: address, device, policy, and the password if it is to be remembered. */
import type { BareJid } from '../wire/jid.ts';
import type { Sealer } from './seal.ts';
import { NO_GROUP, SealedTable } from './sealed-table.ts';
import type { Shelf } from './sealed-table.ts';
import { StoreError } from './store-error.ts';

/** What the user decided about offline keys (ruling 6). */
export interface OfflinePolicy {
  readonly awayKeyDays: 1 | 3 | 7;
  readonly backupKeyDays: 3 | 7 | 14;
  readonly whoMayWrite: 'contacts' | 'anyone' | 'nobody';
}

export interface StoredAccount {
  readonly address: BareJid;
  /** Asked for at each bind: 64 random bits in hex, made once per installation; later, what the server gave. */
  readonly resource: string;
  /** 128 random bits in hex: tells a copied profile from this one (L-070); bound into every offline record (S-053). */
  readonly deviceId: string;
  readonly password?: string;
  readonly remember: boolean;
  readonly policy: OfflinePolicy;
  /** Where to connect instead of what DNS says. */
  readonly place?: { readonly host: string; readonly port: number; readonly directTls: boolean };
  /** Allows group 5 (D-3). */
  readonly olderEncryption: boolean;
  /** The SCRAM mechanism of the last login: a weaker offer later is refused. */
  readonly lastServerScramUsed?: string;
}

export interface AccountStore {
  /** @throws StoreError `store-damaged` if the row is not as it was written; `put` with the same address mends it. */
  get(): StoredAccount | undefined;
  /**
   * Replaces the account's row.
   *
   * @throws TypeError if another address is stored: everything in a profile is bound to its one account (S-073), so
   * the former account has to be erased first (`Stores.eraseAccount`).
   */
  put(account: StoredAccount): void;
}

export class AccountTable implements AccountStore {
  readonly #table: SealedTable<StoredAccount>;
  readonly #row: Uint8Array;
  /** As it was last read or written: its address is asked for with every sealed row, and with every letter. */
  #known: StoredAccount | undefined;

  constructor(shelf: Omit<Shelf, 'account'>, sealer: Sealer) {
    this.#table = new SealedTable({ ...shelf, account: () => '' }, 'account', sealer);
    this.#row = sealer.tag('account', 'the one');
    shelf.database.attach({ flush: () => undefined, drop: () => (this.#known = undefined) });
  }

  get(): StoredAccount | undefined {
    return (this.#known ??= this.#table.get(NO_GROUP, this.#row));
  }

  put(account: StoredAccount): void {
    const former = this.#former();
    if (former !== undefined && former !== account.address) throw new TypeError('the profile has another account');
    this.#table.put({ group: NO_GROUP, row: this.#row }, account);
    this.#known = account;
  }

  /** The address everything else is bound to. @throws TypeError if there is no account yet. */
  address(): BareJid {
    const address = this.get()?.address;
    if (address === undefined) throw new TypeError('there is no account yet');
    return address;
  }

  /** A row that is damaged is mended by writing it again: with another address nothing of the profile would open. */
  #former(): BareJid | undefined {
    try {
      return this.get()?.address;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'store-damaged') return undefined;
      throw error;
    }
  }

  remove(): void {
    this.#table.remove(NO_GROUP, this.#row);
    this.#known = undefined;
  }
}
