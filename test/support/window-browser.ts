/** A real Chromium for the window's tests: Debian's, without a network of its own. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { chromium, type Browser, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const QUIET = [
  '--headless=new',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** @returns its path: CHROMIUM_PATH, then PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const places = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [process.env['CHROMIUM_PATH'], ...places].find((path) => path !== undefined && isExecutable(path));
}

/** Whether the window's tests can run here. Under CI a missing browser is a failure, not a reason to skip. */
export const HAS_CHROMIUM = findChromium() !== undefined || process.env['CI'] === '1';
if (!HAS_CHROMIUM) console.log('the window is not tested: no Chromium found; set CHROMIUM_PATH');

/** @throws Error if no Chromium is installed. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('no Chromium found; install it or set CHROMIUM_PATH');
  // As root, as in a container, Chromium does not start with its sandbox.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...QUIET, ...asRoot] });
}

/** Adds to `complaints` whatever the page complains about from now on: console, policy violations, uncaught errors. */
export function noteComplaints(page: Page, complaints: string[]): void {
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
