/**
 * Runs the project's checks and tests: `node build/test.ts [--quick | --static]`. Reports and logs go to test-output/;
 * the last line is always `N passed, N failed, N skipped`; exit code 1 if anything failed.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { countLine, countTests, fullName, OUTPUT_FOLDER, SUMMARY_FILE } from './testing/report.ts';
import type { RunKind, RunSummary, StepResult, TestResult } from './testing/report.ts';
import { filesOf, runStep, stopRunningSteps } from './testing/run-step.ts';
import { runInOrder } from './testing/run-in-order.ts';
import { stepsOf } from './testing/steps.ts';
import type { Step } from './testing/steps.ts';

const root = join(import.meta.dirname, '..');
const LOG_LINES_SHOWN = 60;

function kindOf(args: readonly string[]): RunKind {
  if (args.includes('--static')) return 'static';
  return args.includes('--quick') ? 'quick' : 'full';
}

async function run(kind: RunKind): Promise<RunSummary> {
  const folder = join(root, OUTPUT_FOLDER, kind);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const startedAt = new Date().toISOString();
  const steps: StepResult[] = [];
  await runInOrder(
    stepsOf(kind, root),
    (step) => runStep(step, root, folder),
    (step, result) => {
      steps.push(result);
      show(step, result, folder);
    },
  );
  const summary = { kind, startedAt, node: process.versions.node, steps };
  writeFileSync(join(folder, SUMMARY_FILE), JSON.stringify(summary, undefined, 1));
  return summary;
}

function show(step: Step, { seconds, tests }: StepResult, folder: string): void {
  const count = countTests(tests);
  const detail = step.kind === 'vitest' ? `  ${countLine(count)}` : '';
  console.log(
    `${count.failed > 0 ? 'FAIL' : 'ok  '}  ${step.name.padEnd(28)} ${seconds.toFixed(1).padStart(6)} s${detail}`,
  );
  for (const test of tests.filter(({ state }) => state === 'failed')) console.log(indent(explain(test)));
  if (count.failed === 0 || step.unavailable !== undefined) return;
  const { log } = filesOf(step, folder);
  if (step.kind === 'command') {
    console.log(indent(readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n')));
  }
  console.log(indent(`whole output: ${relative(root, log)}`));
}

function explain(test: TestResult): string {
  return [fullName(test), ...test.notes.map(indent)].join('\n');
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '      ');
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopRunningSteps();
    process.exit(130);
  });
}

const summary = await run(kindOf(process.argv.slice(2)));
const tests = summary.steps.flatMap((step) => step.tests);
for (const test of tests.filter(({ state }) => state === 'skipped')) {
  console.log(`skipped: ${fullName(test)}: ${test.notes.join('; ')}`);
}
const total = countTests(tests);
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(countLine(total));
