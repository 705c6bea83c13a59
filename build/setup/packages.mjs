/** npm packages and the Node they bring. Runs on Node 20 without any package. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { isInstallFresh } from './freshness.mjs';
import { EXIT_UNAVAILABLE, pathWithoutTools, runQuietly, say, tail } from './run.mjs';

export const NODE_MAJOR = 24;

/**
 * Installs what package-lock.json says if node_modules is missing or differs, and returns the Node to go on with.
 *
 * @param {string} root
 * @returns {string} path of a Node of at least `NODE_MAJOR`
 */
export function installPackages(root) {
  if (!isInstallFresh(root) || findNode(root) === undefined) runNpmCi(root);
  const node = findNode(root);
  if (node !== undefined) return node;
  say(`Node ${NODE_MAJOR} is needed and npm has no package of it for ${process.platform} ${process.arch}.`);
  say(`Install Node ${NODE_MAJOR} or newer yourself and run the command again with it.`);
  return process.exit(EXIT_UNAVAILABLE);
}

/**
 * The project's own Node, else the one running this if it is new enough.
 *
 * @param {string} root
 * @returns {string | undefined}
 */
export function findNode(root) {
  const own = join(
    root,
    'node_modules',
    platformPackage(process.platform, process.arch),
    ...programIn(process.platform),
  );
  if (existsSync(own) && runQuietly(own, ['--version']).output.startsWith(`v${NODE_MAJOR}.`)) return own;
  const running = Number(process.versions.node.split('.')[0]);
  return running >= NODE_MAJOR && existsSync(process.execPath) ? process.execPath : undefined;
}

/** @param {string} platform @param {string} arch */
export function platformPackage(platform, arch) {
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

/** @param {string} platform */
function programIn(platform) {
  return platform === 'win32' ? ['bin', 'node.exe'] : ['bin', 'node'];
}

/** @param {string} root */
function runNpmCi(root) {
  say('installing the npm packages of package-lock.json (npm ci; half a minute or so)');
  const args = ['ci', '--include=dev', '--include=optional', '--ignore-scripts', '--loglevel=error'];
  const env = { ...process.env, PATH: pathWithoutTools() };
  const { ok, output } = runQuietly(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd: root, env });
  if (ok) return;
  say(`npm ci failed:\n${tail(output)}`);
  say('run this in the project folder, then the command again: npm ci');
  process.exit(EXIT_UNAVAILABLE);
}
