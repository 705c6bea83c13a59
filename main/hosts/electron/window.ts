import type { App, BrowserWindow, BrowserWindowConstructorOptions, Session } from 'electron';
import type { HostLog } from '../host-log.ts';
import type { Settings } from '../settings.ts';
import { APP_PAGE } from './app-scheme.ts';

/** S-146: a page that crashes more often than this in that time is left alone. */
const RESTARTS = 3;
const RESTART_WINDOW_MS = 300_000;

export interface WindowParts {
  readonly app: Pick<App, 'isPackaged'>;
  readonly BrowserWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow;
  readonly session: Session;
  readonly preload: string;
  readonly settings: Settings;
  elapsedMs(): number;
  readonly log: HostLog;
}

/** Opens the window on the page, walled in (S-121 to S-125, S-127, S-128). */
export function openWindow(parts: WindowParts): BrowserWindow {
  const window = new parts.BrowserWindow(windowOptions(parts));
  window.removeMenu();
  window.once('ready-to-show', () => window.show());
  rememberSize(window, parts.settings);
  restartCrashed(window, parts);
  void window.loadURL(APP_PAGE);
  return window;
}

function windowOptions({ app, session, preload, settings }: WindowParts): BrowserWindowConstructorOptions {
  return {
    title: 'Nightlatch',
    width: settings.get('windowWidth'),
    height: settings.get('windowHeight'),
    minWidth: 360,
    minHeight: 480,
    show: false,
    webPreferences: {
      preload,
      session,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  };
}

function rememberSize(window: BrowserWindow, settings: Settings): void {
  if (settings.get('windowMaximized')) window.maximize();
  window.on('close', () => {
    const { width, height } = window.getNormalBounds();
    settings.set('windowWidth', width);
    settings.set('windowHeight', height);
    settings.set('windowMaximized', window.isMaximized());
  });
}

function restartCrashed(window: BrowserWindow, parts: WindowParts): void {
  let restarts: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    const now = parts.elapsedMs();
    restarts = restarts.filter((at) => now - at < RESTART_WINDOW_MS);
    if (restarts.length >= RESTARTS) {
      parts.log('renderer-given-up');
      return;
    }
    restarts.push(now);
    parts.log('renderer-restarted');
    void window.loadURL(APP_PAGE);
  });
}
