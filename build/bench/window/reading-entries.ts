/** Long conversations: opened, and gone through from the newest message to the first. */
import type { BenchEntry } from '../bench-case.ts';
import { DRAWN, drawn, firstNumber, inBoth, lastIs, SMOOTH, type Places, type Reader } from './readers.ts';
import type { Length, Stage } from './stage.ts';
import type { Visit } from './visit.ts';

const PACE = { operations: 1, rounds: 3, warmUpRounds: 1 };
/** Each round goes through five thousand messages. */
const SLOW_PACE = { operations: 1, rounds: 3, warmUpRounds: 0 };
const WHEEL_PX = 3_000;
const SCROLL_MS = 40_000;

/** From asking for the conversation, which that page has not read yet, to its newest message. */
export function opening(stage: Stage, length: Length): BenchEntry {
  const run = async ({ seen, places, open }: Reader) => {
    await seen.startCounting();
    const startedAt = performance.now();
    await open();
    await drawn(seen, lastIs(length - 1, places));
    const time = performance.now() - startedAt;
    return { time, ...(await seen.costs()) };
  };
  return {
    name: `a conversation of ${length} messages, to first paint`,
    ...PACE,
    ...inBoth(stage, length, run),
    quantities: DRAWN,
  };
}

/** Up to the first message, or for as long as is given, through all of those between, which are loaded on the way. */
export function scrolling(stage: Stage, length: Length): BenchEntry {
  const run = async ({ seen, places, open }: Reader) => {
    await open();
    await drawn(seen, lastIs(length - 1, places));
    await seen.page.locator(places.list).hover();
    await seen.startCounting();
    const startedAt = performance.now();
    const passed = await scrollUp(seen, places, length);
    return { 'time a message': (performance.now() - startedAt) / passed, passed, ...(await seen.costs()) };
  };
  return {
    name: `scrolling up through ${length} messages, for ${SCROLL_MS / 1_000} s at most`,
    ...SLOW_PACE,
    ...inBoth(stage, length, run),
    quantities: [
      { figure: 'time a message', as: 'ratio', goal: 1 },
      { figure: 'passed', as: 'ratio', unit: 'messages' },
      ...DRAWN.filter(({ figure }) => figure !== 'time'),
      ...SMOOTH,
    ],
  };
}

/** @returns how many messages it came past, of that many. */
async function scrollUp({ page }: Visit, places: Places, length: number): Promise<number> {
  const deadline = performance.now() + SCROLL_MS;
  let first = length;
  while (first > 0 && performance.now() < deadline) {
    await page.mouse.wheel(0, -WHEEL_PX);
    first = await page.evaluate<number>(firstNumber(places));
  }
  return length - first;
}
