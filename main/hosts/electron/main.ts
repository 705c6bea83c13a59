/** The desktop program's entry: what must happen before Electron is ready, then `startDesktop`. */
import process from 'node:process';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  session,
} from 'electron';
import { startModpEngine } from '../../crypto/modp-engine.ts';
import { systemRandom } from '../../crypto/random.ts';
import { createClientLink } from '../../protocol/xmpp/client-link.ts';
import { composeMessenger } from '../compose.ts';
import { createHostLog } from '../host-log.ts';
import { LinkInbox } from '../link-inbox.ts';
import { locateProgramFiles } from '../program-files.ts';
import { QUIT_SIGNALS, takeQuitSignals } from '../quit-signals.ts';
import { APP_SCHEME } from './app-scheme.ts';
import { startDesktop } from './desktop-host.ts';
import { openElectronSettings } from './electron-settings.ts';
import { findDangerousSwitch, isVerificationOff, quietChromium } from './switches.ts';
import { guardWebContents } from './web-guard.ts';

const desktop = { app, BrowserWindow, dialog, ipcMain, Menu, Notification, powerMonitor, safeStorage, session };
const log = createHostLog((line) => void process.stderr.write(line));

// Before any file is made (S-072).
process.umask(0o077);
// A signal is a quit like any other, and a second one a second request (L-054).
takeQuitSignals(process);
for (const signal of QUIT_SIGNALS) process.on(signal, () => app.quit());
// Nothing from outside may end the process (S-100): what was not caught is our mistake, said and survived.
process.on('unhandledRejection', (error) => log('program-error', { error }));
process.on('uncaughtException', (error) => log('program-error', { error }));

const links = new LinkInbox();

start();

function start(): void {
  const rootTest = process.env['NIGHTLATCH_ROOT_TEST'] === '1';
  const refused = findDangerousSwitch(app.commandLine, { isPackaged: app.isPackaged, rootTest });
  if (refused !== undefined) {
    giveUp(`Nightlatch does not start with --${refused}.`);
  } else if (app.isPackaged && isVerificationOff(process.env)) {
    giveUp('Nightlatch does not start while NODE_TLS_REJECT_UNAUTHORIZED is 0: certificates must be checked.');
  } else if (!app.requestSingleInstanceLock()) {
    app.quit();
  } else {
    prepare();
    void app.whenReady().then(run);
  }
}

/** Electron takes these before `ready` only. */
function prepare(): void {
  if (process.env['NIGHTLATCH_ROOT_TEST'] !== '1' || app.isPackaged) app.enableSandbox();
  quietChromium(app.commandLine);
  protocol.registerSchemesAsPrivileged([APP_SCHEME]);
  guardWebContents(app);
  // macOS hands a link over by this event, the others among the arguments (ux.md 4.2, 4.3).
  app.on('open-url', (event, url) => {
    event.preventDefault();
    links.offer([url]);
  });
  links.offer(process.argv);
}

async function run(): Promise<void> {
  try {
    await startDesktop(desktop, {
      platform: process.platform,
      random: systemRandom,
      files: locateProgramFiles(import.meta.url),
      createLink: createClientLink,
      compose: composeMessenger,
      startModpEngine,
      openSettings: openElectronSettings,
      links,
      log,
    });
  } catch (error) {
    log('program-error', { error });
    giveUp('Your messages could not be opened. Nothing was deleted.');
  }
}

function giveUp(sentence: string): void {
  dialog.showErrorBox('Nightlatch', sentence);
  app.exit(1);
}
