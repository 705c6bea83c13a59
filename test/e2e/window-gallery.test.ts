import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ALL_SCENES } from '../../renderer/gallery/scenes.ts';
import { violationsIn } from '../support/axe.ts';
import { BADGES, overGallery } from '../support/gallery-tests.ts';
import { HAS_CHROMIUM } from '../support/window-browser.ts';

const BOB = 'bob@example.org';

let page: Page;

describe.skipIf(!HAS_CHROMIUM)('the window in a browser, over fixtures', () => {
  const gallery = overGallery({ viewport: { width: 1120, height: 720 } });
  const open = async (scene: string, options?: BrowserContextOptions) =>
    (page = await gallery.open(`scene=${scene}`, options));
  const goTo = (scene: string) => gallery.goTo(page, `scene=${scene}`);

  const openBob = () => page.locator(`[data-address="${BOB}"]`).click();
  /** The rows that are drawn last are there: nothing moves any more. Each badge is a row, and the day is one. */
  const isWhole = () => page.locator(`[aria-posinset="${BADGES.length + 1}"]`).waitFor();
  const focused = (expression: string) => page.evaluate(`document.activeElement.${expression}`);
  const scrollsSideways = () => page.evaluate('document.documentElement.scrollWidth > innerWidth');

  it('S-139 fills a link’s text in when somebody agrees, sends nothing, and forgets it otherwise', async () => {
    await open('linkMessage');
    const asked = page.getByRole('dialog', { name: 'Write to this address?' });
    await asked.getByText(BOB, { exact: true }).waitFor();
    await asked.getByText('Hello! I found your address').waitFor();
    expect(await focused('textContent'), 'agreeing is a step of its own').not.toContain('Continue');
    await asked.getByRole('button', { name: 'Continue' }).click();
    const composer = page.getByRole('textbox', { name: 'Message to Bob' });
    await expect.poll(() => composer.inputValue()).toMatch(/^Hello! I found your address/);
    await page.locator('[data-badge=O7]').waitFor();
    expect(await page.locator('li[data-message]', { hasText: 'I found your address' }).count()).toBe(0);

    await goTo('linkMessage');
    await asked.waitFor();
    await page.keyboard.press('Escape');
    await asked.waitFor({ state: 'detached' });
    await openBob();
    expect(await composer.inputValue()).toBe('');
  });

  it('S-140 draws letters that were made to stop it: the list, then all of them, each above its own badge', async () => {
    await open('hostile', { viewport: { width: 1120, height: 30_000 } });
    await openBob();
    await page.locator('[data-message=hostile-overrides]').waitFor();
    const letters = page.locator('[data-message^=hostile-]');
    await expect.poll(() => letters.count()).toBe(11);
    // Without a bound there are 20,000 for the first of them alone, and the page stands still for a minute.
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(3_000);
    for (const letter of await letters.all()) expect(await letter.locator('[data-badge=I4]').count()).toBe(1);
    // What is piled up on a letter ends where the text does.
    const ends =
      '[...document.querySelectorAll("[data-message^=hostile-] p")].map((p) => getComputedStyle(p).overflowY)';
    expect(await page.evaluate(ends)).toEqual(Array(11).fill('clip'));
    expect(await scrollsSideways()).toBe(false);
  });

  it('opens a message’s menu by its keys and by the second button, and copies by Ctrl+C', async () => {
    await open('main');
    await openBob();
    const held = page.locator('li[data-message]', { has: page.locator('[data-badge=O5]') });
    await held.focus();
    await page.keyboard.press('Shift+F10');
    const menu = page.getByRole('menu');
    await menu.waitFor();
    expect(await menu.getByRole('menuitem').allInnerTexts()).toEqual(['Copy', 'Details', 'Delete']);
    expect(await focused('textContent')).toBe('Copy');
    await page.keyboard.press('ArrowDown');
    expect(await focused('textContent')).toBe('Details');
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    await expect.poll(() => focused('dataset.message')).toBe(await held.getAttribute('data-message'));

    await page.locator('li[data-message]', { has: page.locator('[data-badge=O4]') }).click({ button: 'right' });
    await menu.getByRole('menuitem', { name: 'Send again' }).waitFor();
    await menu.getByRole('menuitem', { name: 'Details' }).click();
    await page.getByRole('complementary', { name: 'Message details' }).waitFor();
    expect(await violationsIn(page)).toEqual([]);

    await held.focus();
    await page.keyboard.press('Control+c');
    await page.getByRole('status').getByText('Copied').waitFor({ state: 'attached' });
  });

  it('makes a new key only after saying who must compare again, and shows its code', async () => {
    await open('main');
    await page.getByRole('button', { name: 'My address and safety code' }).click();
    const panel = page.getByRole('complementary');
    await panel.getByRole('button', { name: 'Use a new key' }).click();
    await panel.getByText('everyone has to compare it with you again').waitFor();
    await panel.getByRole('button', { name: 'Use a new key' }).click();
    await panel.getByText('This is your new safety code.').waitFor();
    expect(await violationsIn(page)).toEqual([]);
  });

  it('S-139 puts a link’s address into the form for a contact, and adds nobody by itself', async () => {
    await open('linkContact');
    await page.getByRole('dialog', { name: 'Add this address?' }).getByRole('button', { name: 'Continue' }).click();
    const form = page.getByRole('dialog', { name: 'Add a contact' });
    expect(await form.getByLabel('Address').inputValue()).toBe('carpenter@example.org');
    expect(await form.getByLabel('Name').inputValue()).toBe('');
    expect(await page.locator('[data-address="carpenter@example.org"]').count()).toBe(0);
  });

  it('draws every scene in both themes without a complaint, least of all about its policy', async () => {
    await open('main');
    for (const scene of ALL_SCENES) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await goTo(scene);
        expect(gallery.complaints(), `${scene} ${colorScheme}`).toEqual([]);
      }
    }
  });

  it('shows every badge, each a target of at least 24 by 24 that stands out at 4.5 : 1', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      // Tall enough for all of them: what is out of sight is not drawn.
      await open('main', { colorScheme, viewport: { width: 1120, height: 3_000 } });
      await openBob();
      for (const badge of BADGES) {
        const target = page.locator(`[data-badge=${badge}]`);
        const box = await target.boundingBox();
        expect(Math.min(box?.width ?? 0, box?.height ?? 0), badge).toBeGreaterThanOrEqual(24);
        const colours = await page.evaluate(`(${COLOURS_AROUND})(document.querySelector('[data-badge=${badge}]'))`);
        expect(contrastOf(colours as readonly string[]), `${badge} ${colorScheme}`).toBeGreaterThanOrEqual(4.5);
      }
      if (colorScheme === 'light') await page.context().close();
    }
  });

  it.each([
    [320, 480, 1],
    [480, 420, 1],
    [480, 800, 2],
    [900, 700, 1],
    [1120, 720, 2],
    [1280, 720, 1],
  ])(
    'fits %i by %i at %i times the text size: nothing scrolls sideways, one pane where there is no room',
    async (width, height, times) => {
      await open('main', { viewport: { width, height } });
      if (times === 2) await enlarge();
      expect(await scrollsSideways()).toBe(false);
      await openBob();
      expect(await scrollsSideways()).toBe(false);
      expect(await page.locator('nav').isVisible()).toBe(width >= 900);
      await page.locator('[data-badge=O7]').click();
      expect(await scrollsSideways()).toBe(false);
      await page.keyboard.press('Escape');
      if (width < 900) await page.getByRole('button', { name: 'Back to the list' }).click();
      expect(await page.locator('nav').isVisible()).toBe(true);
    },
  );

  const enlarge = () => page.evaluate("document.documentElement.style.setProperty('font-size', '175%')");

  it('can be used by keyboard alone: choose, write, send, read the details, go back', async () => {
    await open('main');
    for (let presses = 0; presses < 30 && (await focused('dataset.address')) !== BOB; presses += 1) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.locator('textarea:focus').waitFor();
    await page.keyboard.type('Good morning');
    await page.keyboard.press('Enter');
    const own = page.getByRole('listitem', { name: /^You, “Good morning”/ });
    await own.waitFor();
    await own.focus();
    await page.keyboard.press('ArrowUp');
    expect(await focused('getAttribute("aria-label")')).toMatch(/^You, “Test, in clear/);
    await page.keyboard.press('Enter');
    expect(await focused('textContent')).toBe('Message details');
    await page.keyboard.press('Escape');
    expect(await page.locator('aside').count()).toBe(0);
    expect(await focused('getAttribute("aria-label")')).toMatch(/^You, “Test, in clear/);
  });

  it('shows where the focus is on everything that Tab reaches', async () => {
    await open('main');
    await openBob();
    for (let presses = 0; presses < 25; presses += 1) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(FOCUS_RING);
      expect(outline).toMatch(/^(solid 2px|body)$/);
    }
  });

  it('gives every control a name', async () => {
    for (const scene of ['signIn', 'main', 'S4']) {
      await open(scene);
      if (scene === 'main') await openBob();
      if (scene === 'S4') await page.locator('[data-status]').click();
      expect(await page.evaluate(NAMELESS)).toEqual([]);
      if (scene !== 'S4') await page.context().close();
    }
  });

  it('shows a badge’s tooltip on hover and on focus, and Esc takes it away', async () => {
    await open('main');
    await openBob();
    await isWhole();
    const tip = page.locator('.tip');
    await page.locator('[data-badge=O2]').hover();
    expect(await tip.textContent()).toContain('Bob’s code was never compared.');
    await page.keyboard.press('Escape');
    expect(await tip.count()).toBe(0);
  });

  it('S-141 takes text alone from a paste and from a drop of markup', async () => {
    await open('main');
    await openBob();
    for (const kind of ['paste', 'drop']) {
      await page.locator('textarea').fill('');
      await page.evaluate(SELECT_MARKUP);
      await page.keyboard.press('Control+C');
      if (kind === 'paste') await page.locator('textarea').focus();
      if (kind === 'paste') await page.keyboard.press('Control+V');
      else await page.locator('#dragged').dragTo(page.locator('textarea'));
      expect(await page.locator('textarea').inputValue(), kind).toBe('bold words');
      expect(await page.locator('main b, main img').count(), kind).toBe(0);
    }
  });

  it('stays under 2,000 elements with a full page of a long conversation', async () => {
    await open('long');
    await openBob();
    await page.locator('[data-message=m999]').waitFor();
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(2_000);
  });

  it('is still where motion is not wanted', async () => {
    await open('main', { reducedMotion: 'reduce' });
    const moving = 'getComputedStyle(document.querySelector("button")).transitionDuration';
    expect(await page.evaluate(moving)).toBe('0s');
  });

  it('closes a dialog by Esc in the same moment: the next key counts, and the focus goes back', async () => {
    await open('main');
    await openBob();
    await page.locator('textarea:focus').waitFor();
    await page.keyboard.press('Control+/');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.evaluate(ESC_AND_SETTINGS);
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').count()).toBe(0);
    expect(await focused('tagName')).toBe('TEXTAREA');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    expect(await focused('ariaLabel')).toBe('Settings');
  });

  it('copies a safety code without any permission', async () => {
    await open('main');
    await page.getByRole('button', { name: 'My address and safety code' }).click();
    await page.getByRole('button', { name: 'Copy', exact: true }).last().click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await openBob();
    await page.locator('textarea').focus();
    await page.keyboard.press('Control+V');
    expect(await page.locator('textarea').inputValue()).toMatch(/^(\d{5} ){11}\d{5}$/);
  });
});

/** What runs in the page is written as text: this project's tests know no document. */
const COLOURS_AROUND = `(node) => {
  const grounds = [];
  for (let at = node; at !== null; at = at.parentElement) grounds.push(getComputedStyle(at).backgroundColor);
  return [getComputedStyle(node).color, grounds.find((ground) => !ground.endsWith(', 0)')) ?? 'rgb(255, 255, 255)'];
}`;
const FOCUS_RING = `(() => {
  // The ring of a message is around its bubble, not around the whole width of the list.
  const style = getComputedStyle(document.activeElement.querySelector(':scope > .line > .bubble') ?? document.activeElement);
  return document.activeElement === document.body ? 'body' : style.outlineStyle + ' ' + style.outlineWidth;
})()`;
const NAMELESS = `[...document.querySelectorAll('button, input, textarea, aside, nav, ol, ul')]
  .filter((node) => node.checkVisibility())
  .filter((node) => !(node.matches('ol, ul') || node.ariaLabel || node.getAttribute('aria-labelledby')
    || node.textContent.trim() || node.labels?.length))
  .map((node) => node.outerHTML.slice(0, 120))`;
/** Both keys in one turn of the page. */
const ESC_AND_SETTINGS = `(() => {
  const press = (target, init) => target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
  press(document.querySelector('dialog'), { key: 'Escape' });
  press(document.body, { key: ',', ctrlKey: true });
})()`;
const SELECT_MARKUP = `(() => {
  document.querySelector('#dragged')?.remove();
  const source = document.createElement('div');
  source.id = 'dragged';
  const bold = document.createElement('b');
  bold.textContent = 'bold';
  source.append(bold, ' words', document.createElement('img'));
  source.style.setProperty('position', 'fixed');
  source.style.setProperty('top', '0');
  source.style.setProperty('z-index', '99');
  document.body.append(source);
  getSelection().selectAllChildren(source);
  document.activeElement.blur();
})()`;

/** Contrast of a colour on its ground, as the browser computed both (WCAG 2.2, 1.4.3). */
function contrastOf([colour = '', ground = '']: readonly string[]): number {
  const [light = 0, deep = 0] = [luminanceOf(colour), luminanceOf(ground)].sort((one, other) => other - one);
  return (light + 0.05) / (deep + 0.05);
}

function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
