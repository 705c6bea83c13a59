/** What tests of the gallery have in common: one browser and one gallery a file, a window of its own for each test. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { INCOMING_BADGES, OUTGOING_BADGES } from '../../preload/contract.ts';
import { launchChromium, noteComplaints } from './window-browser.ts';
import { startGallery, type Gallery } from './window-gallery.ts';

export const BADGES = [...INCOMING_BADGES, ...OUTGOING_BADGES];

export interface GalleryTests {
  /** Opens a window at what the gallery is asked for: `scene=main&theme=dark`. */
  open(query: string, options?: BrowserContextOptions): Promise<Page>;
  goTo(page: Page, query: string): Promise<void>;
  /** What the windows of this test complained about; the test fails at its end if there is anything. */
  complaints(): readonly string[];
}

/** To be called in a `describe`, whose hooks it makes. @param defaults - For each window, before a test's own. */
export function overGallery(defaults: BrowserContextOptions): GalleryTests {
  let browser: Browser;
  let gallery: Gallery;
  let complaints: string[];

  beforeAll(async () => {
    [browser, gallery] = await Promise.all([launchChromium(), startGallery()]);
  });
  afterAll(async () => {
    await browser.close();
    gallery.close();
  });
  beforeEach(() => {
    complaints = [];
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(complaints).toEqual([]);
  });

  const goTo = async (page: Page, query: string): Promise<void> => {
    await page.goto(`${gallery.address}?${query}`);
    const first = /scene=link/.test(query) ? 'dialog' : /scene=(signIn|firstRun)/.test(query) ? 'form' : 'nav';
    await page.locator(first).first().waitFor();
  };
  return {
    open: async (query, options = {}) => {
      const page = await (await browser.newContext({ ...defaults, ...options })).newPage();
      noteComplaints(page, complaints);
      await goTo(page, query);
      return page;
    },
    goTo,
    complaints: () => complaints,
  };
}
