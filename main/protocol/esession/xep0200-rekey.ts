/** Receiving a re-key in an offline session (XEP-0200 §9.3, profile 8.3 and 8.4). Ours never sends one. */
import { utf8, wipe } from '../../base/bytes.ts';
import { CIPHER_KEY_OCTETS } from '../../crypto/ctr.ts';
import { hmac } from '../../crypto/hash.ts';
import { isValidPublicValue } from '../../crypto/modp.ts';
import type { ModpEngine } from '../../crypto/modp.ts';
import { assertAlive, sessionOf } from './session.ts';
import type { ReceivingSession } from './session.ts';
import { deriveCipherKey } from './xep0116/keys.ts';
import type { OfflineSecret } from './xep0187-options.ts';

/**
 * Applies the `<key/>` of a stanza that was just opened, with the published set's x as the private exponent: the
 * publisher never sends, so there is one set of keys and x stays the oldest exponent.
 *
 * @param session - As the stanza left it. The counter runs on; the caller wipes it once the result is stored.
 * @param rekeyValue - `EncryptedStanza.key`, the sender's new public value.
 * @param secret - x of the session's group.
 * @returns the session under the new keys; undefined if the value is invalid, which ends the session.
 * @throws RangeError if the secret is of another group.
 */
export async function applyRekey(
  session: ReceivingSession,
  rekeyValue: Uint8Array,
  secret: OfflineSecret,
  modp: ModpEngine,
): Promise<ReceivingSession | undefined> {
  assertAlive(session);
  if (secret.modp !== session.modp) throw new RangeError('an exponent of another group');
  if (!isValidPublicValue(session.modp, rekeyValue)) return undefined;
  // §9.2: K is the shared value itself, not its hash.
  const shared = await modp.power(session.modp, secret.exponent, rekeyValue);
  try {
    return sessionOf({
      ...session,
      cipherKey: deriveCipherKey(shared, CIPHER_LABEL, session.hash, CIPHER_KEY_OCTETS[session.cipher]),
      macKey: hmac(session.hash, shared, MAC_LABEL),
      blocks: 0,
    });
  } finally {
    wipe(shared);
  }
}

/** The *initiator* of a re-key is whoever sends the `<key/>`. */
const CIPHER_LABEL = utf8('Rekey Initiator Crypt');
const MAC_LABEL = utf8('Rekey Initiator MAC');
