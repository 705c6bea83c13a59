/** Key values and fingerprints (XEP-0116 8.3, profile 4.1). RSA only. */
import { fromBase64, toBase64, toHex, utf8 } from '../../../base/bytes.ts';
import { sha256 } from '../../../crypto/hash.ts';
import { minimalOctets } from '../../../crypto/mpi.ts';
import type { PublicKey } from '../../../crypto/signature.ts';
import { elements, textOf } from '../../../wire/element.ts';
import type { Element } from '../../../wire/element.ts';
import { NS } from '../../../wire/namespaces.ts';
import { ESessionError } from '../errors.ts';
import { normalize } from './normalize.ts';

/** pubKey_X: the one text of a key, without white space or namespace. Written once per value: ours is asked for often. */
export function keyValueOf(key: PublicKey): string {
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = writeKeyValue(key);
  texts.set(key, text);
  return text;
}

const texts = new WeakMap<PublicKey, string>();

function writeKeyValue(key: PublicKey): string {
  const modulus = toBase64(minimalOctets(key.modulus));
  const exponent = toBase64(minimalOctets(key.exponent));
  return `<KeyValue><RSAKeyValue><Modulus>${modulus}</Modulus><Exponent>${exponent}</Exponent></RSAKeyValue></KeyValue>`;
}

/** SHA-256 of `keyValueOf`: 64 hexadecimal digits. Computed from the key, never read from a message (S-025). */
export function fingerprintOf(key: PublicKey): string {
  return toHex(sha256(utf8(keyValueOf(key))));
}

/**
 * Reads `<KeyValue/>`, with no namespace or that of XML Signature.
 *
 * @returns the key as it was sent; whether it may be used is `isAcceptableKey`.
 * @throws ESessionError `bad-key` if its normalised form differs from the one rebuilt from its integers, so that a
 * key has one fingerprint.
 */
export function parseKeyValue(el: Element): PublicKey {
  const [modulus, exponent] = elements(only(el, 'RSAKeyValue')).map(integerOf);
  if (el.name !== 'KeyValue' || modulus === undefined || exponent === undefined) throw badKey('not an RSA key value');
  assertNamespaces(el);
  const key = { modulus, exponent };
  if (normalize(el) !== keyValueOf(key)) throw badKey('the key value is not canonical');
  return key;
}

function only(parent: Element, name: string): Element {
  const [found] = elements(parent);
  if (found?.name !== name) throw badKey(`no ${name}`);
  return found;
}

function integerOf(el: Element): Uint8Array {
  const octets = fromBase64(textOf(el));
  if (octets === undefined || octets.length === 0) throw badKey('an integer is not Base64');
  return minimalOctets(octets);
}

function assertNamespaces(el: Element): void {
  if (el.ns !== '' && el.ns !== NS.dsig) throw badKey('a key value of another namespace');
  for (const part of elements(el)) assertNamespaces(part);
}

function badKey(what: string): ESessionError {
  return new ESessionError('bad-key', what);
}
