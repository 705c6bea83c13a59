/**
 * `npm run screenshots -- --gallery`: every scene of the gallery in every look, on sheets of twelve under
 * test-output/gallery/, for somebody to open and judge.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, ViewportSize } from 'playwright-core';
import { ALL_SCENES } from '../../renderer/gallery/scenes.ts';

/** The day of which the fixtures’ sentences speak. */
export const SUNDAY = new Date(2026, 10, 22, 18, 30);

const PER_SHEET = 12;
const SHEET = { width: 1680, height: 1120 };
const WIDE = { width: 1120, height: 720 };

interface Look {
  readonly name: string;
  readonly query: string;
  readonly size: ViewportSize;
}

const LOOKS: readonly Look[] = [
  { name: 'light', query: 'theme=light', size: WIDE },
  { name: 'dark', query: 'theme=dark', size: WIDE },
  { name: 'contrast', query: 'theme=contrast', size: WIDE },
  { name: 'narrow', query: 'theme=light', size: { width: 480, height: 720 } },
  { name: 'large', query: 'theme=light&text=200', size: WIDE },
  { name: 'rtl', query: 'theme=light&lang=ar-XB', size: WIDE },
];

/** @returns the files that were written, relative to the project's folder. */
export async function photographGallery(browser: Browser, address: string, root: string): Promise<readonly string[]> {
  const folder = 'test-output/gallery';
  await mkdir(join(root, folder), { recursive: true });
  const files: string[] = [];
  for (const look of LOOKS) {
    const pictures = await photograph(browser, address, look);
    for (let at = 0; at < pictures.length; at += PER_SHEET) {
      const file = `${folder}/${look.name}-${at / PER_SHEET + 1}.png`;
      await lay(browser, pictures.slice(at, at + PER_SHEET), join(root, file));
      files.push(file);
    }
  }
  return files;
}

interface Picture {
  readonly scene: string;
  readonly png: string;
}

async function photograph(browser: Browser, address: string, { query, size }: Look): Promise<readonly Picture[]> {
  const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.clock.setFixedTime(SUNDAY);
  const pictures: Picture[] = [];
  for (const scene of ALL_SCENES) {
    await page.goto(`${address}?scene=${scene}&${query}`);
    await page.locator('form, nav').first().waitFor();
    const first = page.locator('[data-address]').first();
    if (await first.isVisible()) await first.click({ timeout: 1_000 }).catch(() => undefined); // a dialog may cover it
    pictures.push({ scene, png: (await page.screenshot({ animations: 'disabled' })).toString('base64') });
  }
  await context.close();
  return pictures;
}

async function lay(browser: Browser, pictures: readonly Picture[], path: string): Promise<void> {
  const page = await browser.newPage({ viewport: SHEET });
  const figures = pictures.map(
    ({ scene, png }) => `<figure><img src="data:image/png;base64,${png}"><figcaption>${scene}</figcaption></figure>`,
  );
  const style =
    'body{margin:0;display:grid;grid-template-columns:repeat(4,1fr);gap:8px;font:14px sans-serif}' +
    'figure{margin:0;text-align:center}img{max-width:100%;max-height:340px;border:1px solid gray}';
  await page.setContent(`<style>${style}</style>${figures.join('')}`);
  await page.screenshot({ path });
  await page.close();
}
