/** How strongly an account must log in: never weaker than the last time without the user's word (S-086). */
import type { StoredAccount } from '../stores/accounts.ts';

const WEAKEST_SCRAM = 'SCRAM-SHA-1';

/**
 * @param isTyped - Someone has just typed the password, which is a word for this server; it is none for showing it the
 * password itself, once the account has logged in without that.
 * @returns the mechanism that is the least acceptable; undefined if any is.
 */
export function leastMechanism(account: StoredAccount, isTyped: boolean): string | undefined {
  return isTyped && account.lastServerScramUsed !== undefined ? WEAKEST_SCRAM : account.lastServerScramUsed;
}

/** @returns the account as it is to be kept after a login by that mechanism; undefined if nothing changes. */
export function afterLogin(account: StoredAccount, mechanism: string): StoredAccount | undefined {
  if (!mechanism.startsWith('SCRAM-') || account.lastServerScramUsed === mechanism) return undefined;
  return { ...account, lastServerScramUsed: mechanism };
}
