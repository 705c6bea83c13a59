/**
 * Compiles the program into out/ with vite's programming interface (toolchain.md 5). Every output is one self-contained
 * file: all packages but `electron` are bundled, so nothing needs node_modules at run time but the headless launcher's
 * search for Node 24.
 */
import { chmodSync, copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';
import { STAMP_FILE, sourcesDigest } from './setup/freshness.mjs';

const root = join(import.meta.dirname, '..');
const out = join(root, 'out');

/** Output to source. The workers are found beside the file that starts them. */
const MAIN = {
  'headless-host.js': 'main/hosts/headless/main.ts',
  'electron.js': 'main/hosts/electron/main.ts',
  'modp-worker.js': 'main/crypto/modp-worker.ts',
  'search-worker.js': 'main/stores/search-worker.ts',
};

/** Plain JavaScript that Node 20 must be able to parse, copied as it is. */
const LAUNCHER = 'main/hosts/headless/launcher.mjs';

/** @type {import('vite').InlineConfig} */
const COMMON = { root, configFile: false, logLevel: 'warn', publicDir: false };

/** @param {string} source @param {string} folder @param {string} file @param {'es' | 'cjs'} format */
async function bundleForNode(source, folder, file, format) {
  await build({
    ...COMMON,
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: source,
      outDir: join(out, folder),
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        external: ['electron'],
        output: { format, entryFileNames: file, codeSplitting: false },
      },
    },
  });
}

async function bundleRenderer() {
  await build({
    ...COMMON,
    root: join(root, 'renderer'),
    base: './',
    plugins: [svelte({ configFile: false })],
    build: {
      outDir: join(out, 'renderer'),
      emptyOutDir: false,
      target: 'chrome140',
      // Nothing inline: fonts and scripts come from the own origin alone (content security policy).
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
}

function assertSourcesExist() {
  const needed = [...Object.values(MAIN), LAUNCHER, 'preload/preload.ts', 'renderer/index.html'];
  const missing = needed.filter((source) => !existsSync(join(root, source)));
  if (missing.length === 0) return;
  console.error(`build: these sources do not exist: ${missing.join(', ')}`);
  process.exit(1);
}

const started = performance.now();
const digest = sourcesDigest(root);
assertSourcesExist();
rmSync(out, { recursive: true, force: true });
for (const [file, source] of Object.entries(MAIN)) await bundleForNode(source, 'main', file, 'es');
copyFileSync(join(root, LAUNCHER), join(out, 'main/headless.js'));
chmodSync(join(out, 'main/headless.js'), 0o755);
await bundleForNode('preload/preload.ts', 'preload', 'index.cjs', 'cjs');
await bundleRenderer();
writeFileSync(join(root, STAMP_FILE), `${digest}\n`);
if (!process.argv.includes('--quiet'))
  console.log(`build: out/ is ready (${((performance.now() - started) / 1000).toFixed(1)} s)`);
