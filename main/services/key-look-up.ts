/** Asking for the keys that a contact publishes, with a limit: a backlog does not wait for a silent server. */
import { SECOND_MS, type Clock, type Timers } from '../base/time.ts';
import type { PublicKey } from '../crypto/signature.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Contacts } from './contacts.ts';
import { fetchPublishedKeys } from './options-fetch.ts';

const LONGEST_MS = 5 * SECOND_MS;

/**
 * @returns a function that gives an address's published keys, or `unknown`: also for people who do not show us their
 * presence, since asking would tell them that we are here.
 */
export function createKeyLookUp(
  contacts: Contacts,
  clock: Clock,
  timers: Timers,
  link: () => Link | undefined,
): (address: BareJid) => Promise<readonly PublicKey[] | 'unknown'> {
  return async (address) => {
    const open = link();
    if (open === undefined || !contacts.receivesPresence(address) || !contacts.maySeeUs(address)) return 'unknown';
    const { promise: tooLate, resolve } = Promise.withResolvers<'unknown'>();
    const cancel = timers.after(LONGEST_MS, () => {
      resolve('unknown');
    });
    return Promise.race([fetchPublishedKeys(open, address, clock.now()), tooLate]).finally(cancel);
  };
}
