/**
 * The real Electron, where its binary is installed. It is not among what `npm ci` brings (toolchain.md 4); without it
 * this file says so and tests nothing, and the doubles of test/main/hosts/electron are all there is.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../preload/contract.ts';

const root = join(import.meta.dirname, '../..');

/** The binary's path, or why there is none. */
function findElectron(): { readonly path: string } | { readonly missing: string } {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const names = join(folder, 'path.txt');
  const name = existsSync(names) ? readFileSync(names, 'utf8').trim() : 'electron';
  const path = join(override ?? join(folder, 'dist'), name);
  if (!existsSync(path)) return { missing: "Electron's binary is not installed (npx install-electron)" };
  if (!existsSync(join(root, 'out/main/electron.js'))) return { missing: 'out/ is not built (npm run build)' };
  if (
    process.platform === 'linux' &&
    process.env['DISPLAY'] === undefined &&
    process.env['WAYLAND_DISPLAY'] === undefined
  ) {
    return { missing: 'there is no display (run it under xvfb-run)' };
  }
  return { path };
}

const electron = findElectron();

describe('the desktop program in Electron', () => {
  const isRoot = process.getuid?.() === 0;
  let folder: string;
  let app: ElectronApplication | undefined;
  let page: Page;

  beforeAll(async () => {
    if ('missing' in electron) return;
    folder = mkdtempSync(join(tmpdir(), 'nightlatch-electron-'));
    app = await _electron.launch({
      executablePath: electron.path,
      args: [...(isRoot ? ['--no-sandbox'] : []), '--password-store=basic', root],
      env: { ...process.env, XDG_CONFIG_HOME: folder, ...(isRoot ? { NIGHTLATCH_ROOT_TEST: '1' } : {}) },
    });
    page = await app.firstWindow();
    await page.waitForLoadState('load');
  });
  beforeEach((context) => {
    if ('missing' in electron) context.skip(electron.missing);
  });
  afterAll(async () => {
    if (app === undefined) return;
    await app.close();
    rmSync(folder, { recursive: true });
  });

  it('shows the page from its own scheme', async () => {
    expect(page.url()).toBe('app://nightlatch/');
    expect(await page.title()).toContain('Nightlatch');
  });

  it('S-121 S-122 S-123 gives the page no Node and no way to the preload', async () => {
    const seen = await page.evaluate('({ require: typeof require, process: typeof process, module: typeof module })');
    expect(seen).toEqual({ require: 'undefined', process: 'undefined', module: 'undefined' });
  });

  it('S-135 offers the commands, and nothing can be put in their place', async () => {
    const keys = await page.evaluate<string[]>('Object.keys(api)');
    expect(keys.sort()).toEqual([...Object.keys(COMMANDS), 'on'].sort());
    // A frozen object throws in strict code and ignores it in sloppy code; both are right.
    const replaced = await page.evaluate(
      "(() => { try { api['account.state'] = 'mine' } catch {} return String(api['account.state']) })()",
    );
    expect(replaced).not.toBe('mine');
  });

  it('answers a command', async () => {
    const answer = await page.evaluate("api['account.state']({})");
    expect(answer).toEqual({ ok: true, value: { state: 'signedOut' } });
  });

  // What runs in the page is text: the page's names are not this file's.
  it('S-126 runs no inline script and loads nothing from elsewhere', async () => {
    const ran = await page.evaluate(`(async () => {
      const script = document.createElement('script');
      try {
        script.text = 'globalThis.inlineRan = true';
        document.head.append(script);
      } catch {}
      const image = new Image();
      const imageLoaded = new Promise((resolve) => {
        image.onload = () => resolve(true);
        image.onerror = () => resolve(false);
        image.src = 'https://example.org/x.png';
      });
      const fetched = fetch('https://example.org/').then(() => true, () => false);
      return { inline: 'inlineRan' in globalThis, image: await imageLoaded, fetch: await fetched };
    })()`);
    expect(ran).toEqual({ inline: false, image: false, fetch: false });
  });

  it('S-129 S-130 goes nowhere and opens nothing', async () => {
    expect(await page.evaluate("window.open('https://example.org/') === null")).toBe(true);
    for (const url of ['https://example.org/', 'file:///etc/passwd', 'about:blank']) {
      await page.evaluate(`location.href = ${JSON.stringify(url)}; undefined`);
    }
    expect(page.url()).toBe('app://nightlatch/');
    expect(app?.windows()).toHaveLength(1);
  });

  it('S-120 finds only what is on its list', async () => {
    const statuses = await app?.evaluate(async ({ session }) => {
      const paths = ['index.html', '../package.json', '%2e%2e/package.json', '..%2fpackage.json', 'nothing.js'];
      const own = session.fromPartition('nightlatch');
      return Promise.all(paths.map(async (path) => (await own.fetch(`app://nightlatch/${path}`)).status));
    });
    expect(statuses).toEqual([200, 404, 404, 404, 404]);
  });
});
