/** Addresses (RFC 7622), as two distinct types so that a full JID cannot stand where a bare one is meant. */
import { domainToASCII, domainToUnicode } from 'node:url';
import { WireError } from './wire-error.ts';

declare const bareBrand: unique symbol;
declare const fullBrand: unique symbol;

/** `local@domain` or `domain`, prepared: lower case, NFC. Compare with `===`. */
export type BareJid = string & { readonly [bareBrand]: true };
/** A bare JID, `/`, and a resource. Compare with `===`. */
export type FullJid = string & { readonly [fullBrand]: true };
export type Jid = BareJid | FullJid;

interface JidParts {
  readonly local: string | undefined;
  readonly domain: string;
  readonly resource: string | undefined;
}

/**
 * Prepares an address: local part and domain are case-folded and normalised, the resource is kept as it is.
 *
 * @throws WireError `bad-address` for anything that is no JID.
 */
export function parseJid(text: string): Jid {
  const known = prepared.get(text);
  if (known !== undefined) return known;
  const { local, domain, resource } = splitJid(text);
  const bare = local === undefined ? domain : `${local}@${domain}`;
  const jid = (resource === undefined ? bare : `${bare}/${resource}`) as Jid;
  if (prepared.size >= MOST_PREPARED) prepared.clear();
  prepared.set(text, jid);
  return jid;
}

/** As `parseJid`, and the address must have a local part and no resource. @throws WireError `bad-address`. */
export function parseBareJid(text: string): BareJid {
  const { local, domain, resource } = splitJid(text);
  if (resource !== undefined || local === undefined) throw new WireError('bad-address', 'an address is name@server');
  return `${local}@${domain}` as BareJid;
}

/** As `parseJid`, or undefined where that would throw, or where there is no text. */
export function tryParseJid(text: string | undefined): Jid | undefined {
  if (text === undefined) return undefined;
  try {
    return parseJid(text);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

export function isFullJid(jid: Jid): jid is FullJid {
  return jid.includes('/');
}

/** The address without its resource. */
export function bareOf(jid: Jid): BareJid {
  const slash = jid.indexOf('/');
  return (slash === -1 ? jid : jid.slice(0, slash)) as BareJid;
}

/** The resource; undefined for a bare JID. */
export function resourceOf(jid: Jid): string | undefined {
  const slash = jid.indexOf('/');
  return slash === -1 ? undefined : jid.slice(slash + 1);
}

export function domainOf(jid: Jid): string {
  const bare = bareOf(jid);
  return bare.slice(bare.indexOf('@') + 1);
}

export function localOf(jid: Jid): string | undefined {
  const at = bareOf(jid).indexOf('@');
  return at === -1 ? undefined : jid.slice(0, at);
}

/** A bare JID and a resource. The resource cannot change the bare part, whatever characters it has (S-039). */
export function withResource(bare: BareJid, resource: string): FullJid {
  return `${bare}/${prepareResource(resource)}` as FullJid;
}

/** A backlog names the same few addresses several times in each stanza. */
const prepared = new Map<string, Jid>();
const MOST_PREPARED = 256;

const MAX_PART_OCTETS = 1023;

function splitJid(text: string): JidParts {
  const slash = text.indexOf('/');
  const bare = slash === -1 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  return {
    local: at === -1 ? undefined : prepareLocal(bare.slice(0, at)),
    domain: prepareDomain(bare.slice(at + 1)),
    resource: slash === -1 ? undefined : prepareResource(text.slice(slash + 1)),
  };
}

function prepareLocal(text: string): string {
  // UsernameCaseMapped (RFC 8265): width mapping, lower case, NFC; RFC 7622 3.3.1 excludes these nine characters.
  const local = mapWidth(text).toLowerCase().normalize('NFC');
  if (/["&'/:<>@\s]/u.test(local)) throw new WireError('bad-address', 'a name holds a forbidden character');
  return checkPart(local);
}

function prepareDomain(text: string): string {
  const lower = text.normalize('NFC').toLowerCase().replace(/\.$/, '');
  if (/^\[[0-9a-f:.]+\]$/.test(lower)) return checkPart(lower);
  // eslint-disable-next-line no-control-regex -- a domain of ASCII only needs no mapping
  const ascii = /^[\u0000-\u007f]*$/.test(lower) ? lower : domainToASCII(lower);
  if (!/^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/.test(ascii)) {
    throw new WireError('bad-address', 'the part after @ is no server name');
  }
  // RFC 7622 3.2.1: one form per name, the one with letters, so that `===` compares.
  return checkPart(ascii.includes('xn--') ? domainToUnicode(ascii) : ascii);
}

function prepareResource(text: string): string {
  return checkPart(text.normalize('NFC'));
}

function mapWidth(text: string): string {
  return text.replace(/[\uff01-\uffee\u3000]/g, (found) => found.normalize('NFKC'));
}

function checkPart(part: string): string {
  const octets = Buffer.byteLength(part, 'utf8');
  if (octets === 0 || octets > MAX_PART_OCTETS)
    throw new WireError('bad-address', 'part of an address is empty or too long');
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  if (!part.isWellFormed() || /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/.test(part)) {
    throw new WireError('bad-address', 'an address holds a control character');
  }
  return part;
}
