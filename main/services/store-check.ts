/** Looking, shortly after the start, for stored rows that are not as they were written (S-073, L-023). */
import { SECOND_MS, type Cancel, type Timers } from '../base/time.ts';
import type { Stores } from '../stores/stores.ts';
import type { Announcer, ServiceEvents } from './events.ts';

const SHORTLY_MS = 2 * SECOND_MS;

/** @returns a function that gives it up. */
export function checkStoresSoon(
  stores: Pick<Stores, 'damage' | 'messages'>,
  timers: Timers,
  announcer: Announcer<ServiceEvents>,
): Cancel {
  let isGivenUp = false;
  const check = async (): Promise<void> => {
    const altered = await stores.messages.altered();
    if (isGivenUp || (stores.damage().length === 0 && altered.length === 0)) return;
    const text = 'Part of your stored messages cannot be read, or was changed from outside. Nothing was deleted.';
    announcer.announce('alertRaised', { code: 'store-damaged', text });
  };
  const cancel = timers.after(SHORTLY_MS, () => {
    // A check that fails found nothing; what is really damaged is refused where it is read.
    void check().catch(() => undefined);
  });
  return () => {
    isGivenUp = true;
    cancel();
  };
}
