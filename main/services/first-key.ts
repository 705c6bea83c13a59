/** Filing a key that someone has just proven to hold (profile 4.4, R-276). */
import type { PublicKey } from '../crypto/signature.ts';
import { fingerprintOf } from '../protocol/esession/xep0116/key-value.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Trust } from './trust.ts';

/** The keys an address publishes now, or `unknown`. */
export type PublishedKeys = (address: BareJid) => Promise<readonly PublicKey[] | 'unknown'>;

/** A first key is compared with what its owner publishes (4.4); one that is not there counts as changed. */
export async function noteProvenKey(
  trust: Trust,
  publishedKeys: PublishedKeys,
  contact: BareJid,
  key: PublicKey,
): Promise<void> {
  if (trust.all(contact).length > 0) {
    trust.note(contact, key);
    return;
  }
  const published = await publishedKeys(contact);
  const fingerprint = fingerprintOf(key);
  const contradicts =
    published !== 'unknown' && published.length > 0 && !published.some((other) => fingerprintOf(other) === fingerprint);
  trust.note(contact, key, contradicts);
}
