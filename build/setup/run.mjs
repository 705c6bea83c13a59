/** Starting programs. Runs on Node 20 without any package. */
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** EX_UNAVAILABLE: something this command needs is not there and must not be fetched by it. */
export const EXIT_UNAVAILABLE = 69;

/** One line about what is being done. On standard error: standard output belongs to the command. @param {string} line */
export function say(line) {
  process.stderr.write(`nightlatch: ${line}\n`);
}

/**
 * Runs a program in the foreground and resolves with its exit code (128 + n for signal n).
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export function runInForeground(program, args, options) {
  const child = spawn(program, args, { ...options, stdio: 'inherit' });
  const stop = forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      stop();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/**
 * Passes SIGTERM on. SIGINT from a terminal reaches the whole process group by itself, and a second one tells the
 * program to exit at once, so it is passed on only where there is no terminal.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} ends it
 */
function forwardSignals(child) {
  const hasTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  /** @type {Partial<Record<NodeJS.Signals, () => void>>} */
  const handlers = {
    SIGTERM: () => void child.kill('SIGTERM'),
    SIGINT: () => void (hasTerminal || child.kill('SIGINT')),
  };
  const names = /** @type {NodeJS.Signals[]} */ (Object.keys(handlers));
  for (const name of names) process.on(name, handlers[name] ?? (() => {}));
  return () => names.forEach((name) => process.off(name, handlers[name] ?? (() => {})));
}

/**
 * Runs a program to its end without showing what it prints unless it fails.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {{ ok: boolean, output: string }}
 */
export function runQuietly(program, args, options = {}) {
  const result = spawnSync(program, args, { ...options, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`.trimEnd();
  return { ok: result.status === 0, output };
}

/** The last lines of an output, for a report of failure. @param {string} output */
export function tail(output, lines = 30) {
  return output.split('\n').slice(-lines).join('\n');
}

/**
 * The environment in which tools of the project run: its own programs first in PATH, so that `node` is Node 24.
 *
 * @param {string} root
 */
export function toolEnvironment(root) {
  const path = [join(root, 'node_modules/.bin'), pathWithoutTools()].join(delimiter);
  return { ...process.env, PATH: path };
}

/** PATH without any node_modules/.bin: npm must not run on a Node that it is about to remove. */
export function pathWithoutTools() {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !/node_modules[\\/]\.bin[\\/]?$/.test(folder))
    .join(delimiter);
}
