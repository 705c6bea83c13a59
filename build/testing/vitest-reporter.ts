import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node';
import type { TestResult } from './report.ts';

/** Names the file to write; set by the step that starts vitest. */
export const REPORT_PATH_VARIABLE = 'NIGHTLATCH_TEST_REPORT';

/**
 * Writes every test with its state, and with the reason given to `context.skip`, which vitest's own JSON leaves out.
 * Errors outside tests (a file that does not load, a failing hook, an unhandled rejection) become failed entries.
 */
export default class StepReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const path = process.env[REPORT_PATH_VARIABLE];
    if (path === undefined) return;
    const tests = [
      ...modules.flatMap((module) => resultsOf(module)),
      ...unhandled.map((error) => failure('(no test)', [], 'unhandled error', [error])),
    ];
    writeFileSync(path, JSON.stringify(tests, undefined, 1));
  }
}

function resultsOf(module: TestModule): TestResult[] {
  const file = module.relativeModuleId;
  const broken = (owner: TestModule | TestSuite, suites: readonly string[]) =>
    owner.errors().length === 0 ? [] : [failure(file, suites, 'set-up or clean-up', owner.errors())];
  return [
    ...broken(module, []),
    ...[...module.children.allSuites()].flatMap((suite) => broken(suite, [...suitesOf(suite), suite.name])),
    ...[...module.children.allTests()].map((test) => resultOf(file, test)),
  ];
}

function resultOf(file: string, test: TestCase): TestResult {
  const result = test.result();
  const common = { file, suites: suitesOf(test), title: test.name };
  switch (result.state) {
    case 'passed':
      return { ...common, state: 'passed', notes: [] };
    case 'failed':
      return failure(file, common.suites, test.name, result.errors);
    case 'skipped':
      return { ...common, state: 'skipped', notes: [result.note ?? skipNote(test)] };
    case 'pending':
      return { ...common, state: 'failed', notes: ['never ran'] };
  }
}

function skipNote(test: TestCase): string {
  return test.options.mode === 'todo' ? 'not written yet' : 'no reason given';
}

function suitesOf(entry: TestCase | TestSuite): string[] {
  const names: string[] = [];
  for (let at = entry.parent; at.type === 'suite'; at = at.parent) names.unshift(at.name);
  return names;
}

function failure(
  file: string,
  suites: readonly string[],
  title: string,
  errors: readonly { readonly message?: string }[],
): TestResult {
  const notes = errors.map(({ message = 'no message' }) => message.split('\n').slice(0, 6).join('\n'));
  return { file, suites, title, state: 'failed', notes };
}
