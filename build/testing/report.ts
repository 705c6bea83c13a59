/** What one step of a test run leaves behind, as files under test-output/ and as values here. */

export type TestState = 'passed' | 'failed' | 'skipped';

export interface TestResult {
  readonly file: string;
  /** Names of the enclosing `describe`s, outermost first. */
  readonly suites: readonly string[];
  readonly title: string;
  readonly state: TestState;
  /** Why it was skipped, or the first line of each error. */
  readonly notes: readonly string[];
}

export interface StepResult {
  readonly step: string;
  readonly seconds: number;
  readonly tests: readonly TestResult[];
}

export interface RunSummary {
  readonly kind: RunKind;
  readonly startedAt: string;
  readonly node: string;
  readonly steps: readonly StepResult[];
}

/** `full` is npm test, `quick` npm run test:quick, `static` npm run check. */
export type RunKind = 'full' | 'quick' | 'static';

/** Under test-output/, one folder per kind of run: a quick run does not wipe out what a full one showed. */
export const OUTPUT_FOLDER = 'test-output';
export const SUMMARY_FILE = 'summary.json';

export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function countTests(tests: readonly TestResult[]): Count {
  const having = (state: TestState) => tests.filter((test) => test.state === state).length;
  return { passed: having('passed'), failed: having('failed'), skipped: having('skipped') };
}

/** The last line of every test command; its form is fixed. */
export function countLine({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A test's whole name on one line. */
export function fullName({ file, suites, title }: TestResult): string {
  return [file, ...suites, title].join(' > ');
}
