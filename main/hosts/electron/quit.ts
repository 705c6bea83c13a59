import type { App } from 'electron';
import type { HostLog } from '../host-log.ts';
import type { Messenger } from '../messenger.ts';

/** The server's answer is awaited 5 s at most (ruling 14); the rest is for closing the stores. */
const DEADLINE_MS = 6_000;

/**
 * Holds a quit until the messenger has left (ux.md 3.6), at most 6 s. A second request ends the program at once (L-054).
 *
 * @param setTimer - Real time.
 */
export function holdQuit(
  app: Pick<App, 'on' | 'quit' | 'exit'>,
  messenger: Pick<Messenger, 'leave' | 'close'>,
  setTimer: (delayMs: number, run: () => void) => void,
  log: HostLog,
): void {
  let state: 'running' | 'leaving' | 'left' = 'running';
  const finish = (): void => {
    if (state === 'left') return;
    state = 'left';
    app.quit();
  };
  app.on('before-quit', (event) => {
    if (state === 'left') return;
    event.preventDefault();
    if (state === 'leaving') {
      app.exit(0);
      return;
    }
    state = 'leaving';
    log('quitting');
    setTimer(DEADLINE_MS, finish);
    void leave(messenger, log).then(finish);
  });
}

async function leave(messenger: Pick<Messenger, 'leave' | 'close'>, log: HostLog): Promise<void> {
  try {
    await messenger.leave('quit');
    await messenger.close();
    log('quit');
  } catch (error) {
    log('program-error', { error });
  }
}
