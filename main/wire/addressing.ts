/**
 * The addressing block of profile 3.7, inside the protected content: who wrote to whom (syntax of XEP-0033), and a
 * random id (syntax of XEP-0359). Nothing in the key exchange names the two addresses; this does (S-028).
 */
import { childrenNamed, element, elements } from './element.ts';
import type { Element } from './element.ts';
import { bareOf, tryParseJid } from './jid.ts';
import type { BareJid } from './jid.ts';
import { NS } from './namespaces.ts';

/** The two people of a message, by their bare addresses. */
export interface Addressing {
  readonly from: BareJid;
  readonly to: BareJid;
}

/**
 * `confirmed`: the sender meant it for us; `absent`: other software, shown with the lower mark; `mismatch`:
 * written to or by someone else and passed on: not shown, and the user is alerted.
 */
export type Intent = 'confirmed' | 'absent' | 'mismatch';

/** @param id - 128 random bits in hexadecimal, the message's identity. */
export function buildAddressing({ from, to }: Addressing, id: string): readonly Element[] {
  const address = (type: string, jid: BareJid): Element => element('address', NS.addresses, { type, jid });
  return [
    element('addresses', NS.addresses, {}, address('ofrom', from), address('to', to)),
    element('origin-id', NS.stanzaIds, { id }),
  ];
}

/**
 * Compares the block of a content with the stanza it came in. A block that is doubled, incomplete or unreadable is a
 * mismatch: whoever writes one means it. Never throws.
 *
 * @param actual - `from`: bare address of the stanza's sender; `to`: the own account.
 */
export function checkAddressing(content: readonly Element[], actual: Addressing): Intent {
  const blocks = content.filter(({ name, ns }) => name === 'addresses' && ns === NS.addresses);
  if (blocks.length === 0) return 'absent';
  const [block, ...further] = blocks;
  if (block === undefined || further.length > 0) return 'mismatch';
  const agrees = onlyAddress(block, 'ofrom') === actual.from && onlyAddress(block, 'to') === actual.to;
  if (!agrees || elements(block).length !== 2) return 'mismatch';
  // Without an id a second delivery could not be told from a second message, so the block is not whole.
  return readOriginId(content) === undefined ? 'absent' : 'confirmed';
}

/** The id inside the content; undefined if there is none, several, or one that is no sensible id. */
export function readOriginId(content: readonly Element[]): string | undefined {
  const ids = content.filter(({ name, ns }) => name === 'origin-id' && ns === NS.stanzaIds);
  const id = ids.length === 1 ? (ids[0]?.attrs['id'] ?? '') : '';
  return id === '' || Buffer.byteLength(id) > MAX_ID_OCTETS ? undefined : id;
}

const MAX_ID_OCTETS = 256;

function onlyAddress(block: Element, type: 'ofrom' | 'to'): BareJid | undefined {
  const found = childrenNamed(block, 'address', NS.addresses).filter(({ attrs }) => attrs['type'] === type);
  const jid = found.length === 1 ? tryParseJid(found[0]?.attrs['jid']) : undefined;
  return jid === undefined || jid !== bareOf(jid) ? undefined : jid;
}
