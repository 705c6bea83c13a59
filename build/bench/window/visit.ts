/** One page of one browser, and what it cost. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Figures } from '../bench-case.ts';

const KIB = 1_024;
const MIB = KIB * KIB;
const CONTEXT = { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ignoreHTTPSErrors: true } as const;

/** Tasks that held the page's thread for 50 ms and more (Long Tasks), and the times between drawings. */
const WATCH = `
  window.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask', buffered: true });
  window.frameTimes = [];
  let last;
  requestAnimationFrame(function frame(now) {
    if (last !== undefined) frameTimes.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  });`;

export interface Visit {
  readonly page: Page;
  /** KiB of the bodies that came so far. */
  readonly fetched: () => number;
  /** Long tasks and frames are counted from here. */
  startCounting(): Promise<undefined>;
  /** Elements, heap after a collection; since `startCounting` the longest task, the middle frame and one of twenty. */
  costs(): Promise<Figures>;
  close(): Promise<void>;
}

/** In a context that nothing was kept in before and that keeps nothing. */
export async function visit(browser: Browser): Promise<Visit> {
  const context = await browser.newContext(CONTEXT);
  return { ...(await visitIn(context)), close: () => context.close() };
}

/** A context whose storage lasts from visit to visit. */
export function lastingContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext(CONTEXT);
}

export async function visitIn(context: BrowserContext): Promise<Visit> {
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.addInitScript(WATCH);
  let octets = 0;
  page.on('response', (response) => {
    response.body().then(
      (body) => (octets += body.length),
      () => undefined,
    );
  });
  const protocol = await context.newCDPSession(page);
  return {
    page,
    fetched: () => octets / KIB,
    startCounting: () => page.evaluate<undefined>('longTasks.length = frameTimes.length = 0, undefined'),
    costs: async () => {
      await protocol.send('HeapProfiler.collectGarbage');
      const { usedSize } = (await protocol.send('Runtime.getHeapUsage')) as { usedSize: number };
      const [elements, longest, frames] = await page.evaluate<[number, number, number[]]>(
        "[document.querySelectorAll('*').length, Math.max(0, ...longTasks), frameTimes]",
      );
      const [frame, slowFrame] = [percentileOf(frames, 0.5), percentileOf(frames, 0.95)];
      return { elements, heap: usedSize / MIB, 'longest task': longest, frame, 'slow frame': slowFrame };
    },
    close: () => page.close(),
  };
}

/** Of nothing it is 0. */
function percentileOf(values: readonly number[], part: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * part)] ?? 0;
}
