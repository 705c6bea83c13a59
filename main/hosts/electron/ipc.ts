/** The bridge's other end: one handler per command, each for our own page alone (S-133, S-134). */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import {
  commandChannel,
  COMMANDS,
  eventChannel,
  type CommandName,
  type EventName,
  type EventPayload,
} from '../../../preload/contract.ts';
import { failure, SENTENCES, type Dispatch } from '../dispatch.ts';
import { createRateLimit } from '../rate-limit.ts';
import { isAppUrl } from './app-scheme.ts';

/** The window that is open now, if any. */
export type CurrentPage = () => WebContents | undefined;

export function serveIpc(
  ipcMain: Pick<IpcMain, 'handle'>,
  page: CurrentPage,
  dispatch: Dispatch,
  elapsedMs: () => number,
): void {
  const limit = createRateLimit(elapsedMs);
  for (const name of Object.keys(COMMANDS) as CommandName[]) {
    ipcMain.handle(commandChannel(name), (event, ...given: unknown[]) => {
      if (!isOurPage(event, page())) return failure('not-available', 'Nobody else may ask this.');
      if (given.length > 1) return failure('invalid-params', SENTENCES['invalid-params']);
      return limit(name, () => dispatch(name, given[0]));
    });
  }
}

export function sendEvent<E extends EventName>(page: CurrentPage, event: E, payload: EventPayload<E>): void {
  const contents = page();
  if (contents === undefined || contents.isDestroyed()) return;
  contents.send(eventChannel(event), payload);
}

/** The main frame of the known window, on our own scheme: no sub-frame, no other window, no worker. */
function isOurPage(event: IpcMainInvokeEvent, contents: WebContents | undefined): boolean {
  const frame = event.senderFrame;
  if (contents === undefined || frame === null || event.sender !== contents) return false;
  return frame === contents.mainFrame && isAppUrl(frame.url);
}
