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
import { knowPlainSender, lastMarkOf, leavePlain, leaveSealed, PASSWORD, type Batch } from '../window/letters.ts';
import type { StaticServer } from '../window/static-server.ts';
import { visit, type Visit } from '../window/visit.ts';

const LETTERS = 1_000;
const ALICE = 'alice@example.org';
const BOB = 'bob@example.org';
const PACE = { operations: 1, rounds: 5, warmUpRounds: 1 };
/** Each round writes and stores two thousand messages. */
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
  readonly bob: HeadlessClient;
}

export const window: BenchCase = {
  name: 'window',
  about: 'the window in Chromium: form, long conversations, a backlog; beside a bare form and Converse.js',
  async prepare() {
    const folder = await mkdtemp(join(tmpdir(), 'nightlatch-bench-window-'));
    const stage = await setStage(folder);
    return {
      entries: [
        form(stage),
        weight(stage),
        ...[10_000, 50_000].map((count) => opening(stage, count)),
        scrolling(stage),
        backlog(stage),
      ],
      close: async () => {
        await Promise.allSettled([stage.alice.quit(), stage.bob.quit(), stage.browser.close()]);
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
  for (const name of ['alice', 'bob', 'plain', 'reader']) await server.addUser(name, PASSWORD);
  const [browser, gallery, converse, alice, bob] = await Promise.all([
    launchChromium(),
    startGallery(),
    serveConverse(webSocket, PASSWORD, ['reader']),
    startHost({ profile: join(folder, 'alice'), server, browser: true }),
    startHost({ profile: join(folder, 'bob'), server }),
  ]);
  await Promise.all([
    alice.call('account.signIn', { address: ALICE, password: PASSWORD }),
    bob.call('account.signIn', { address: BOB, password: PASSWORD }),
  ]);
  await alice.call('contacts.add', { address: BOB });
  await bob.waitFor('contacts.changed', (change) => change.address === ALICE && !('removed' in change));
  await bob.call('contacts.accept', { address: ALICE });
  await bob.waitUntil('contacts.list', {}, (list) => list.some(({ subscription }) => subscription === 'both'));
  await alice.call('settings.change', { isSetUp: true });
  await alice.call('account.signOut', {});
  await knowPlainSender(server, 'reader');
  return { browser, gallery, server, converse, alice, bob };
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

/** From signing in to the newest of the messages that waited: ours are decrypted and stored on the way. */
function backlog({ browser, server, converse, alice, bob }: Stage): BenchEntry {
  let batch: Batch = { round: 0, count: LETTERS };
  return {
    name: `${LETTERS} messages that waited, until the newest is shown`,
    ...SLOW_PACE,
    beforeRound: async () => {
      batch = { ...batch, round: batch.round + 1 };
      const { state } = await alice.call('account.state', {});
      if (state !== 'signedOut') await alice.call('account.signOut', {});
      await bob.waitUntil('contacts.list', {}, (list) => list.some(({ state }) => state === 'C3'));
      await leaveSealed(bob, ALICE, batch);
      await leavePlain(server, 'reader', batch);
    },
    baseline: {
      name: 'Converse.js 14, plain messages',
      run: () =>
        within(browser, async (seen) => {
          const startedAt = performance.now();
          await seen.page.goto(`${converse.origin}/user/reader`);
          await seen.page
            .locator('.chat-msg__text')
            .filter({ hasText: lastMarkOf(batch) })
            .last()
            .waitFor();
          return { time: performance.now() - startedAt, ...(await seen.costs()) };
        }),
    },
    ours: {
      name: 'Nightlatch, decrypted and stored',
      run: () =>
        within(browser, async (seen) => {
          await seen.page.goto(alice.address ?? '', { waitUntil: 'commit' });
          await seen.page.locator('#password').waitFor();
          await seen.startCounting();
          const startedAt = performance.now();
          await seen.page.locator('#password').fill(PASSWORD);
          await seen.page.keyboard.press('Enter');
          await seen.page.locator(`[data-address="${BOB}"]`).click();
          await seen.page
            .locator('[data-message]')
            .filter({ hasText: lastMarkOf(batch) })
            .last()
            .waitFor();
          return { time: performance.now() - startedAt, ...(await seen.costs()) };
        }),
    },
    quantities: [
      { figure: 'time', as: 'ratio', goal: 1 },
      { figure: 'elements', as: 'ratio', unit: 'elements', goal: 0.5 },
      { figure: 'heap', as: 'ratio', unit: 'MiB', goal: 0.5 },
      { figure: 'longest task', as: 'ms', goal: LONG_TASK_MS },
    ],
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
