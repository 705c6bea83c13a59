/**
 * `npm run screenshots`: the three pictures of the README, of the real window over the gallery's fixtures, into
 * docs/pictures/, always of the same Sunday, which is the one the fixtures’ sentences speak of. With `--gallery`: sheets of everything (`gallery.ts`).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../../test/support/window-browser.ts';
import { startGallery } from '../../test/support/window-gallery.ts';
import { photographGallery, SUNDAY } from './gallery.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = 'docs/pictures';
const SIZE = { width: 1120, height: 720 };

interface Picture {
  readonly name: string;
  /** What the gallery is asked for. */
  readonly query: string;
  readonly prepare: (page: Page) => Promise<void>;
}

const openBob = (page: Page): Promise<void> => page.locator('[data-address="bob@example.org"]').click();

const PICTURES: readonly Picture[] = [
  {
    name: 'conversation',
    query: 'scene=story&theme=light',
    prepare: async (page) => {
      await openBob(page);
      await page.locator('[data-badge=I3]').first().click();
      await page.getByText('What was checked').waitFor();
    },
  },
  {
    name: 'leaving',
    query: 'scene=S4&theme=dark',
    prepare: async (page) => {
      await page.locator('[data-status]').click();
      await page.getByText('Your server confirmed it').first().waitFor();
    },
  },
  {
    name: 'compare',
    query: 'scene=story&theme=light',
    prepare: async (page) => {
      await page.locator('[data-address="front.desk@example.org"]').click();
      await page.getByRole('button', { name: 'Compare codes' }).click();
      await page.getByText('kilo seven tango two nine').waitFor();
    },
  },
];

await mkdir(join(ROOT, FOLDER), { recursive: true });
const [browser, gallery] = await Promise.all([launchChromium(), startGallery()]);
try {
  if (process.argv.includes('--gallery')) {
    for (const file of await photographGallery(browser, gallery.address, ROOT)) console.log(file);
  } else await photographReadme();
} finally {
  await browser.close();
  gallery.close();
}

async function photographReadme(): Promise<void> {
  for (const { name, query, prepare } of PICTURES) {
    const page = await browser.newPage({ viewport: { ...SIZE, width: 1280 }, reducedMotion: 'reduce' });
    await page.clock.setFixedTime(SUNDAY);
    await page.goto(`${gallery.address}?${query}`);
    await prepare(page);
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(ROOT, FOLDER, `${name}.png`), animations: 'disabled' });
    console.log(`${FOLDER}/${name}.png`);
    await page.close();
  }
}
