/** Long conversations: opened, and gone through from the newest message to the first. */
import type { Page } from 'playwright-core';
import { numberAt } from '../../../renderer/gallery/long-texts.ts';
import type { BenchEntry, Quantity } from '../bench-case.ts';
import { closeChat, messageAt, openChat } from './converse-person.ts';
import { addressOf, closing, within, type Length, type Stage } from './stage.ts';
import type { Visit } from './visit.ts';

const LONG_TASK_MS = 50;
const PACE = { operations: 1, rounds: 3, warmUpRounds: 1 };
/** Each round goes through five thousand messages. */
const SLOW_PACE = { operations: 1, rounds: 1, warmUpRounds: 0 };

/** What of a window is held against the other's, and what of ours against a limit. */
const DRAWN: readonly Quantity[] = [
  { figure: 'time', as: 'ratio', goal: 1 },
  { figure: 'longest task', as: 'ratio', goal: 1 },
  { figure: 'longest task', as: 'ms', goal: LONG_TASK_MS },
  { figure: 'elements', as: 'ratio', unit: 'elements', goal: 1 },
  { figure: 'elements', as: 'elements', goal: 2_000 },
  { figure: 'heap', as: 'ratio', unit: 'MiB', goal: 0.5 },
];

/** From asking for the conversation, which that page has not read yet, to its newest message. */
export function opening({ browser, alice, person }: Stage, length: Length): BenchEntry {
  const address = addressOf(length);
  return {
    name: `a conversation of ${length} messages, to first paint`,
    ...PACE,
    baseline: {
      name: 'Converse.js 14',
      run: async () =>
        closing(await person.open(), async (seen) => {
          const last = messageAt(seen.page, length - 1);
          const figures = await timed(seen, () => openChat(seen.page, address), last);
          await closeChat(seen.page, address);
          return figures;
        }),
    },
    ours: {
      name: 'Nightlatch',
      run: () =>
        within(browser, async (seen) => {
          const row = await rowOf(seen.page, alice.address ?? '', address);
          return timed(seen, () => row.click(), ourMessageAt(seen.page, length - 1));
        }),
    },
    quantities: DRAWN,
  };
}

/** Up to the first message, through all of those between, which are loaded on the way. */
export function scrolling({ browser, alice, person }: Stage, length: Length): BenchEntry {
  const address = addressOf(length);
  return {
    name: `scrolling up through ${length} messages`,
    ...SLOW_PACE,
    baseline: {
      name: 'Converse.js 14',
      run: async () =>
        closing(await person.open(), async (seen) => {
          await openChat(seen.page, address);
          await messageAt(seen.page, length - 1).waitFor();
          const figures = await scrollUp(seen, '.chat-content__messages', messageAt(seen.page, 0));
          await closeChat(seen.page, address);
          return figures;
        }),
    },
    ours: {
      name: 'Nightlatch',
      run: () =>
        within(browser, async (seen) => {
          await (await rowOf(seen.page, alice.address ?? '', address)).click();
          await ourMessageAt(seen.page, length - 1).waitFor();
          return scrollUp(seen, '[role=group].scroll', ourMessageAt(seen.page, 0));
        }),
    },
    quantities: [...DRAWN, { figure: 'frame', as: 'ratio' }],
  };
}

function ourMessageAt(page: Page, index: number) {
  return page.locator('[data-message] .bubble', { hasText: new RegExp(`^\\s*${numberAt(index)}`) });
}

async function rowOf(page: Page, window: string, address: string) {
  await page.goto(window);
  const row = page.locator(`[data-address="${address}"]`);
  await row.waitFor();
  return row;
}

async function timed(seen: Visit, ask: () => Promise<unknown>, last: ReturnType<typeof ourMessageAt>) {
  await seen.startCounting();
  const startedAt = performance.now();
  await ask();
  await last.waitFor();
  const time = performance.now() - startedAt;
  return { time, ...(await seen.costs()) };
}

async function scrollUp(seen: Visit, scroller: string, first: ReturnType<typeof ourMessageAt>) {
  await seen.page.locator(scroller).hover();
  await seen.startCounting();
  const startedAt = performance.now();
  while (!(await first.isVisible())) await seen.page.mouse.wheel(0, -3_000);
  return { time: performance.now() - startedAt, ...(await seen.costs()) };
}
