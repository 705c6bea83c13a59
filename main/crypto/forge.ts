/**
 * What node-forge does for us (ruling 2), and its sole importer: the ASN.1 of encrypted PKCS#8 (RFC 5958, RFC 8018,
 * RFC 7914), which is deterministic and holds no secret in clear, and modular powers by its own big numbers, as the
 * fallback where the platform's fail their self test and as third opinion. Its randomness and its signature
 * verification are never used (S-024, S-050, S-179).
 */
import forge from 'node-forge';
import { CryptoError } from './crypto-error.ts';
import { primeHex } from './modp-groups.ts';
import type { ModpPower } from './modp-power.ts';
import { baseOf } from './modp.ts';
import { minimalOctets } from './mpi.ts';

/** Modular powers by jsbn; slower than BigInt by half an order of magnitude. */
export const forgePower: ModpPower = (group, exponent, base) => {
  const { BigInteger } = forge.jsbn;
  const secret = new BigInteger(Buffer.from(exponent).toString('hex'), 16);
  if (secret.signum() === 0) throw new RangeError('an exponent of zero');
  const power = new BigInteger(baseOf(group, base).toString(16), 16).modPow(
    secret,
    new BigInteger(primeHex(group), 16),
  );
  const hex = power.toString(16);
  return minimalOctets(new Uint8Array(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')));
};

/** How the key that encrypts a private key comes from a passphrase. */
export type PassphraseKdf =
  | { readonly kind: 'scrypt'; readonly salt: Uint8Array; readonly N: number; readonly r: number; readonly p: number }
  | { readonly kind: 'pbkdf2'; readonly salt: Uint8Array; readonly iterations: number; readonly hash: PbkdfHash };

export type PbkdfHash = 'sha1' | 'sha256' | 'sha512';
export type PbesCipher = 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc';

/** An EncryptedPrivateKeyInfo under PBES2. */
export interface EncryptedKey {
  readonly kdf: PassphraseKdf;
  readonly cipher: PbesCipher;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** Writes `-----BEGIN ENCRYPTED PRIVATE KEY-----` with scrypt, as S-061 asks. */
export function buildEncryptedKey(key: EncryptedKey & { readonly kdf: { readonly kind: 'scrypt' } }): string {
  const { salt, N, r, p } = key.kdf;
  const kdf = sequence(oid(OIDS.scrypt), sequence(octetString(salt), integer(N), integer(r), integer(p)));
  const cipher = sequence(oid(OIDS[key.cipher]), octetString(key.iv));
  const info = sequence(sequence(oid(OIDS.pbes2), sequence(kdf, cipher)), octetString(key.ciphertext));
  const body = forge.asn1.toDer(info).getBytes();
  return forge.pem.encode({ type: PEM_TYPE, body }, { maxline: 64 }).replaceAll('\r\n', '\n');
}

/**
 * Reads what `buildEncryptedKey` writes, and PBKDF2 as other software writes it. The numbers are not bounded here.
 *
 * @throws CryptoError `bad-export`
 */
export function parseEncryptedKey(pem: string): EncryptedKey {
  try {
    const message = forge.pem.decode(pem).find(({ type }) => type === PEM_TYPE);
    if (message === undefined) throw new TypeError('no encrypted private key');
    const [algorithm, ciphertext] = partsOf(forge.asn1.fromDer(message.body));
    const [scheme, parameters] = partsOf(algorithm);
    if (oidOf(scheme) !== OIDS.pbes2) throw new TypeError('not PBES2');
    const [kdf, encryption] = partsOf(parameters);
    const [cipher, iv] = partsOf(encryption);
    return {
      kdf: parseKdf(kdf),
      cipher: named(CIPHERS, oidOf(cipher)),
      iv: octetsOf(iv),
      ciphertext: octetsOf(ciphertext),
    };
  } catch (error) {
    throw new CryptoError('bad-export', 'no encrypted private key this program reads', { cause: error });
  }
}

type Asn1 = forge.asn1.Asn1;

const PEM_TYPE = 'ENCRYPTED PRIVATE KEY';

const OIDS = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  scrypt: '1.3.6.1.4.1.11591.4.11',
  'aes-128-cbc': '2.16.840.1.101.3.4.1.2',
  'aes-192-cbc': '2.16.840.1.101.3.4.1.22',
  'aes-256-cbc': '2.16.840.1.101.3.4.1.42',
  sha1: '1.2.840.113549.2.7',
  sha256: '1.2.840.113549.2.9',
  sha512: '1.2.840.113549.2.11',
} as const;

const CIPHERS: readonly PbesCipher[] = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'];
const HASHES: readonly PbkdfHash[] = ['sha1', 'sha256', 'sha512'];

function parseKdf(node: Asn1 | undefined): PassphraseKdf {
  const [scheme, parameters] = partsOf(node);
  const [salt, first, second, third] = partsOf(parameters);
  if (oidOf(scheme) === OIDS.scrypt) {
    return { kind: 'scrypt', salt: octetsOf(salt), N: numberOf(first), r: numberOf(second), p: numberOf(third) };
  }
  if (oidOf(scheme) !== OIDS.pbkdf2) throw new TypeError('an unknown key derivation');
  // The key length between them is optional; the hash defaults to SHA-1.
  const prf = [second, third].find((part) => part?.type === forge.asn1.Type.SEQUENCE);
  const hash = prf === undefined ? 'sha1' : named(HASHES, oidOf(partsOf(prf)[0]));
  return { kind: 'pbkdf2', salt: octetsOf(salt), iterations: numberOf(first), hash };
}

function named<Name extends keyof typeof OIDS>(names: readonly Name[], value: string): Name {
  const found = names.find((name) => OIDS[name] === value);
  if (found === undefined) throw new TypeError('an unknown algorithm');
  return found;
}

function sequence(...parts: Asn1[]): Asn1 {
  return forge.asn1.create(forge.asn1.Class.UNIVERSAL, forge.asn1.Type.SEQUENCE, true, parts);
}

function oid(value: string): Asn1 {
  return primitive(forge.asn1.Type.OID, forge.asn1.oidToDer(value).getBytes());
}

function integer(value: number): Asn1 {
  return primitive(forge.asn1.Type.INTEGER, forge.asn1.integerToDer(value).getBytes());
}

function octetString(value: Uint8Array): Asn1 {
  return primitive(forge.asn1.Type.OCTETSTRING, Buffer.from(value).toString('latin1'));
}

function primitive(type: forge.asn1.Type, value: string): Asn1 {
  return forge.asn1.create(forge.asn1.Class.UNIVERSAL, type, false, value);
}

function partsOf(node: Asn1 | undefined): readonly Asn1[] {
  if (node?.type !== forge.asn1.Type.SEQUENCE || typeof node.value === 'string') throw new TypeError('no sequence');
  return node.value;
}

function oidOf(node: Asn1 | undefined): string {
  return forge.asn1.derToOid(bytesOf(node, forge.asn1.Type.OID));
}

function octetsOf(node: Asn1 | undefined): Uint8Array {
  return new Uint8Array(Buffer.from(bytesOf(node, forge.asn1.Type.OCTETSTRING), 'latin1'));
}

function numberOf(node: Asn1 | undefined): number {
  return forge.asn1.derToInteger(bytesOf(node, forge.asn1.Type.INTEGER));
}

function bytesOf(node: Asn1 | undefined, type: forge.asn1.Type): string {
  if (node?.type !== type || typeof node.value !== 'string') throw new TypeError('another type was expected');
  return node.value;
}
