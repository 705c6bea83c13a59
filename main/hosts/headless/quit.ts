import type { HostLog } from '../host-log.ts';
import type { Messenger } from '../messenger.ts';

/** Everything together; the contract gives 7 s until the process is gone. */
const DEADLINE_MS = 6_500;

export interface QuitParts {
  readonly messenger: Pick<Messenger, 'leave' | 'close'>;
  /** Real time: it must end whatever the messenger's clock does. */
  setTimer(delayMs: number, run: () => void): () => void;
  readonly log: HostLog;
}

/**
 * Leaves and closes (ux.md 3.6), and gives up waiting at the deadline whatever the server does (L-054).
 *
 * @param before - What may still be answered first; it is not waited for longer than the deadline either.
 */
export async function quitMessenger(parts: QuitParts, before: Promise<void>): Promise<void> {
  parts.log('quitting');
  let cancel = (): void => undefined;
  const deadline = new Promise<'quit-deadline'>((resolve) => {
    cancel = parts.setTimer(DEADLINE_MS, () => resolve('quit-deadline'));
  });
  const end = await Promise.race([leaveAndClose(parts, before), deadline]);
  cancel();
  parts.log(end);
}

async function leaveAndClose({ messenger, log }: QuitParts, before: Promise<void>): Promise<'quit'> {
  try {
    await before;
    await messenger.leave('quit');
    await messenger.close();
  } catch (error) {
    log('program-error', { error });
  }
  return 'quit';
}
