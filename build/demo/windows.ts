/** The two people's windows in a real browser, and pictures of them. */
import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Badge } from '../../preload/contract.ts';
import { findChromium } from '../../test/support/chromium-path.ts';
import type { Cleanup } from './cleanup.ts';
import type { Person } from './person.ts';

const ROOT = join(import.meta.dirname, '../..');
const OUTPUT = join(ROOT, 'demo-output');
/** Wide enough for the details panel beside the conversation (ux.md 3.2). */
const SIZE = { width: 1280, height: 800 };
const WAIT_MS = 15_000;
const SCROLL_PX = 250;
const STEPS_DOWN = 20;

export interface Picture {
  readonly person: Person;
  /** Whose conversation is open. */
  readonly with: Person;
  /** Of the file, without its ending. */
  readonly name: string;
  /** Badges that must be there, how many of each. */
  readonly badges: Partial<Record<Badge, number>>;
  /** Opens the details of the message with this text in it. */
  readonly detailsOf?: string;
  /** Text that must be in the status line. */
  readonly status?: string;
}

/** @returns undefined where there is no Chromium. */
export async function openWindows(cleanup: Cleanup): Promise<Windows | undefined> {
  await rm(OUTPUT, { recursive: true, force: true });
  if (findChromium() === undefined) return undefined;
  const browser = await cleanup.own(launch, (started) => started.close());
  await mkdir(OUTPUT, { recursive: true });
  return new Windows(browser);
}

async function launch(): Promise<Browser> {
  const { launchChromium } = await import('../../test/support/window-browser.ts');
  // On a signal we end it ourselves, in order.
  return launchChromium({ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
}

export class Windows {
  readonly #browser: Browser;
  readonly #pages = new Map<Person, { readonly page: Page; address: string }>();
  readonly #files: string[] = [];
  readonly #complaints: string[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** The pictures taken so far, as paths from the project's folder. */
  get files(): readonly string[] {
    return this.#files;
  }

  /** What the pages wrote to their consoles, and errors nobody caught: there must be none. */
  get complaints(): readonly string[] {
    return this.#complaints;
  }

  /** Opens the conversation, waits for what must be shown, and takes the picture. @throws Error if it is not shown */
  async take(picture: Picture): Promise<void> {
    const page = await this.#pageOf(picture.person);
    const row = page.locator(`[data-address="${picture.with.address}"]`);
    await row.click();
    for (const [badge, count] of Object.entries(picture.badges)) await findBadges(page, badge, count);
    await showNewest(page);
    if (picture.detailsOf !== undefined) {
      const message = page.locator('[data-message]').filter({ hasText: picture.detailsOf });
      await message.locator('[data-badge]').click();
      await page.locator('#panel-heading').waitFor();
    }
    if (picture.status !== undefined) await page.locator('[data-status]', { hasText: picture.status }).waitFor();
    const path = join(OUTPUT, `${picture.name}.png`);
    await page.screenshot({ path, animations: 'disabled' });
    this.#files.push(relative(ROOT, path));
  }

  /** A host that was started again has another address. */
  async #pageOf(person: Person): Promise<Page> {
    const address = await person.host.pageServed(WAIT_MS);
    const open = this.#pages.get(person);
    if (open?.address === address) return open.page;
    const page = open?.page ?? (await this.#newPage());
    // The page of the host before is about to be left: what it says of the lost connection is no complaint.
    await page.goto('about:blank');
    this.#pages.set(person, { page, address });
    await page.goto(address);
    return page;
  }

  async #newPage(): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: SIZE, reducedMotion: 'reduce', colorScheme: 'light' });
    page.setDefaultTimeout(WAIT_MS);
    page.on('pageerror', ({ message }) => this.#complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isLostConnection(message.text())) this.#complaints.push(message.text());
    });
    return page;
  }
}

/** The list draws what is in sight: it is scrolled down, then up, until that many were seen. */
async function findBadges(page: Page, badge: string, count: number): Promise<void> {
  const shown = page.locator('[data-message]').filter({ has: page.locator(`[data-badge="${badge}"]`) });
  const seen = new Set<string>();
  const deadline = performance.now() + WAIT_MS;
  await page.locator('[data-message]').first().waitFor();
  for (let step = 0; ; step += 1) {
    // At one moment: the list takes away what goes out of sight.
    const ids = await shown.evaluateAll((all) => all.map((one) => one.getAttribute('data-message') ?? ''));
    for (const id of ids) seen.add(id);
    if (seen.size >= count) break;
    if (performance.now() > deadline) throw new Error(`${count} times ${badge} expected, ${seen.size} shown`);
    await page.locator('[data-message]').last().hover();
    await page.mouse.wheel(0, step < STEPS_DOWN ? SCROLL_PX : -SCROLL_PX);
    // A picture waits for the frame in which the list has drawn what came in sight.
    await page.screenshot({ animations: 'disabled' });
  }
}

/** Back to the end of the conversation, if the window is elsewhere. */
async function showNewest(page: Page): Promise<void> {
  const button = page.locator('button.newest');
  if (!(await button.isVisible())) return;
  await button.click();
  await button.waitFor({ state: 'hidden' });
}

/** Chromium itself reports a WebSocket whose host went away. */
function isLostConnection(text: string): boolean {
  return text.includes('WebSocket connection') && text.includes('failed');
}
