import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * A secret key handed to the platform once. Handing the octets over at each call costs several times what a short
 * message's cipher or MAC does. The platform's copy cannot be wiped: it is cleared when the last reference is dropped
 * and collected, so this is for keys that live as long as the program is open, not for those of one session.
 */
export type PreparedKey = KeyObject;

export function prepareKey(octets: Uint8Array): PreparedKey {
  return createSecretKey(octets);
}
