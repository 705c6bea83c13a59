/** The plain text of a stanza (XEP-0200 §5 and §6, profile 2.7): elements to padded octets and back. */
import { fromUtf8, utf8 } from '../../base/bytes.ts';
import { serialize } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { WireError } from '../../wire/wire-error.ts';
import { parseContent } from '../../wire/xml-parser.ts';

/**
 * Writes what is protected, padded with spaces to a multiple of 64 octets (S-044).
 *
 * @throws TypeError if the content holds what is never encrypted.
 */
export function writeProtected(content: readonly Element[]): Uint8Array {
  if (content.some(isUnprotected)) throw new TypeError('the content holds an element that is never encrypted');
  return utf8(pad(content.map((el) => serialize(el, NS.client)).join('')));
}

/** Reads it back, without what has no meaning inside (profile 3.7); undefined if it is no UTF-8 or no XML. */
export function readProtected(plain: Uint8Array): readonly Element[] | undefined {
  try {
    return parseContent(fromUtf8(plain)).filter((el) => !isUnprotected(el));
  } catch (error) {
    // The sender's doing, since the MAC holds.
    if (error instanceof WireError || error instanceof TypeError) return undefined;
    throw error;
  }
}

const PADDED_TO = 64;

/** trailing spaces, of one octet each, mean nothing to the reader. */
function pad(text: string): string {
  const octets = Buffer.byteLength(text);
  return text + ' '.repeat((PADDED_TO - (octets % PADDED_TO)) % PADDED_TO);
}

/** What is for servers or for the session itself, and has no meaning inside (§5, R-046, R-152). */
function isUnprotected({ name, ns }: Element): boolean {
  return UNPROTECTED.has(`${name} ${ns}`);
}

const UNPROTECTED: ReadonlySet<string> = new Set([
  `thread ${NS.client}`,
  `error ${NS.client}`,
  `amp ${NS.amp}`,
  `c ${NS.encrypted}`,
  `init ${NS.esessionInit}`,
]);
