import type { BrowserWindow, PowerMonitor } from 'electron';
import type { Messenger } from '../messenger.ts';

/**
 * Sleep and the end of the session: what cannot wait is done inside the event's handler (H-25, L-050).
 *
 * @param quit - Asks the program to end; the messenger has already left by then.
 */
export function followPower(
  power: Pick<PowerMonitor, 'on'>,
  messenger: Pick<Messenger, 'suspend' | 'resume'>,
  quit: () => void,
): void {
  power.on('suspend', () => messenger.suspend());
  power.on('resume', () => messenger.resume());
  power.on('shutdown', () => {
    messenger.suspend();
    quit();
  });
}

/** Windows says the end of a session to its windows only, and kills the program when the handlers return. */
export function followSessionEnd(window: Pick<BrowserWindow, 'on'>, messenger: Pick<Messenger, 'suspend'>): void {
  window.on('query-session-end', () => messenger.suspend());
  window.on('session-end', () => messenger.suspend());
}
