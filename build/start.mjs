/**
 * `npm start`: Electron if its binary is there, else the headless host with the window in a browser.
 *
 * `--electron` forbids the second, `--headless` forces it. Other arguments go to the program; `--profile DIR` names
 * another profile than `nightlatch-dev` in the user's data folder.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { EXIT_UNAVAILABLE, runInForeground } from './setup/run.mjs';

const root = join(import.meta.dirname, '..');

/**
 * Where Electron's executable is, without importing `electron`, which would try to fetch it (toolchain.md 4).
 *
 * @param {string} packageFolder @param {string | undefined} overrideFolder
 * @returns {string | undefined}
 */
export function findElectron(packageFolder, overrideFolder) {
  const named = join(packageFolder, 'path.txt');
  const name = existsSync(named) ? readFileSync(named, 'utf8').trim() : 'electron';
  const path = overrideFolder === undefined ? join(packageFolder, 'dist', name) : join(overrideFolder, name);
  return existsSync(path) ? path : undefined;
}

/** @param {NodeJS.Platform} platform @param {NodeJS.ProcessEnv} env @param {string} home */
export function userDataFolder(platform, env, home) {
  if (platform === 'darwin') return join(home, 'Library/Application Support');
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(home, 'AppData/Local');
  return env['XDG_DATA_HOME'] ?? join(home, '.local/share');
}

/** What the headless host is started with. @param {readonly string[]} args @param {string} dataFolder @returns {string[]} */
export function headlessArguments(args, dataFolder) {
  const named = args.some((arg) => arg === '--profile' || arg.startsWith('--profile='));
  const profile = named ? [] : ['--profile', join(dataFolder, 'nightlatch-dev')];
  const browser = args.includes('--browser') ? [] : ['--browser'];
  return [...profile, ...browser, ...args];
}

/** @param {readonly string[]} args @returns {Promise<number>} */
async function start(args) {
  const rest = args.filter((arg) => arg !== '--electron' && arg !== '--headless');
  const options = { cwd: root, env: process.env };
  const packageFolder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const electron = findElectron(packageFolder, process.env['ELECTRON_OVERRIDE_DIST_PATH']);
  if (electron !== undefined && !args.includes('--headless')) return runInForeground(electron, ['.', ...rest], options);
  if (electron === undefined) console.log("Electron's binary is not installed; fetch it with: npx install-electron");
  if (args.includes('--electron')) return EXIT_UNAVAILABLE;
  console.log('Starting without it: open the address below in a browser. Ctrl+C leaves.');
  const dataFolder = userDataFolder(process.platform, process.env, homedir());
  return runInForeground(process.execPath, ['out/main/headless.js', ...headlessArguments(rest, dataFolder)], options);
}

if (import.meta.main) process.exitCode = await start(process.argv.slice(2));
