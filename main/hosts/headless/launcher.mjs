#!/usr/bin/env node
/**
 * What `nightlatch-headless` starts (out/main/headless.js). An older Node cannot read the program itself, so this file
 * is plain and small: on Node 24 it loads the host, else it starts the project's own Node with it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'];

if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) {
  // The name is a value so that a bundler or a checker does not look for the file where this one lies as source.
  const host = new URL('./headless-host.js', import.meta.url).href;
  await import(host);
} else {
  startWith(findNode());
}

/** The Node that the project depends on, looked for upwards from here as Node looks for packages. */
function findNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name, 'bin', program);
    if (existsSync(found)) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

/** @param {string | undefined} node */
function startWith(node) {
  if (node === undefined) {
    process.stderr.write(
      `nightlatch-headless: Node ${NEEDED_MAJOR} is needed, and was not found beside the program.\n`,
    );
    process.exit(64);
  }
  // The fourth channel tells the host when this process is gone, even if it was killed. A session of its own keeps a
  // terminal's Ctrl-C from reaching the host twice.
  const host = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
    env: { ...process.env, NIGHTLATCH_LAUNCHED: '1' },
  });
  for (const signal of SIGNALS) process.on(signal, () => host.kill(signal));
  host.on('error', () => process.exit(70));
  host.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 70);
    for (const name of SIGNALS) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
