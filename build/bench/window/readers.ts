/** The two windows as one: a conversation in each of them, its messages, and what it costs to look at them. */
import type { Page } from 'playwright-core';
import { numberAt } from '../../../renderer/gallery/long-texts.ts';
import type { BenchEntry, Figures, Quantity } from '../bench-case.ts';
import { closeChat, openChat } from './converse-person.ts';
import { addressOf, closing, within, type Length, type Stage } from './stage.ts';
import type { Visit } from './visit.ts';

const LONG_TASK_MS = 50;
const LIMIT_MS = 120_000;

/** What of a window is held against the other's, and what of ours against a limit. */
export const DRAWN: readonly Quantity[] = [
  { figure: 'time', as: 'ratio', goal: 1 },
  { figure: 'longest task', as: 'ratio', goal: 1 },
  { figure: 'longest task', as: 'ms', goal: LONG_TASK_MS },
  { figure: 'elements', as: 'ratio', unit: 'elements', goal: 1 },
  { figure: 'elements', as: 'elements', goal: 2_000 },
  { figure: 'heap', as: 'ratio', unit: 'MiB', goal: 0.5 },
];

/** How it moves: the middle frame, and the one that a twentieth is slower than. */
export const SMOOTH: readonly Quantity[] = [
  { figure: 'frame', as: 'ratio' },
  { figure: 'slow frame', as: 'ratio' },
];

/** Where a window has what: selectors of its list, and of the texts in it in their order. */
export interface Places {
  readonly list: string;
  readonly text: string;
}

export const OURS: Places = { list: '[role=group].scroll', text: '[data-message] .bubble' };
export const THEIRS: Places = { list: '.chat-content__messages', text: '.chat-msg__text' };

/** A window whose conversation is not open yet. */
export interface Reader {
  readonly seen: Visit;
  readonly places: Places;
  readonly open: () => Promise<unknown>;
}

/** The same done in both windows with the conversation of that length. */
export function inBoth(
  { browser, alice, person }: Stage,
  length: Length,
  run: (reader: Reader) => Promise<Figures>,
): Pick<BenchEntry, 'baseline' | 'ours'> {
  const address = addressOf(length);
  return {
    baseline: {
      name: 'Converse.js 14',
      run: async () =>
        closing(await person.open(), async (seen) => {
          const figures = await run({ seen, places: THEIRS, open: () => openChat(seen.page, address) });
          await closeChat(seen.page, address);
          return figures;
        }),
    },
    ours: {
      name: 'Nightlatch',
      run: () =>
        within(browser, async (seen) => {
          const row = await rowOf(seen.page, alice.address ?? '', address);
          return run({ seen, places: OURS, open: () => row.click() });
        }),
    },
  };
}

/** Our window with its list of conversations. @returns the row of one of them. */
export async function rowOf(page: Page, window: string, address: string) {
  await page.goto(window);
  const row = page.locator(`[data-address="${address}"]`);
  await row.waitFor();
  return row;
}

/** Whether the last of the texts in the list is that of this place and is shown: an expression for a page. */
export function lastIs(index: number, { text }: Places): string {
  return `((found) => found !== undefined && found.checkVisibility({ visibilityProperty: true })
    && found.textContent.trim().startsWith(${JSON.stringify(numberAt(index))}))(${allOf(text)}.at(-1))`;
}

/** The place of the first of the texts in the list: an expression for a page. */
export function firstNumber({ text }: Places): string {
  return `Number.parseInt(${allOf(text)}[0].textContent, 10)`;
}

function allOf(selector: string): string {
  return `[...document.querySelectorAll(${JSON.stringify(selector)})]`;
}

/**
 * Asked in each frame, so that the answer is about what was drawn, and by the protocol of the browser's tools, since the
 * policy of our page has no `eval`.
 *
 * @throws Error when it does not come true within two minutes.
 */
export async function drawn({ page }: Visit, expression: string): Promise<void> {
  const isTrue = await page.evaluate<boolean>(`new Promise((resolve) => {
    const deadline = performance.now() + ${LIMIT_MS};
    requestAnimationFrame(function look() {
      const isTrue = ${expression};
      if (isTrue || performance.now() > deadline) resolve(isTrue);
      else requestAnimationFrame(look);
    });
  })`);
  if (!isTrue) throw new Error(`not within ${LIMIT_MS} ms: ${expression}`);
}
