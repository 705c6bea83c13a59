/** ux.md 1, the Musts about what is seen, heard and reached, over fixtures that bring about every state. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ALL_SCENES } from '../../renderer/gallery/scenes.ts';
import { PROBLEMS } from '../../renderer/lib/problems.ts';
import { violationsIn } from '../support/axe.ts';
import { BADGES, overGallery } from '../support/gallery-tests.ts';
import { HAS_CHROMIUM } from '../support/window-browser.ts';

const BOB = 'bob@example.org';
const THEMES = ['light', 'dark', 'contrast'] as const;
/** Tall enough for every badge also at twice the size: what is out of sight is not drawn. */
const TALL = { viewport: { width: 1280, height: 7_000 } };

let page: Page;

describe.skipIf(!HAS_CHROMIUM)('the Musts of looks', () => {
  const gallery = overGallery({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  const open = async (query: string, options?: BrowserContextOptions) => (page = await gallery.open(query, options));
  const goTo = (query: string) => gallery.goTo(page, query);

  /** By keyboard: bars that appear move what a mouse would press. */
  const openBob = () => page.locator(`[data-address="${BOB}"]`).press('Enter');
  const press = (key: string) => page.keyboard.press(key);
  const scrollsSideways = () => page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');

  it.each(THEMES)('M15 has no violation of WCAG 2.2 AA in any scene, %s', async (theme) => {
    await open(`scene=main&theme=${theme}`);
    for (const scene of ALL_SCENES) {
      await goTo(`scene=${scene}&theme=${theme}`);
      const isBehindDialog = (await page.locator('dialog').count()) > 0;
      const hasBob = !isBehindDialog && (await page.locator(`[data-address="${BOB}"]`).isVisible());
      if (hasBob) await openBob();
      if (hasBob) await page.locator('textarea').waitFor();
      expect(await violationsIn(page), scene).toEqual([]);
    }
  });

  it.each(THEMES)('M15 has no violation of WCAG 2.2 AA in any panel and dialog, %s', async (theme) => {
    await open(`scene=main&theme=${theme}`);
    await openBob();
    const ways: readonly (() => Promise<void>)[] = [
      () => press('Control+i'),
      () => press('Control+Shift+V'),
      () => page.locator('[data-badge=O3]').click(),
      () => page.locator('[data-status]').click(),
      () => page.getByRole('button', { name: 'Away report' }).click(),
      () => page.getByRole('button', { name: 'Notices' }).click(),
      () => page.getByRole('button', { name: 'My address and safety code' }).click(),
      () => press('Control+Shift+F'),
    ];
    for (const [index, way] of ways.entries()) {
      await way();
      await page.getByRole('complementary').waitFor();
      expect(await violationsIn(page), `panel ${index}`).toEqual([]);
    }
    await press('Escape');
    for (const key of ['Control+n', 'Control+/', 'Control+,']) {
      await press(key);
      await page.getByRole('dialog').waitFor();
      expect(await violationsIn(page), key).toEqual([]);
      if (key !== 'Control+,') await press('Escape');
    }
    for (const button of await page
      .getByRole('navigation', { name: 'Pages of the settings' })
      .getByRole('button')
      .all()) {
      await button.click();
      expect(await violationsIn(page), await button.innerText()).toEqual([]);
    }
  });

  it.each([
    [320, 256, 100, '400 % zoom of 1280 by 1024'],
    [480, 420, 100, 'the smallest window'],
    [640, 512, 200, '200 % text'],
    [1280, 800, 200, '200 % text in an ordinary window'],
  ])('M15 loses nothing at %i by %i, text of %i per cent: %s', async (width, height, text) => {
    await open(`scene=main&text=${text}`, { viewport: { width, height } });
    expect(await scrollsSideways()).toBe(false);
    await openBob();
    expect(await scrollsSideways()).toBe(false);
    for (const name of ['Message to Bob']) expect(await page.getByRole('textbox', { name }).isVisible()).toBe(true);
    await press('Control+,');
    for (const button of await page
      .getByRole('navigation', { name: 'Pages of the settings' })
      .getByRole('button')
      .all()) {
      await button.click();
      expect(await scrollsSideways(), await button.innerText()).toBe(false);
      expect(await page.evaluate(CUT_OFF), await button.innerText()).toEqual([]);
    }
  });

  it.each(['main', 'C5', 'C8', 'E11'])('M15 has no page behind the window at twice the size, %s', async (scene) => {
    await open(`scene=${scene}&text=200`);
    await openBob();
    await page.locator('textarea').waitFor();
    // What is there for the ear alone would be scrolled to as well.
    expect(await page.evaluate('document.documentElement.scrollHeight - innerHeight')).toBe(0);
    const { width = 0 } = (await page.locator('textarea').boundingBox()) ?? {};
    expect(width, 'room to write').toBeGreaterThan(300);
    expect(
      await page.evaluate(
        '(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)(document.querySelector("main header, header"))',
      ),
    ).toBe(0);
  });

  it('M9 has every badge as a button with its words, told apart in grey and at 200 %', async () => {
    await open('scene=main', TALL);
    await openBob();
    await page.locator('[data-badge=O7]').waitFor();
    await page.evaluate("document.documentElement.style.setProperty('filter', 'grayscale(1)')");
    for (const text of ['1', '2']) {
      await page.evaluate(`document.documentElement.style.setProperty('--text-scale', '${text}')`);
      const pictures = new Map<string, string>();
      for (const badge of BADGES) {
        const target = page.locator(`[data-badge=${badge}]`);
        await target.scrollIntoViewIfNeeded();
        expect((await target.innerText()).trim(), badge).not.toBe('');
        const picture = (await target.screenshot()).toString('base64');
        // The best state of ours and of theirs mean the same.
        if (badge !== 'O1') expect(pictures.get(picture), badge).toBeUndefined();
        pictures.set(picture, badge);
      }
    }
  });

  it('M9 says the same in the badge, its tooltip, its spoken name and the details of every state', async () => {
    await open('scene=main', TALL);
    await openBob();
    for (const badge of BADGES.filter((each) => each !== 'I11')) {
      const target = page.locator(`[data-badge=${badge}]`);
      const words = (await target.innerText()).trim();
      const tip = (await target.getAttribute('data-tip')) ?? '';
      expect(await target.getAttribute('aria-label'), badge).toBe(`${words}. ${tip}`);
      await target.click();
      const details = await page.getByRole('complementary', { name: 'Message details' }).innerText();
      expect(details, badge).toContain(words);
      expect(details, badge).toContain(tip);
      for (const part of ['What was checked', 'What was not checked', 'If someone had this computer’s disk']) {
        expect(details, badge).toContain(part);
      }
    }
  });

  it('M3 opens a conversation of 50,000 messages at its end, goes to its beginning, and draws what is in sight', async () => {
    await open('scene=long&count=50000');
    await openBob();
    await page.locator('[data-message=m49999]').waitFor();
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(2_000);
    const list = page.getByRole('group', { name: 'Messages with Bob' });
    await list.hover();
    for (let turns = 0; turns < 60; turns += 1) await page.mouse.wheel(0, -2_000);
    await page.getByRole('button', { name: 'To the newest message' }).waitFor();
    expect(await page.locator('[data-message=m49999]').count()).toBe(0);
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(2_000);
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await page.locator('[data-message=m49999]').waitFor();
  });

  it('M3 keeps the reader’s place when earlier messages come in front', async () => {
    await open('scene=long&count=5000&delay=700');
    await openBob();
    await page.locator('[data-message=m4999]').waitFor();
    await page.getByRole('group', { name: 'Messages with Bob' }).hover();
    // To where the page before is asked for, which takes its time.
    while ((await page.evaluate<Place>(FIRST_IN_SIGHT)).place > 15) await page.mouse.wheel(0, -450);
    const before = await settledPlace();
    expect(before.place).toBeLessThan(16);
    await expect.poll(async () => (await page.evaluate<Place>(placeOf(before.id))).place).toBeGreaterThan(200);
    const after = await settledPlace(before.id);
    expect(Math.abs(after.top - before.top)).toBeLessThan(3);
  });

  /** Where the first message in sight stands, or that one, once nothing moves any more. */
  async function settledPlace(id?: string): Promise<Place> {
    let last: Place | undefined;
    for (;;) {
      const place = await page.evaluate<Place>(id === undefined ? FIRST_IN_SIGHT : placeOf(id));
      if (last?.id === place.id && last.top === place.top) return place;
      last = place;
    }
  }

  it('M4 offers the spoken code of a live session, large and spelled out, and takes either answer', async () => {
    await open('scene=main');
    await page.locator('[data-address="front.desk@example.org"]').click();
    await page.getByRole('button', { name: 'Compare codes' }).click();
    const spoken = page.getByRole('region', { name: 'Spoken code' });
    expect(await spoken.innerText()).toContain('kilo seven tango two nine');
    await spoken.getByRole('button', { name: 'It does not match' }).click();
    await spoken.getByText('The codes differ.').waitFor();
  });

  it('M16 takes every word of the window from a catalogue, two fifths longer without loss, from right to left too', async () => {
    await open('scene=signIn&lang=en-XA');
    expect(await page.evaluate(PLAIN_WORDS)).toEqual([]);
    for (const lang of ['en-XA', 'ar-XB']) {
      await goTo(`scene=main&lang=${lang}`);
      await openBob();
      expect(await scrollsSideways(), lang).toBe(false);
      const side = await page.evaluate("getComputedStyle(document.querySelector('header .state')).textAlign");
      expect(side, 'a sentence begins where the name above it does').toBe(lang === 'ar-XB' ? 'right' : 'left');
      await press('Control+,');
      expect(await page.evaluate(PLAIN_WORDS_IN_DIALOG), lang).toEqual([]);
      expect(await page.evaluate(CUT_OFF), lang).toEqual([]);
      await press('Escape');
    }
    const list = await page.locator('nav').first().boundingBox();
    expect(list?.x, 'the list is on the right').toBeGreaterThan(600);
  });

  it('M19 S-197 says plainly, before a word is typed, that there is no protected storage, and goes on without away keys', async () => {
    await open('scene=S10');
    const bar = page.locator('[data-problem=E7]');
    await bar.getByText('This computer has no protected place for keys. Away keys are off.').waitFor();
    await page.locator('[data-status=S10]').waitFor();
    await bar.getByRole('button', { name: 'Not now' }).click();
    expect(await bar.count()).toBe(0);
    await openBob();
    expect(await page.getByRole('textbox', { name: 'Message to Bob' }).isEnabled()).toBe(true);
  });

  it.each(PROBLEMS)('M19 E-numbers: shows %s with what it means and its number', async (problem) => {
    await open(`scene=${problem}`);
    const bar = page.locator(`[data-problem=${problem}]`);
    await bar.waitFor();
    await bar.getByText('Why').click();
    await bar.getByText(`Number ${problem}`, { exact: true }).waitFor();
  });
});

interface Place {
  readonly id: string;
  readonly top: number;
  /** Among those that are loaded. */
  readonly place: number;
}
const PLACE = '({ id: item.dataset.message, top: item.getBoundingClientRect().top, place: item.ariaPosInSet * 1 })';
/** After a drawing, so that two of them are two moments. */
const afterDrawing = (
  find: string,
): string => `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const item = ${find};
  resolve(${PLACE});
})))`;
const FIRST_IN_SIGHT = afterDrawing(
  "[...document.querySelectorAll('[data-message]')].find((each) => each.getBoundingClientRect().top > 100)",
);
const placeOf = (id: string): string => afterDrawing(`document.querySelector('[data-message="${id}"]')`);

/** Text of the page that is no pseudo-locale, no name, time or number. */
const plainWordsIn = (root: string): string => `[...document.querySelectorAll('${root}')]
  .filter((node) => node.checkVisibility() && node.children.length === 0)
  .map((node) => node.textContent.trim())
  .filter((text) => /[a-zA-Z]{3}/.test(text.replace(/\\[[^\\]]*\\]/g, '')))
  .filter((text) => !/Nightlatch|@example\\.org|^\\d+ days?$/.test(text))`;
const PLAIN_WORDS = plainWordsIn('form *');
const PLAIN_WORDS_IN_DIALOG = plainWordsIn('dialog *');
/** Words that do not fit their box and cannot be scrolled to. */
const CUT_OFF = `[...document.querySelectorAll('dialog button, dialog label, dialog p, dialog h2, dialog h3, dialog h4')]
  .filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0)
  .map((node) => node.textContent.trim())`;
