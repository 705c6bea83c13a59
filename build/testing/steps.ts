import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import type { RunKind } from './report.ts';

export interface Step {
  readonly name: string;
  /** A command counts as one test; vitest's tests count each. */
  readonly kind: 'command' | 'vitest';
  readonly program: string;
  readonly args: readonly string[];
  /** Past this the step is stopped and counts as failed: many times what it takes, for it only ends what hangs. */
  readonly limitSeconds: number;
  /** One that reads only and keeps one processor busy: such neighbours run two at a time. */
  readonly isCheck?: true;
  /** Why it cannot run on this machine; it is then counted as skipped. */
  readonly unavailable?: string;
}

/**
 * The steps of a run in the order of toolchain.md 5: what is cheap and points closest to the mistake comes first.
 */
export function stepsOf(kind: RunKind, root: string): readonly Step[] {
  const checks = [...typeSteps(root), ...lintSteps()].map((step): Step => ({ ...step, isCheck: true }));
  if (kind === 'static') return checks;
  const unit = vitest('unit', 900, 'unit', 'dom');
  if (kind === 'quick') return [...checks, withoutLong(unit)];
  return [
    ...checks,
    unit,
    node('build', 300, 'build/build.mjs'),
    bunStep(root),
    inPairs(vitest('integration', 1_500, 'integration')),
    alone(vitest('e2e', 900, 'e2e')),
    alone(vitest('pack', 300, 'pack')),
  ];
}

function typeSteps(root: string): Step[] {
  const projects = globSync('tsconfig*.json', { cwd: root }).sort();
  const plain = projects.filter((name) => name !== 'tsconfig.base.json' && name !== 'tsconfig.renderer.json');
  return [
    ...plain.map((name) => node(`types ${name}`, 300, 'node_modules/typescript/bin/tsc', '-p', name)),
    node(
      'types tsconfig.renderer.json',
      300,
      'node_modules/svelte-check/bin/svelte-check',
      '--tsconfig',
      'tsconfig.renderer.json',
      '--fail-on-warnings',
      '--output',
      'human',
    ),
  ];
}

function lintSteps(): Step[] {
  return [
    node('lint', 600, 'node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'),
    node('format', 300, 'node_modules/prettier/bin/prettier.cjs', '--check', '.'),
    node('layers', 60, 'build/check-layers.ts'),
  ];
}

/** The engine's vectors on BoringSSL, which is what Electron's crypto is (toolchain.md 7). */
function bunStep(root: string): Step {
  const program = join(root, 'node_modules/@oven/bun-linux-x64/bin/bun');
  const step: Step = { name: 'bun', kind: 'command', program, args: ['test/bun/run.ts'], limitSeconds: 600 };
  if (existsSync(program) || (process.platform === 'linux' && process.arch === 'x64')) return step;
  return { ...step, unavailable: 'Bun is installed on Linux x64 only' };
}

function node(name: string, limitSeconds: number, ...args: readonly string[]): Step {
  return { name, kind: 'command', program: process.execPath, args, limitSeconds };
}

function vitest(name: string, limitSeconds: number, ...projects: readonly string[]): Step {
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--allowOnly=false',
    '--reporter=default',
    '--reporter=./build/testing/vitest-reporter.ts',
  ];
  return { name, kind: 'vitest', program: process.execPath, args, limitSeconds };
}

/** Thousands of runs, or processes that start, crash and are started again: in `npm test`, not in the quick run. */
const LONG = [
  'test/build/{lint-bans,run-step}.test.ts',
  'test/main/crypto/{encrypted-key,modp-power,signature}.test.ts',
  'test/main/hosts/headless/{headless-host,headless-start,launcher,main,profile}.test.ts',
  'test/main/protocol/esession/{erasure,handshakes,session}.test.ts',
  'test/main/stores/{crash,damage,migrate,offline-crash,profile-lock,put-back}.test.ts',
];

function withoutLong(step: Step): Step {
  return { ...step, args: [...step.args, ...LONG.map((files) => `--exclude=${files}`)] };
}

/** Hosts and servers wait for each other half of their time: two files at once fill two processors. */
function inPairs(step: Step): Step {
  return { ...step, args: [...step.args, '--file-parallelism', '--max-workers=2'] };
}

/** A browser: one file at a time, whatever the configuration of the project says. */
function alone(step: Step): Step {
  return { ...step, args: [...step.args, '--no-file-parallelism'] };
}
