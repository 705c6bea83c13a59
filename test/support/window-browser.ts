/** A real Chromium for the window's tests: Debian's, without a network of its own. */
import process from 'node:process';
import { chromium, type Browser, type LaunchOptions, type Page } from 'playwright-core';
import { findChromium } from './chromium-path.ts';

const QUIET = [
  '--headless=new',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Whether the window's tests can run here. Under CI a missing browser is a failure, not a reason to skip. */
export const HAS_CHROMIUM = findChromium() !== undefined || process.env['CI'] === '1';
if (!HAS_CHROMIUM) console.log('the window is not tested: no Chromium found; set CHROMIUM_PATH');

/** @throws Error if no Chromium is installed. */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('no Chromium found; install it or set CHROMIUM_PATH');
  // As root, as in a container, Chromium does not start with its sandbox.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ ...options, executablePath, args: [...QUIET, ...asRoot] });
}

/** Adds to `complaints` whatever the page complains about from now on: console, policy violations, uncaught errors. */
export function noteComplaints(page: Page, complaints: string[]): void {
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
}
