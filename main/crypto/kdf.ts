import { scrypt } from 'node:crypto';
import { utf8, wipe } from '../base/bytes.ts';
import { plainOctets } from './octets.ts';

/** How hard a guess is; the block size is 8 and the parallelism 1 throughout. */
export interface ScryptCost {
  /** A power of two; 2^17 or more for anything that leaves the machine (S-061). */
  readonly N: number;
}

/** What S-061 asks for: 128 MiB and about half a second. */
export const EXPORT_COST: ScryptCost = { N: 2 ** 17 };

export const SCRYPT_BLOCK_SIZE = 8;

/**
 * A 256-bit key from what a person typed (RFC 7914), off the main thread.
 *
 * @returns 32 octets the caller owns and wipes.
 */
export function deriveKeyFromPassphrase(passphrase: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
  return deriveScrypt(passphrase, salt, { N: cost.N, r: SCRYPT_BLOCK_SIZE, p: 1 }, 32);
}

/** scrypt with every parameter; the caller has bounded them. */
export async function deriveScrypt(
  passphrase: string,
  salt: Uint8Array,
  cost: { readonly N: number; readonly r: number; readonly p: number },
  length: number,
): Promise<Uint8Array> {
  const secret = utf8(passphrase);
  // The platform's default limit is 32 MiB; what is needed is 128 * N * r and a little.
  const options = { ...cost, maxmem: 128 * (cost.N + cost.p + 2) * cost.r + 1024 * 1024 };
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      scrypt(secret, salt, length, options, (error, key) => {
        if (error instanceof Error) reject(error);
        else resolve(plainOctets(key));
      });
    });
  } finally {
    wipe(secret);
  }
}
