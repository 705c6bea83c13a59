/** The profile's one account: address, device, policy, and the password if it is to be remembered. */
import type { BareJid } from '../wire/jid.ts';

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
  /** Allows group 5 (D-3). */
  readonly olderEncryption: boolean;
  /** The SCRAM mechanism of the last login: a weaker offer later is refused. */
  readonly lastServerScramUsed?: string;
}

export interface AccountStore {
  get(): StoredAccount | undefined;
  /**
   * Replaces the account's row.
   *
   * @throws TypeError if another address is stored: everything in a profile is bound to its one account (S-073), so
   * the former account has to be erased first (`Stores.eraseAccount`).
   */
  put(account: StoredAccount): void;
}
