import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepResult, TestResult } from './report.ts';
import type { Step } from './steps.ts';
import { REPORT_PATH_VARIABLE } from './vitest-reporter.ts';

export interface StepFiles {
  /** Everything the step printed. */
  readonly log: string;
  /** What vitest's reporter wrote. */
  readonly report: string;
}

export function filesOf(step: Step, folder: string): StepFiles {
  const name = step.name.replaceAll(/[^\w.-]+/g, '-');
  return { log: join(folder, `${name}.log`), report: join(folder, `${name}.tests.json`) };
}

/**
 * Runs one step in a process group of its own, so that whatever it started ends with it, at its end or at its limit.
 *
 * @param folder - Exists; receives the step's log and report.
 * @returns never rejects for a failing step: the failure is among its tests.
 */
export async function runStep(step: Step, root: string, folder: string): Promise<StepResult> {
  const started = performance.now();
  const finish = (tests: readonly TestResult[]): StepResult => ({
    step: step.name,
    seconds: Math.round((performance.now() - started) / 100) / 10,
    tests,
  });
  if (step.unavailable !== undefined) return finish([entry(step, 'skipped', step.unavailable)]);
  const files = filesOf(step, folder);
  const failure = await runToEnd(step, root, files);
  if (step.kind === 'command') return finish([entry(step, failure === undefined ? 'passed' : 'failed', failure)]);
  return finish(vitestResults(step, files.report, failure));
}

function runToEnd(step: Step, root: string, files: StepFiles): Promise<string | undefined> {
  const log = openSync(files.log, 'w');
  const child = spawn(step.program, step.args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', [REPORT_PATH_VARIABLE]: files.report },
  });
  closeSync(log);
  running.add(child);
  return new Promise((resolve) => {
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      endGroup(child);
    }, step.limitSeconds * 1000);
    const settle = (failure: string | undefined): void => {
      clearTimeout(limit);
      endGroup(child);
      running.delete(child);
      resolve(late ? `stopped after ${step.limitSeconds} s, its time limit` : failure);
    };
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) =>
      settle(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`),
    );
  });
}

const running = new Set<ChildProcess>();

/** Stops what runs now, for a run that is interrupted. */
export function stopRunningSteps(): void {
  for (const child of running) endGroup(child);
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // the group is gone: what was wanted
  }
}

function vitestResults(step: Step, report: string, failure: string | undefined): readonly TestResult[] {
  if (!existsSync(report)) return [entry(step, 'failed', `no report: ${failure ?? 'vitest wrote none'}`)];
  const tests = JSON.parse(readFileSync(report, 'utf8')) as readonly TestResult[];
  if (tests.length === 0) return [entry(step, 'failed', 'there are no tests')];
  const explained = failure === undefined || tests.some(({ state }) => state === 'failed');
  return explained ? tests : [...tests, entry(step, 'failed', failure)];
}

function entry(step: Step, state: TestResult['state'], note?: string): TestResult {
  return { file: step.name, suites: [], title: 'the whole step', state, notes: note === undefined ? [] : [note] };
}
