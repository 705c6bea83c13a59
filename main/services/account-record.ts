/** The account that a profile belongs to: made at the first sign-in, and where its server is looked for. */
import { toHex } from '../base/bytes.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { OfflinePolicy, StoredAccount } from '../stores/accounts.ts';
import type { Stores } from '../stores/stores.ts';
import { parseBareJid, type BareJid } from '../wire/jid.ts';
import { WireError } from '../wire/wire-error.ts';
import { CommandError } from './command-error.ts';

/** What applies before anyone has chosen. */
export const DEFAULT_POLICY: OfflinePolicy = { awayKeyDays: 3, backupKeyDays: 7, whoMayWrite: 'contacts' };

/** What of a sign-in decides about the place. */
interface PlaceWish {
  readonly password?: string;
  readonly place?: NonNullable<StoredAccount['place']>;
}

/** @throws CommandError `bad-address` */
export function readAddress(text: string): BareJid {
  try {
    return parseBareJid(text);
  } catch (error) {
    if (error instanceof WireError) throw new CommandError('bad-address', 'An address looks like name@example.org.');
    throw error;
  }
}

/**
 * The profile's account, stored, with the place this sign-in is to use: who types a password decides about it anew;
 * without one, what was kept holds.
 *
 * @throws CommandError `bad-address` if the profile belongs to another address
 */
export function accountToSignIn(
  store: Stores['account'],
  random: RandomSource,
  address: BareJid,
  wish: PlaceWish,
): StoredAccount {
  const { place, ...account } = store.get() ?? newAccount(random, address);
  if (account.address !== address) {
    throw new CommandError('bad-address', `This profile belongs to ${account.address}.`);
  }
  const next = wish.place ?? (wish.password === undefined ? place : undefined);
  const placed = { ...account, ...(next !== undefined && { place: next }) };
  store.put(placed);
  return placed;
}

function newAccount(random: RandomSource, address: BareJid): StoredAccount {
  return {
    address,
    resource: toHex(random.bytes(8)),
    deviceId: toHex(random.bytes(16)),
    remember: false,
    policy: DEFAULT_POLICY,
    olderEncryption: false,
  };
}
