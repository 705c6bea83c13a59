/**
 * The signing key on its way out of and into the program: encrypted PKCS#8 (RFC 5958) under a passphrase. We write
 * PBES2 with scrypt and AES-256-CBC (S-061) and read PBKDF2 as well.
 */
import { createCipheriv, createDecipheriv, pbkdf2 } from 'node:crypto';
import { utf8, wipe } from '../base/bytes.ts';
import { CryptoError } from './crypto-error.ts';
import { buildEncryptedKey, parseEncryptedKey } from './forge.ts';
import type { EncryptedKey, PassphraseKdf, PbesCipher } from './forge.ts';
import { EXPORT_COST, SCRYPT_BLOCK_SIZE, deriveScrypt } from './kdf.ts';
import type { RandomSource } from './random.ts';
import { importSigningKey } from './signature.ts';

/**
 * Encrypts a signing key for export.
 *
 * @param pkcs8 - DER of a sound key.
 * @returns PEM text, `ENCRYPTED PRIVATE KEY`.
 * @throws CryptoError `bad-key`
 */
export async function exportSigningKey(pkcs8: Uint8Array, passphrase: string, random: RandomSource): Promise<string> {
  importSigningKey(pkcs8);
  const kdf = { kind: 'scrypt', salt: random.bytes(16), N: EXPORT_COST.N, r: SCRYPT_BLOCK_SIZE, p: 1 } as const;
  const iv = random.bytes(16);
  const key = await deriveKey(kdf, passphrase, 'aes-256-cbc');
  try {
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    const ciphertext = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
    return buildEncryptedKey({ kdf, cipher: 'aes-256-cbc', iv, ciphertext });
  } finally {
    wipe(key);
  }
}

/**
 * Decrypts an exported signing key.
 *
 * @returns PKCS#8 in DER of a key that `importSigningKey` takes; the caller seals and wipes it.
 * @throws CryptoError `bad-export` for a text that is no such export or asks for more work than any honest one,
 * `bad-passphrase` if it does not open, `bad-key` if what opens is no key of our policy.
 */
export async function importExportedKey(pem: string, passphrase: string): Promise<Uint8Array> {
  if (pem.length > MAX_EXPORT_LENGTH) throw new CryptoError('bad-export', 'too long for an exported key');
  const encrypted = parseEncryptedKey(pem);
  assertBounded(encrypted.kdf);
  const key = await deriveKey(encrypted.kdf, passphrase, encrypted.cipher);
  try {
    const pkcs8 = decrypt(encrypted, key);
    importSigningKey(pkcs8);
    return pkcs8;
  } finally {
    wipe(key);
  }
}

/** What an 8192-bit key needs, with room. */
const MAX_EXPORT_LENGTH = 32 * 1024;
const MAX_SCRYPT_OCTETS = 1024 * 1024 * 1024;
const MAX_SCRYPT_PARALLELISM = 16;
const MAX_PBKDF2_ITERATIONS = 10_000_000;

const KEY_OCTETS: Readonly<Record<PbesCipher, number>> = { 'aes-128-cbc': 16, 'aes-192-cbc': 24, 'aes-256-cbc': 32 };

/** A hostile file must not be able to stop the program by asking for memory or time (S-101). */
function assertBounded(kdf: PassphraseKdf): void {
  const isBounded = kdf.kind === 'scrypt' ? isScryptBounded(kdf) : isWithin(kdf.iterations, MAX_PBKDF2_ITERATIONS);
  if (!isBounded) throw new CryptoError('bad-export', 'asks for more work than any honest export');
}

function isScryptBounded({ N, r, p }: { readonly N: number; readonly r: number; readonly p: number }): boolean {
  const isPowerOfTwo = N > 1 && Number.isInteger(Math.log2(N));
  return isPowerOfTwo && isWithin(r, 64) && isWithin(p, MAX_SCRYPT_PARALLELISM) && 128 * N * r <= MAX_SCRYPT_OCTETS;
}

function isWithin(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

async function deriveKey(kdf: PassphraseKdf, passphrase: string, cipher: PbesCipher): Promise<Uint8Array> {
  const length = KEY_OCTETS[cipher];
  if (kdf.kind === 'scrypt') return deriveScrypt(passphrase, kdf.salt, { N: kdf.N, r: kdf.r, p: kdf.p }, length);
  const secret = utf8(passphrase);
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      pbkdf2(secret, kdf.salt, kdf.iterations, length, kdf.hash, (error, key) => {
        if (error instanceof Error) reject(error);
        else resolve(key);
      });
    });
  } finally {
    wipe(secret);
  }
}

/** A wrong key shows in the padding, or in what is no private key: CBC has no tag. */
function decrypt({ cipher, iv, ciphertext }: EncryptedKey, key: Uint8Array): Uint8Array {
  try {
    const decipher = createDecipheriv(cipher, key, iv);
    const plain = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    if (plain[0] !== DER_SEQUENCE) throw new TypeError('no PKCS#8');
    return new Uint8Array(plain);
  } catch (error) {
    throw new CryptoError('bad-passphrase', 'the passphrase does not open this key', { cause: error });
  }
}

const DER_SEQUENCE = 0x30;
