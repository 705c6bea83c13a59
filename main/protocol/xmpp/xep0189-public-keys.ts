/**
 * XEP-0189: Public Key Publishing, version 0.14 (2010-07-15).
 * https://xmpp.org/extensions/xep-0189.html
 *
 * Covers §3 (the key format, RSA only) and, with `xep0163-pep.ts`, §6 (publishing and fetching it). Left out: §4 and §5
 * (attestation and revocation, ruling 16), §7 (direct requests), and the older format of 0.7.
 */
import { equalBytes, fromBase64, toBase64, toHex, utf8 } from '../../base/bytes.ts';
import { formatDateTime, parseDateTime } from '../../base/time.ts';
import { sha256 } from '../../crypto/hash.ts';
import type { PublicKey } from '../../crypto/signature.ts';
import { child, childText, element } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { tryParseJid } from '../../wire/jid.ts';
import type { BareJid } from '../../wire/jid.ts';
import { NS } from '../../wire/namespaces.ts';

export interface PublishedKey extends PublicKey {
  readonly begin: Date;
  readonly end: Date;
}

/** The item's payload for a key of ours. */
export function buildPubkey(p: {
  readonly key: PublicKey;
  readonly begin: Date;
  readonly end: Date;
  readonly jid: BareJid;
}): Element {
  const [begin, end] = [formatDateTime(p.begin), formatDateTime(p.end)];
  const [modulus, exponent] = [toDecimal(p.key.modulus), toDecimal(p.key.exponent)];
  const print = toBase64(printOf(begin, end, p.jid, modulus, exponent));
  return part(
    'pubkey',
    part('begin', begin),
    part('end', end),
    part('jid', p.jid),
    part(
      'rsakey',
      part('modulus', modulus),
      part('publicExponent', exponent),
      element('print', NS.pubkey, { algo: 'sha-256' }, print),
    ),
  );
}

/**
 * Reads an item that `jid` has published.
 *
 * @returns undefined for a key that must not be used (profile 4.2): of somebody else, outside its time, with a print
 * that does not match, or not an RSA key at all.
 */
export function parsePubkey(pubkey: Element, jid: BareJid, now: Date): PublishedKey | undefined {
  const rsakey = child(pubkey, 'rsakey', NS.pubkey);
  if (pubkey.name !== 'pubkey' || pubkey.ns !== NS.pubkey || rsakey === undefined) return undefined;
  const [beginText, endText, owner] = [textIn(pubkey, 'begin'), textIn(pubkey, 'end'), textIn(pubkey, 'jid')];
  const [modulusText, exponentText] = [textIn(rsakey, 'modulus'), textIn(rsakey, 'publicExponent')];
  if (tryParseJid(owner) !== jid) return undefined;
  if (!isPrinted(rsakey, printOf(beginText, endText, owner, modulusText, exponentText))) return undefined;
  const [begin, end] = [parseDateTime(beginText), parseDateTime(endText)];
  const [modulus, exponent] = [fromDecimal(modulusText), fromDecimal(exponentText)];
  if (begin === undefined || end === undefined || now < begin || now > end) return undefined;
  return modulus === undefined || exponent === undefined ? undefined : { modulus, exponent, begin, end };
}

/** over the strings as they are written. */
function printOf(...texts: readonly string[]): Uint8Array {
  return sha256(utf8(texts.join('')));
}

function isPrinted(rsakey: Element, expected: Uint8Array): boolean {
  const isSha256 = child(rsakey, 'print', NS.pubkey)?.attrs['algo'] === 'sha-256';
  const print = fromBase64(textIn(rsakey, 'print'));
  return isSha256 && print !== undefined && equalBytes(print, expected);
}

function part(name: string, ...content: readonly (Element | string)[]): Element {
  return element(name, NS.pubkey, {}, ...content);
}

function textIn(parent: Element, name: string): string {
  return (childText(parent, name, NS.pubkey) ?? '').replace(/[ \t\r\n]+/g, '');
}

function toDecimal(octets: Uint8Array): string {
  return BigInt(`0x0${toHex(octets)}`).toString(10);
}

/** Enough for 16,384 bits. A longer number is no key of anybody's, and reading it takes time that grows faster than it. */
const MAX_DIGITS = 4_933;

/** @returns minimal big-endian octets; undefined unless it is a positive number without leading zeros. */
function fromDecimal(text: string): Uint8Array | undefined {
  if (text.length > MAX_DIGITS || !/^[1-9]\d*$/.test(text)) return undefined;
  const hex = BigInt(text).toString(16);
  return new Uint8Array(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}
