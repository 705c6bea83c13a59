/**
 * RFC 5122: XMPP addresses as URIs, with the query of XEP-0147, version 1.2 (2006-09-13).
 * https://www.rfc-editor.org/rfc/rfc5122, https://xmpp.org/extensions/xep-0147.html
 *
 * Covers reading what somebody else wrote, strictly (S-139): a path of one address, and the queries `message`, `roster`
 * and `subscribe`. Left out: an authority (it names an account of ours), a fragment, every other query, and every key
 * but a message's `body`; a name that others suggest is none of ours (S-196).
 */
import { fromUtf8 } from '../base/bytes.ts';
import { isXmlText } from './element.ts';
import { bareOf, tryParseJid, type BareJid } from './jid.ts';

/** What a link asks for. Nothing of it is done before a person agrees. */
export interface XmppLink {
  readonly address: BareJid;
  /** `message`: to write to them. `contact`: to have them as a contact. */
  readonly action: 'message' | 'contact';
  /** What the link would have written; never sent by itself. */
  readonly text?: string;
}

/** Characters of a link; more is no link (S-139). */
const MOST = 2_048;

/** Scheme, path, query: printable ASCII without what a URI may not hold, and no `/` in front of the path. */
const FORM = /^xmpp:([^/?#"<>\\^`{|}\s][^?#"<>\\^`{|}\s]*)(?:\?([^#"<>\\^`{|}\s]*))?$/i;

/**
 * Reads a link from outside.
 *
 * @returns undefined for anything but an `xmpp:` link to one address with something this program does.
 */
export function parseXmppLink(text: string): XmppLink | undefined {
  if (text.length > MOST || !/^[\x21-\x7e]+$/.test(text)) return undefined;
  const [, path, query = 'message'] = FORM.exec(text) ?? [];
  const address = path === undefined ? undefined : readAddress(path);
  const [type = '', ...pairs] = query.split(';');
  const action = ACTIONS.get(type);
  if (address === undefined || action === undefined) return undefined;
  if (action === 'contact') return { address, action };
  const bodies = pairs.flatMap((pair) => (pair.startsWith('body=') ? [decode(pair.slice('body='.length))] : []));
  const [body] = bodies;
  if (bodies.length > 1 || (bodies.length === 1 && body === undefined)) return undefined;
  return { address, action, ...(body !== undefined && body !== '' && { text: body }) };
}

const ACTIONS: ReadonlyMap<string, XmppLink['action']> = new Map([
  ['message', 'message'],
  ['roster', 'contact'],
  ['subscribe', 'contact'],
]);

/** A person's address; the resource in it, if any, says nothing to us. */
function readAddress(path: string): BareJid | undefined {
  const jid = tryParseJid(decode(path));
  return jid?.includes('@') === true ? bareOf(jid) : undefined;
}

/** @returns undefined for a bad escape, octets that are no UTF-8, or what XML cannot carry. */
function decode(escaped: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(escaped)) return undefined;
  const octets = escaped.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  try {
    const text = fromUtf8(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)));
    return isXmlText(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
