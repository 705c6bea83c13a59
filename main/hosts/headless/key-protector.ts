import { join } from 'node:path';
import { concatBytes, equalBytes, utf8 } from '../../base/bytes.ts';
import { open, seal } from '../../crypto/aead.ts';
import { deriveKeyFromPassphrase } from '../../crypto/kdf.ts';
import type { RandomSource } from '../../crypto/random.ts';
import { systemFiles, writeDurably } from '../../stores/durable-file.ts';
import type { KeyProtector } from '../../stores/seal.ts';
import { StoreError } from '../../stores/store-error.ts';
import { readOwnFile } from '../own-file.ts';
import type { Passphrase } from './passphrase.ts';
import { StartError } from './start-error.ts';

/** Says how the key is made from the passphrase, and proves that it is the right one. */
const PARAMETERS_FILE = 'passphrase-parameters';
const MAGIC = utf8('nightlatch headless seal 1\n');
const PROOF_PURPOSE = utf8('nightlatch headless passphrase proof');
const PROOF = utf8('this passphrase is right');
const SALT_OCTETS = 16;

/** In front of every wrapped key: the desktop's protector refuses it, as this one refuses the desktop's (S-165). */
const WRAPPED_MAGIC = utf8('nightlatch headless key 1\n');
const WRAP_PURPOSE = utf8('nightlatch headless wrapped key');

/** 128 MiB for a person's passphrase (S-061); what lies in the profile beside the lock is 256 random bits already. */
const LOG_N = { file: 17, profile: 14 } as const;

/**
 * Guards the profile's keys with a passphrase: scrypt, then AES-256-GCM. The parameters are made with the profile.
 *
 * @throws StartError `locked` if the passphrase is not the profile's, or its parameters are damaged.
 */
export async function createPassphraseProtector(
  directory: string,
  passphrase: Passphrase,
  random: RandomSource,
): Promise<KeyProtector> {
  const key = await obtainKey(directory, passphrase, random);
  return {
    name: passphrase.origin === 'file' ? 'passphrase' : 'passphrase-in-profile',
    protects: passphrase.origin === 'file',
    wrap: (plain) => Promise.resolve(concatBytes(WRAPPED_MAGIC, seal(key, plain, WRAP_PURPOSE, random))),
    unwrap: (wrapped) => unwrap(key, wrapped),
  };
}

/** Has this profile's key been made? */
export function hasPassphraseKey(directory: string): boolean {
  return systemFiles.exists(join(directory, PARAMETERS_FILE));
}

async function unwrap(key: Uint8Array, wrapped: Uint8Array): Promise<Uint8Array> {
  const isOurs = equalBytes(wrapped.subarray(0, WRAPPED_MAGIC.length), WRAPPED_MAGIC);
  const plain = isOurs ? open(key, wrapped.subarray(WRAPPED_MAGIC.length), WRAP_PURPOSE) : undefined;
  if (plain === undefined) throw new StoreError('locked', 'the key was not wrapped with this passphrase');
  return Promise.resolve(plain);
}

async function obtainKey(directory: string, passphrase: Passphrase, random: RandomSource): Promise<Uint8Array> {
  const path = join(directory, PARAMETERS_FILE);
  const parameters = readOwnFile(path);
  if (parameters === undefined) return makeKey(path, passphrase, random);
  const { logN, salt, proof } = readParameters(parameters);
  const key = await deriveKeyFromPassphrase(passphrase.text, salt, { N: 2 ** logN });
  const opened = open(key, proof, PROOF_PURPOSE);
  if (opened === undefined) throw new StartError('locked', "The passphrase is not this profile's.");
  return key;
}

async function makeKey(path: string, passphrase: Passphrase, random: RandomSource): Promise<Uint8Array> {
  const logN = LOG_N[passphrase.origin];
  const salt = random.bytes(SALT_OCTETS);
  const key = await deriveKeyFromPassphrase(passphrase.text, salt, { N: 2 ** logN });
  const proof = seal(key, PROOF, PROOF_PURPOSE, random);
  writeDurably(systemFiles, path, concatBytes(MAGIC, new Uint8Array([logN]), salt, proof));
  return key;
}

function readParameters(file: Uint8Array): { logN: number; salt: Uint8Array; proof: Uint8Array } {
  const body = file.subarray(MAGIC.length);
  const logN = body[0] ?? 0;
  const isOurs = equalBytes(file.subarray(0, MAGIC.length), MAGIC) && body.length > 1 + SALT_OCTETS;
  // Bounds keep a damaged octet from asking for all the memory there is.
  if (!isOurs || logN < LOG_N.profile || logN > 20) {
    throw new StartError('locked', "The profile's passphrase parameters are damaged.");
  }
  return { logN, salt: body.subarray(1, 1 + SALT_OCTETS), proof: body.subarray(1 + SALT_OCTETS) };
}
