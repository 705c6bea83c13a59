import { mkdir, writeFile } from 'node:fs/promises';
import { copyFileSync, appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createPackage } from '@electron/asar';

/** What marks the fuses in Electron's binary, as @electron/fuses looks for it. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSE_WIRE_VERSION = 1;
const FUSES = 9;
const OFF = 0x30;

const { version } = createRequire(import.meta.url)('electron/package.json') as { version: string };

/**
 * An unpacked Electron that is none: a small program of the system with the fuses' wire at its end, and the files the
 * packager looks for. With it the packager runs whole and without a network; what comes out does not start.
 */
export async function makePlaceholderElectron(folder: string): Promise<void> {
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources'));
  copyFileSync('/bin/true', join(folder, 'electron'));
  const wire = Buffer.from([FUSE_WIRE_VERSION, FUSES, ...Array<number>(FUSES).fill(OFF)]);
  appendFileSync(join(folder, 'electron'), Buffer.concat([Buffer.from(SENTINEL, 'latin1'), wire]));
  writeFileSync(join(folder, 'version'), version);
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'locales/en-US.pak', 'locales/fr.pak']) {
    writeFileSync(join(folder, name), '');
  }
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  writeFileSync(join(empty, 'package.json'), '{}');
  await createPackage(empty, join(folder, 'resources/default_app.asar'));
}

/**
 * The packed program beside a module `electron` that is packaged, says on standard output what it is asked to do at the
 * start, and has no lock to give. @returns what Node can run
 */
export async function makeRunnable(folder: string, program: Buffer): Promise<string> {
  const module = join(folder, 'node_modules/electron');
  await mkdir(module, { recursive: true });
  await writeFile(join(module, 'package.json'), JSON.stringify({ name: 'electron', type: 'module', main: 'main.js' }));
  await writeFile(join(module, 'main.js'), STANDING_IN);
  await writeFile(join(folder, 'electron.mjs'), program);
  return join(folder, 'electron.mjs');
}

const STANDING_IN = `
import { EventEmitter } from 'node:events';
const say = (what) => console.log(what);
export const app = Object.assign(new EventEmitter(), {
  isPackaged: true,
  commandLine: { hasSwitch: () => false, appendSwitch: () => undefined },
  requestSingleInstanceLock: () => (say('lock'), false),
  quit: () => (say('quit'), process.exit(0)),
  exit: (code) => process.exit(code),
});
export const dialog = { showErrorBox: (_title, sentence) => say('box ' + sentence) };
export const [BrowserWindow, ipcMain, Menu, Notification, powerMonitor, protocol, safeStorage, session, shell] = Array(9).fill({});
export default { app, ipcMain, shell };
`;
