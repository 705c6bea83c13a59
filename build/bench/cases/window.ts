import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startHost, type HeadlessClient } from '../../../test/support/headless-client.ts';
import type { TestServer } from '../../../test/support/servers/test-server.ts';
import { launchChromium } from '../../../test/support/window-browser.ts';
import { startGallery, type Gallery } from '../../../test/support/window-gallery.ts';
import type { BenchCase, BenchEntry, Contender, Figures, Quantity } from '../bench-case.ts';
import { serveConverse, startWebServer } from '../window/converse.ts';
import type { StaticServer } from '../window/static-server.ts';
import { visit, type Visit } from '../window/visit.ts';

const BOB = 'bob@example.org';
const PACE = { operations: 1, rounds: 5, warmUpRounds: 1 };
/** Each round goes through five thousand messages. */
const SLOW_PACE = { operations: 1, rounds: 3, warmUpRounds: 1 };
const LONG_TASK_MS = 50;
const BUNDLE = join(import.meta.dirname, '../../../out/renderer');
const BUNDLE_KIB = sum(filesIn(BUNDLE).map((file) => statSync(file).size)) / 1_024;

interface Stage {
  readonly browser: Browser;
  readonly gallery: Gallery;
  readonly server: TestServer;
  readonly converse: StaticServer;
  readonly alice: HeadlessClient;
}

export const window: BenchCase = {
  name: 'window',
  about: 'the window in Chromium: form, weight, long conversations; beside a bare form and Converse.js',
  async prepare() {
    const folder = await mkdtemp(join(tmpdir(), 'nightlatch-bench-window-'));
    const stage = await setStage(folder);
    return {
      entries: [
        form(stage),
        weight(stage),
        ...[10_000, 50_000].map((count) => opening(stage, count)),
        scrolling(stage),
      ],
      close: async () => {
        await Promise.allSettled([stage.alice.quit(), stage.browser.close()]);
        stage.gallery.close();
        stage.converse.close();
        await stage.server.stop();
        await rm(folder, { recursive: true });
      },
    };
  },
};

async function setStage(folder: string): Promise<Stage> {
  const { server, webSocket } = await startWebServer();
  const [browser, gallery, converse, alice] = await Promise.all([
    launchChromium(),
    startGallery(),
    serveConverse(webSocket),
    startHost({ profile: join(folder, 'alice'), server, browser: true }),
  ]);
  return { browser, gallery, server, converse, alice };
}

/** From the address to a form that takes what is typed. */
function form({ browser, alice, converse }: Stage): BenchEntry {
  const until = (name: string, address: string, field: string): Contender => ({
    name,
    run: () =>
      within(browser, async ({ page, fetched }) => {
        const startedAt = performance.now();
        await page.goto(address, { waitUntil: 'commit' });
        await page.locator(field).first().fill('alice');
        const time = performance.now() - startedAt;
        return { time, 'fetched by then': fetched() };
      }),
  });
  return {
    name: 'usable sign-in form',
    ...PACE,
    baseline: until('a bare form', `${converse.origin}/bare`, 'input'),
    ours: until('Nightlatch', alice.address ?? '', '#address'),
    peers: [until('Converse.js 14', `${converse.origin}/`, 'input[name=jid]')],
    quantities: [
      { figure: 'time', as: 'ratio', goal: 1.5 },
      { figure: 'fetched by then', as: 'KiB', goal: 200 },
    ],
  };
}

/** All that a window has fetched, drawn and holds when its form stands and nothing more comes. */
function weight({ browser, alice, converse }: Stage): BenchEntry {
  const whole = (name: string, address: string, fetchedOf: (seen: Visit) => number): Contender => ({
    name,
    run: () =>
      within(browser, async (seen) => {
        await seen.page.goto(address, { waitUntil: 'networkidle' });
        return { ...(await seen.costs()), fetched: fetchedOf(seen) };
      }),
  });
  return {
    name: 'weight of the whole window, at its form',
    ...PACE,
    baseline: whole('Converse.js 14', `${converse.origin}/`, (seen) => seen.fetched()),
    // Everything there is, also what is fetched while the form is filled in.
    ours: whole('Nightlatch', alice.address ?? '', () => BUNDLE_KIB),
    quantities: [
      { figure: 'fetched', as: 'ratio', unit: 'KiB', goal: 0.5 },
      { figure: 'elements', as: 'ratio', unit: 'elements', goal: 1 },
      { figure: 'heap', as: 'ratio', unit: 'MiB', goal: 0.5 },
    ],
  };
}

const DRAWN: readonly Quantity[] = [
  { figure: 'time', as: 'ms' },
  { figure: 'longest task', as: 'ms', goal: LONG_TASK_MS },
  { figure: 'elements', as: 'elements', goal: 2_000 },
  { figure: 'heap', as: 'MiB' },
];

/** From pressing a row to the newest message. */
function opening({ browser, gallery }: Stage, count: number): BenchEntry {
  return {
    name: `a conversation of ${count} messages, to first paint`,
    ...PACE,
    ours: {
      name: 'Nightlatch',
      run: () =>
        within(browser, async (seen) => {
          await seen.page.goto(`${gallery.address}?scene=long&count=${count}`);
          const row = seen.page.locator(`[data-address="${BOB}"]`);
          await row.waitFor();
          await seen.startCounting();
          const startedAt = performance.now();
          await row.click();
          await seen.page.locator(`[data-message=m${count - 1}]`).waitFor();
          return { time: performance.now() - startedAt, ...(await seen.costs()) };
        }),
    },
    quantities: DRAWN,
  };
}

/** Up through 5,000 messages, which are loaded on the way. */
function scrolling({ browser, gallery }: Stage): BenchEntry {
  const count = 5_000;
  return {
    name: `scrolling up through ${count} messages`,
    ...SLOW_PACE,
    ours: {
      name: 'Nightlatch',
      run: () =>
        within(browser, async (seen) => {
          await seen.page.goto(`${gallery.address}?scene=long&count=${count}`);
          await seen.page.locator(`[data-address="${BOB}"]`).click();
          await seen.page.locator(`[data-message=m${count - 1}]`).waitFor();
          await seen.page.getByRole('group', { name: 'Messages with Bob' }).hover();
          await seen.startCounting();
          const startedAt = performance.now();
          const first = seen.page.locator('[data-message=m0]');
          while (!(await first.isVisible())) await seen.page.mouse.wheel(0, -3_000);
          return { time: performance.now() - startedAt, ...(await seen.costs()) };
        }),
    },
    quantities: [...DRAWN, { figure: 'frame', as: 'ms' }],
  };
}

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

async function within(browser: Browser, run: (seen: Visit) => Promise<Figures>): Promise<Figures> {
  const seen = await visit(browser);
  try {
    return await run(seen);
  } finally {
    await seen.close();
  }
}
