/**
 * Known answers at start, in the runtime that is really there (S-020): Electron's cryptography is not Node's. What
 * fails here is never offered; what the program cannot do without stops it before it touches a key. Platform objects
 * for modular powers are slow to make and prove themselves in their own thread (`modp-worker.ts`).
 */
import { createHash, scryptSync } from 'node:crypto';
import { equalBytes, fromBase64, fromHex, toHex, utf8 } from '../base/bytes.ts';
import { open, seal } from './aead.ts';
import { applyCtr } from './ctr.ts';
import type { CipherName } from './ctr.ts';
import { digest, hmac, sha256 } from './hash.ts';
import type { HashAlgorithm } from './hash.ts';
import { MODP_GROUPS, PRIME_DIGESTS, primeHex } from './modp-groups.ts';
import type { ModpGroup } from './modp-groups.ts';
import { isPowerRight } from './modp-known-answers.ts';
import { bigIntPower, isNativeQuick } from './modp-power.ts';
import { verifySignature } from './signature.ts';
import { loadWhirlpool } from './whirlpool.ts';

/** What can be missing, by the name of its option where it has one. */
export type AlgorithmName =
  HashAlgorithm | 'hmac-sha256' | 'rsa-sha256' | 'aes256-gcm' | 'scrypt' | CipherName | `modp${ModpGroup}`;

export interface Probe {
  readonly name: AlgorithmName;
  /** Compares with the known answer; may throw, which counts as a wrong one. */
  readonly isRight: () => boolean;
}

export interface SelfTestReport {
  /** Everything that was asked, in order. */
  readonly checks: readonly { readonly name: AlgorithmName; readonly passed: boolean }[];
  /** What must not be offered or used in this run. */
  readonly missing: readonly AlgorithmName[];
  /** False: stop before touching keys. */
  readonly isUsable: boolean;
  /** How powers are computed where no platform object serves; `platform` if those are there from the start. */
  readonly modularPower: 'platform' | 'bigint' | 'node-forge';
  /** For the diagnostics page. */
  readonly runtime: Readonly<Record<string, string>>;
}

/** Loads what is not the platform's, then computes every known answer; some 20 ms. */
export async function runSelfTest(probes: readonly Probe[] = PROBES): Promise<SelfTestReport> {
  await loadWhirlpool();
  const checks = probes.map((probe) => ({ name: probe.name, passed: passes(probe) }));
  const missing = checks.filter(({ passed }) => !passed).map(({ name }) => name);
  const present = checks.filter(({ passed }) => passed).map(({ name }) => name);
  const isBigIntRight = isPowerRight(bigIntPower, 5) && isPowerRight(bigIntPower, 15);
  const portable = isBigIntRight ? 'bigint' : 'node-forge';
  return {
    checks,
    missing,
    isUsable: ESSENTIAL.every((name) => present.includes(name)),
    modularPower: isNativeQuick ? 'platform' : portable,
    runtime: runtimeNames(),
  };
}

/** Without these there is no session that the profile allows, or no store. */
const ESSENTIAL: readonly AlgorithmName[] = [
  'sha256',
  'hmac-sha256',
  'rsa-sha256',
  'aes256-gcm',
  'scrypt',
  'aes256-ctr',
  'aes128-ctr',
  'modp14',
  'modp15',
];

export const PROBES: readonly Probe[] = [
  { name: 'sha256', isRight: () => toHex(sha256(utf8('abc'))) === SHA256_ABC },
  { name: 'hmac-sha256', isRight: () => toHex(hmac('sha256', utf8('Jefe'), utf8(JEFE_DATA))) === HMAC_JEFE },
  { name: 'whirlpool', isRight: isWhirlpoolRight },
  { name: 'rsa-sha256', isRight: isRsaRight },
  { name: 'aes256-gcm', isRight: isGcmRight },
  { name: 'scrypt', isRight: isScryptRight },
  { name: 'aes256-ctr', isRight: () => isCtrRight('aes256-ctr') },
  { name: 'aes192-ctr', isRight: () => isCtrRight('aes192-ctr') },
  { name: 'aes128-ctr', isRight: () => isCtrRight('aes128-ctr') },
  ...MODP_GROUPS.map((group): Probe => ({ name: `modp${group}`, isRight: () => isPrimeRight(group, primeHex(group)) })),
];

/** S-014: the compiled-in prime is the one of RFC 3526. */
export function isPrimeRight(group: ModpGroup, prime: string): boolean {
  return createHash('sha256').update(fromHex(prime)).digest('hex') === PRIME_DIGESTS[group];
}

function passes(probe: Probe): boolean {
  try {
    return probe.isRight();
  } catch {
    return false;
  }
}

/** FIPS 180-4 and RFC 4231 case 2. */
const SHA256_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const JEFE_DATA = 'what do ya want for nothing?';
const HMAC_JEFE = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';

/** ISO/IEC 10118-3, over "abc". */
const WHIRLPOOL_ABC =
  '4e2448a4c6f486bb16b6562c73b4020bf3043e3a731bce721ae1b303d97e6d4c' +
  '7181eebdb6c57e277d0e34957114cbd6c797fc9d95d8b582d225292076d4eef5';

function isWhirlpoolRight(): boolean {
  return toHex(digest('whirlpool', utf8('abc'))) === WHIRLPOOL_ABC;
}

/** NIST SP 800-38A F.5: first block of each key length. */
const CTR_COUNTER = 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff';
const CTR_PLAIN = '6bc1bee22e409f96e93d7e117393172a';
const CTR_CASES: Readonly<Record<CipherName, { readonly key: string; readonly ciphertext: string }>> = {
  'aes128-ctr': { key: '2b7e151628aed2a6abf7158809cf4f3c', ciphertext: '874d6191b620e3261bef6864990db6ce' },
  'aes192-ctr': {
    key: '8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b',
    ciphertext: '1abc932417521ca24f2b0459fe7e6e0b',
  },
  'aes256-ctr': {
    key: '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
    ciphertext: '601ec313775789a5b7a7f504bbf3d228',
  },
};

function isCtrRight(cipher: CipherName): boolean {
  const { key, ciphertext } = CTR_CASES[cipher];
  return toHex(applyCtr(cipher, fromHex(key), fromHex(CTR_COUNTER), fromHex(CTR_PLAIN))) === ciphertext;
}

/** The GCM specification's test case 14: key, nonce and one block of zeros. */
const GCM_SEALED = 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919';

function isGcmRight(): boolean {
  const zeros = { bytes: (length: number) => new Uint8Array(length) };
  const [key, block, none] = [new Uint8Array(32), new Uint8Array(16), new Uint8Array(0)];
  const sealed = seal(key, block, none, zeros);
  const opened = open(key, sealed, none);
  return toHex(sealed.subarray(12)) === GCM_SEALED && opened !== undefined && equalBytes(opened, block);
}

/** RFC 7914 section 12, first case. */
const SCRYPT_EMPTY =
  '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442' +
  'fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906';

function isScryptRight(): boolean {
  return scryptSync('', '', 64, { N: 16, r: 1, p: 1 }).toString('hex') === SCRYPT_EMPTY;
}

/** A signature made once with a key of the public test vectors; over anything else it must not verify. */
function isRsaRight(): boolean {
  const modulus = fromBase64(RSA_MODULUS) ?? new Uint8Array();
  const signature = fromBase64(RSA_SIGNATURE) ?? new Uint8Array();
  const key = { modulus, exponent: Uint8Array.of(1, 0, 1) };
  const message = utf8('Nightlatch self test');
  return verifySignature(key, message, signature) && !verifySignature(key, message.subarray(1), signature);
}

const RSA_MODULUS = [
  's7NM76QuRez3ZSkPsAuz5jykuZ7IDUQ1XqTOVW4kcgLGOGwkc4lUsNF2xMOvDUG19CIdf+YrcI36p29lR0XwPqN8vcIGNTihi3sUNB2acbss',
  'OF1x2Bk31BlK80deh59PtYsag1pCHZPJMVmciDMuvIwEHFpsPgSLj27IzFhek0UNuLjEFrTTBEBHJ4B+4GbejJSCv5qoN+m45q/e/lhpqDUq',
  'guoO2qO2/6pyqdTbb8q10QiuAA8iCK/oieyBn6R0wX57n+ocCr4stuP9zNkPco7bDzTWoLbhpUKbX9zuzkp/dYlSug7Ifgw7qC9QRXE0Cpp6',
  'nRMEi1m16u/ICt9Dyw==',
].join('');

const RSA_SIGNATURE = [
  'iYV5Sokw6k1RWWp77CdQUjGRjIyaAzNXgZ74ukvClYTtKvDkySq09UYSkH+OwaBeYVoC3mc80OouA4jjo8QUShpscN/LJz/C8ZWeWchLrkfh',
  'WzJU4JUIZ0w0eWSzuopDOW2danHDwbeaMdJV5FpFu9buu4PRdLQ99qPUEVfNyiznwdA5T6r16iTUB7ZgwH7L8GlXlJaHWET6F0+adLaecltc',
  'GL1hI+wKe4Pw3GK1L/v4b/IAII21prRm3axUFic4crSUJPzUqVHM0V9XKV08X3MEzDEBv5lgL3DpJ1K4vjhttqJ7lrAE/YoyPSebhE3fQp0m',
  'TivjD+p9+AVFdGnXbQ==',
].join('');

function runtimeNames(): Readonly<Record<string, string>> {
  const { node, openssl, v8 } = process.versions;
  const electron: Readonly<Record<string, string | undefined>> = process.versions;
  return { node, openssl, v8, electron: electron['electron'] ?? 'none' };
}
