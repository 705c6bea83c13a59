/**
 * Hiding and verifying an identity (XEP-0116 4.5.4 and 4.6.2, profile 2.5 and 2.6). Mode `key` is the only one of an
 * offline session; live sessions also know `hash` and `none`, through `identity-proof.ts`.
 */
import { concatBytes, equalBytes, fromBase64, fromUtf8, toBase64, utf8 } from '../../../base/bytes.ts';
import { advanceCounter, applyCtr, blocksFor } from '../../../crypto/ctr.ts';
import type { CipherName } from '../../../crypto/ctr.ts';
import { digest, hmac, publicHmac } from '../../../crypto/hash.ts';
import type { HashAlgorithm } from '../../../crypto/hash.ts';
import { minimalOctets } from '../../../crypto/mpi.ts';
import { isAcceptableKey, verifySignature } from '../../../crypto/signature.ts';
import type { PublicKey, SigningKey } from '../../../crypto/signature.ts';
import { elements, isElement, textOf } from '../../../wire/element.ts';
import type { Element } from '../../../wire/element.ts';
import { NS } from '../../../wire/namespaces.ts';
import { parseElement } from '../../../wire/xml-parser.ts';
import { ESessionError } from '../errors.ts';
import { keyValueOf, parseKeyValue } from './key-value.ts';
import type { DirectionKeys } from './keys.ts';

/** How an identity names its key: whole, by its fingerprint, or not at all (`init_pubkey`, `resp_pubkey`). */
export type IdentityMode = 'key' | 'hash' | 'none';

/** What mac_X covers besides the key, for whoever proves an identity. */
export interface IdentityContext {
  /** The nonce of whoever verifies it: N_A for the responder's identity, N_B for the initiator's. It comes first. */
  readonly verifierNonce: Uint8Array;
  readonly proverNonce: Uint8Array;
  /** The prover's public value, d or e: minimal octets. */
  readonly proverPublic: Uint8Array;
  /** form_X and, where there is one, form_X2: normalised without `identity` and `mac`. */
  readonly forms: readonly Uint8Array[];
}

/** The sending direction at one moment. */
export interface IdentityCipher {
  readonly cipher: CipherName;
  readonly hash: HashAlgorithm;
  readonly keys: DirectionKeys;
  /** Before the identity is encrypted: 16 octets. */
  readonly counter: Uint8Array;
}

/** ID_X and M_X, and where the counter stands after it. */
export interface HiddenIdentity {
  readonly hiddenIdentity: Uint8Array;
  readonly hiddenIdentityMac: Uint8Array;
  readonly counter: Uint8Array;
  readonly blocks: number;
}

/** An identity whose signature was not checked yet. */
export interface RevealedIdentity {
  readonly key: PublicKey;
  readonly signature: Uint8Array;
}

/**
 * Signs the exchange and encrypts key and signature (R-092: what is signed is mac_X itself).
 *
 * @param mode - `none` proves nothing but that its writer has the session's keys.
 */
export function hideIdentity(
  signingKey: SigningKey,
  context: IdentityContext,
  cipher: IdentityCipher,
  mode: IdentityMode = 'key',
): HiddenIdentity {
  const plain = identityPlain(signingKey, context, cipher, mode);
  const hiddenIdentity = applyCtr(cipher.cipher, cipher.keys.cipherKey, cipher.counter, plain);
  const blocks = blocksFor(plain.length);
  return {
    hiddenIdentity,
    hiddenIdentityMac: hiddenIdentityMacOf(hiddenIdentity, cipher),
    counter: advanceCounter(cipher.counter, blocks),
    blocks,
  };
}

function identityPlain(
  signingKey: SigningKey,
  context: IdentityContext,
  cipher: IdentityCipher,
  mode: IdentityMode,
): Uint8Array {
  if (mode === 'none') return identityMacOf('', context, cipher);
  const keyValue = keyValueOf(signingKey.publicKey);
  const signature = toBase64(signingKey.sign(identityMacOf(keyValue, context, cipher)));
  // the fingerprint stands for the key in the identity, the key stays in the MAC.
  const named = mode === 'key' ? keyValue : `<fingerprint>${keyDigestOf(keyValue, cipher.hash)}</fingerprint>`;
  return utf8(`${named}<SignatureValue>${signature}</SignatureValue>`);
}

/** True if M_X covers this identity at this counter (check 8). Nothing is decrypted before. */
export function isIdentityIntact(hiddenIdentity: Uint8Array, mac: Uint8Array, cipher: IdentityCipher): boolean {
  return equalBytes(hiddenIdentityMacOf(hiddenIdentity, cipher), mac);
}

/**
 * Decrypts and reads an identity (check 9).
 *
 * @throws ESessionError `bad-identity` or `bad-key` for anything but one canonical key that policy allows, followed
 * by one signature.
 */
export function revealIdentity(hiddenIdentity: Uint8Array, cipher: IdentityCipher): RevealedIdentity {
  const plain = applyCtr(cipher.cipher, cipher.keys.cipherKey, cipher.counter, hiddenIdentity);
  const identity = readUsual(plain) ?? readAny(plain);
  if (!isAcceptableKey(identity.key)) throw badIdentity('a key that policy does not allow');
  return identity;
}

/**
 * Decrypts and reads an identity of mode `hash`.
 *
 * @param known - The keys on file that may stand behind a fingerprint.
 * @returns undefined if none of them does.
 * @throws ESessionError `bad-identity` for anything but one fingerprint followed by one signature.
 */
export function revealHashedIdentity(
  hiddenIdentity: Uint8Array,
  cipher: IdentityCipher,
  known: readonly PublicKey[],
): RevealedIdentity | undefined {
  const [named, signature] = partsOf(applyCtr(cipher.cipher, cipher.keys.cipherKey, cipher.counter, hiddenIdentity));
  const isFingerprint = named.name === 'fingerprint' && (named.ns === '' || named.ns === NS.dsig);
  if (!isFingerprint || elements(named).length > 0) throw badIdentity('no fingerprint');
  const digestText = textOf(named).replace(/[ \t\r\n]+/g, '');
  const key = known.find((candidate) => keyDigestOf(keyValueOf(candidate), cipher.hash) === digestText);
  return key === undefined ? undefined : { key, signature: signatureOf(signature) };
}

/** True if an identity of mode `none` is mac_X itself. */
export function isUnsignedIdentityRight(
  hiddenIdentity: Uint8Array,
  context: IdentityContext,
  cipher: IdentityCipher,
): boolean {
  const plain = applyCtr(cipher.cipher, cipher.keys.cipherKey, cipher.counter, hiddenIdentity);
  return equalBytes(plain, identityMacOf('', context, cipher));
}

/** True if that key signed mac_X of this exchange (check 11). */
export function isIdentitySigned(
  { key, signature }: RevealedIdentity,
  context: IdentityContext,
  cipher: IdentityCipher,
): boolean {
  return verifySignature(key, identityMacOf(keyValueOf(key), context, cipher), signature);
}

/** What `hideIdentity` writes, read without the XML parser, which costs as much as all the other checks together. */
const USUAL =
  /^<KeyValue><RSAKeyValue><Modulus>([\w+/=]+)<\/Modulus><Exponent>AQAB<\/Exponent><\/RSAKeyValue><\/KeyValue><SignatureValue>([\w+/=]+)<\/SignatureValue>$/;

/** @returns undefined unless every octet is as usual: then the parser decides what it is. */
function readUsual(plain: Uint8Array): RevealedIdentity | undefined {
  const text = Buffer.from(plain.buffer, plain.byteOffset, plain.length).toString('latin1');
  const [, modulusText = '', signatureText = ''] = USUAL.exec(text) ?? [];
  const [modulus, signature] = [fromBase64(modulusText), fromBase64(signatureText)];
  const isUsual = modulus !== undefined && signature !== undefined && modulus.length > 0 && modulus[0] !== 0;
  return isUsual ? { key: { modulus, exponent: Uint8Array.of(1, 0, 1) }, signature } : undefined;
}

function readAny(plain: Uint8Array): RevealedIdentity {
  const [key, signature] = partsOf(plain);
  return { key: parseKeyValue(key), signature: signatureOf(signature) };
}

function partsOf(plain: Uint8Array): readonly [Element, Element] {
  const wrapper = parseIdentity(plain);
  const isClean = wrapper.children.every((node) => isElement(node) || /^[ \t\r\n]*$/.test(node));
  const [key, signature, ...more] = elements(wrapper);
  if (!isClean || key === undefined || signature === undefined || more.length > 0) {
    throw badIdentity('not exactly one key and one signature');
  }
  return [key, signature];
}

function parseIdentity(plain: Uint8Array): Element {
  try {
    return parseElement(`<identity>${fromUtf8(plain)}</identity>`);
  } catch (error) {
    throw new ESessionError('bad-identity', 'an identity is no XML', { cause: error });
  }
}

function signatureOf(el: Element): Uint8Array {
  const isSignature = el.name === 'SignatureValue' && (el.ns === '' || el.ns === NS.dsig);
  const signature = isSignature && elements(el).length === 0 ? fromBase64(textOf(el)) : undefined;
  if (signature === undefined || signature.length === 0) throw badIdentity('no signature value');
  return signature;
}

/** mac_X (profile 2.5). */
function identityMacOf(keyValue: string, context: IdentityContext, { hash, keys }: IdentityCipher): Uint8Array {
  const { verifierNonce, proverNonce, proverPublic, forms } = context;
  const octets = concatBytes(verifierNonce, proverNonce, proverPublic, utf8(keyValue), ...forms);
  return hmac(hash, keys.sigmaKey, octets);
}

/** What mode `hash` names a key by: Base64 of HASH over its text (profile 4.1). */
function keyDigestOf(keyValue: string, hash: HashAlgorithm): string {
  return toBase64(digest(hash, utf8(keyValue)));
}

/** M_X: the counter stands *before* the identity, unlike in a stanza's MAC. */
function hiddenIdentityMacOf(hiddenIdentity: Uint8Array, { hash, keys, counter }: IdentityCipher): Uint8Array {
  return publicHmac(hash, keys.macKey, minimalOctets(counter), hiddenIdentity);
}

function badIdentity(what: string): ESessionError {
  return new ESessionError('bad-identity', what);
}
