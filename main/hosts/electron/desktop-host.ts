/** The desktop program from `ready` to the window. Electron comes as a parameter, so that a double can stand in. */
import { join } from 'node:path';
import type * as Electron from 'electron';
import type { Conversation } from '../../../preload/contract.ts';
import type { ModpEngine } from '../../crypto/modp.ts';
import type { RandomSource } from '../../crypto/random.ts';
import type { LinkFactory } from '../../protocol/xmpp/link.ts';
import { lockProfile } from '../../stores/profile-lock.ts';
import type { KeyProtector } from '../../stores/seal.ts';
import { StoreError } from '../../stores/store-error.ts';
import { createDispatch, type Dispatch } from '../dispatch.ts';
import { HostClock } from '../host-clock.ts';
import type { HostLog } from '../host-log.ts';
import type { LinkInbox } from '../link-inbox.ts';
import type { ComposeMessenger, Messenger } from '../messenger.ts';
import { loadPageFiles } from '../page-files.ts';
import { claimProfile } from '../profile-kind.ts';
import type { ProgramFiles } from '../program-files.ts';
import type { Settings } from '../settings.ts';
import { serveApp } from './app-scheme.ts';
import { withConfirmation, type Ask } from './confirmation.ts';
import { sendEvent, serveIpc } from './ipc.ts';
import { createDesktopProtector } from './key-protector.ts';
import { setMenu } from './menu.ts';
import { createNotifier } from './notify.ts';
import { followPower, followSessionEnd } from './power.ts';
import { holdQuit } from './quit.ts';
import { guardSession } from './web-guard.ts';
import { openWindow } from './window.ts';

/** What of Electron this host uses. */
export type Desktop = Pick<
  typeof Electron,
  'app' | 'BrowserWindow' | 'dialog' | 'ipcMain' | 'Menu' | 'Notification' | 'powerMonitor' | 'safeStorage' | 'session'
>;

export interface DesktopParts {
  readonly platform: NodeJS.Platform;
  readonly random: RandomSource;
  readonly files: ProgramFiles;
  readonly createLink: LinkFactory;
  readonly compose: ComposeMessenger;
  startModpEngine(worker: URL): ModpEngine;
  openSettings(directory: string): Settings;
  readonly links: LinkInbox;
  readonly log: HostLog;
}

/** Not to be called before `ready`. @throws StoreError where the profile does not open; nothing is shown then. */
export async function startDesktop(desktop: Desktop, parts: DesktopParts): Promise<void> {
  const { app } = desktop;
  const directory = join(app.getPath('userData'), 'profile');
  const settings = parts.openSettings(app.getPath('userData'));
  const protector = await openProfile(directory, desktop, parts);
  const messenger = await composeOver(directory, protector, settings, parts);
  holdQuit(app, messenger, (delayMs, run) => void setTimeout(run, delayMs), parts.log);
  showMessenger(desktop, parts, messenger, settings);
}

/** The lock is held until the very end; were it let go of, the collector would open it (S-145). */
async function openProfile(directory: string, desktop: Desktop, parts: DesktopParts): Promise<KeyProtector> {
  const lock = lockProfile(directory);
  if (lock === undefined) throw new StoreError('locked', 'another process has this profile open');
  desktop.app.once('quit', () => lock.release());
  if (!claimProfile(directory, 'desktop')) throw new StoreError('locked', 'this profile is another host’s');
  return createDesktopProtector(desktop.safeStorage, parts.platform);
}

function composeOver(
  directory: string,
  protector: KeyProtector,
  settings: Settings,
  parts: DesktopParts,
): Promise<Messenger> {
  const clock = new HostClock();
  return parts.compose({
    directory,
    protector,
    mayKeepOfflineKeys: protector.protects,
    clock,
    timers: clock,
    random: parts.random,
    createLink: parts.createLink,
    modp: parts.startModpEngine(parts.files.modpWorker),
    searchWorker: parts.files.searchWorker,
    linkSettings: {},
    settings,
    links: parts.links,
  });
}

function showMessenger(desktop: Desktop, parts: DesktopParts, messenger: Messenger, settings: Settings): void {
  const { app, ipcMain, powerMonitor } = desktop;
  // Without "persist:" it lives in memory; Chromium leaves nothing on disk (S-076).
  const session = desktop.session.fromPartition('nightlatch', { cache: false });
  guardSession(session);
  serveApp(session.protocol, loadPageFiles(parts.files.renderer));
  const elapsedMs = (): number => performance.now();
  let window: Electron.BrowserWindow | undefined;
  const page = (): Electron.WebContents | undefined => window?.webContents;
  serveIpc(
    ipcMain,
    page,
    confirmed(desktop, parts, messenger, () => window),
    elapsedMs,
  );
  announceTo(desktop, messenger, settings, () => window);
  followPower(powerMonitor, messenger, () => app.quit());
  const open = (): void => {
    const { BrowserWindow } = desktop;
    const { files, log } = parts;
    const opened = openWindow({ app, BrowserWindow, session, preload: files.preload, settings, elapsedMs, log });
    followSessionEnd(opened, messenger);
    opened.once('closed', () => (window = undefined));
    window = opened;
  };
  setMenu(desktop.Menu, parts.platform);
  parts.links.onOpened(() => sendEvent(page, 'links.opened', {}));
  // Whatever else stands among the arguments of a second start is no switch and does nothing (S-139, S-145).
  app.on('second-instance', (_event, args) => {
    focus(window);
    parts.links.offer(args);
  });
  app.on('activate', () => (window === undefined ? open() : focus(window)));
  app.on('window-all-closed', () => app.quit());
  open();
}

type CurrentWindow = () => Electron.BrowserWindow | undefined;

function confirmed(desktop: Desktop, parts: DesktopParts, messenger: Messenger, window: CurrentWindow): Dispatch {
  const ask: Ask = async ({ message, detail, agree }) => {
    const current = window();
    if (current === undefined) return false;
    const buttons = ['Cancel', agree];
    const box = { type: 'warning', message, buttons, defaultId: 0, cancelId: 0, noLink: true } as const;
    const { response } = await desktop.dialog.showMessageBox(current, {
      ...box,
      ...(detail === undefined ? {} : { detail }),
    });
    return response === 1;
  };
  const dispatch = createDispatch(messenger.api, (command, error) => parts.log('command-failed', { command, error }));
  return withConfirmation(dispatch, ask);
}

function announceTo(desktop: Desktop, messenger: Messenger, settings: Settings, window: CurrentWindow): void {
  let isLocked = false;
  desktop.powerMonitor.on('lock-screen', () => (isLocked = true));
  desktop.powerMonitor.on('unlock-screen', () => (isLocked = false));
  const notify = createNotifier({
    Notification: desktop.Notification,
    settings,
    window,
    isLocked: () => isLocked,
    pressed: (notice) => sendEvent(() => window()?.webContents, 'notices.pressed', notice),
  });
  // What is muted was decided in an earlier run; before the first sign-in there is nothing to learn.
  const learn = (known: readonly Conversation[]) => known.forEach((each) => notify('conversations.changed', each));
  messenger.api['conversations.list']({}).then(learn, () => undefined);
  messenger.on((event, payload) => {
    sendEvent(() => window()?.webContents, event, payload);
    notify(event, payload);
  });
}

function focus(window: Electron.BrowserWindow | undefined): void {
  if (window === undefined) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
