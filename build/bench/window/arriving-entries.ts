/** A thousand messages, and ten thousand, that come while their conversation is open: what a backlog is to a window. */
import type { BenchEntry, Contender } from '../bench-case.ts';
import { within, type Stage } from './stage.ts';

const PACE = { operations: 1, rounds: 3, warmUpRounds: 0 };
const THOUSAND = 1_000;
const BOB = 'bob@example.org';

/** P-7: ten times as many in at most eleven times the time. */
export function arriving(stage: Stage): BenchEntry {
  return {
    name: `${10 * THOUSAND} messages that arrive, drawn, over ${THOUSAND}`,
    ...PACE,
    baseline: drawing(stage, THOUSAND),
    ours: drawing(stage, 10 * THOUSAND),
    quantities: [
      { figure: 'time', as: 'ratio', goal: 11 },
      { figure: 'longest task', as: 'ms', goal: 50 },
      { figure: 'elements', as: 'elements', goal: 2_000 },
    ],
  };
}

/** From the first event to the last message, with each event in a task of its own, as from a host. */
function drawing({ browser, gallery }: Stage, count: number): Contender {
  return {
    name: `Nightlatch, ${count} drawn as they arrive`,
    run: () =>
      within(browser, async (seen) => {
        const { page } = seen;
        await page.goto(`${gallery.address}?scene=long&count=${THOUSAND}`);
        await page.locator(`[data-address="${BOB}"]`).click();
        await page.locator(`[data-message=m${THOUSAND - 1}]`).waitFor();
        await seen.startCounting();
        const startedAt = performance.now();
        await page.evaluate(`void dispatchEvent(new CustomEvent('arrive', { detail: ${count} }))`);
        await page.locator(`[data-message=a${count - 1}]`).waitFor();
        const time = performance.now() - startedAt;
        return { time, ...(await seen.costs()) };
      }),
  };
}
