import type { TestResult } from '../testing/report.ts';

/** One list of numbered requirements in test/requirements.json. */
export interface RequirementList {
  readonly name: string;
  /** Numbers, or ranges such as `R-001..R-055`, that must have a passing and no failing test. */
  readonly closed: readonly string[];
  readonly requirements: Readonly<Record<string, { readonly statement: string }>>;
}

export interface Judgement {
  readonly name: string;
  readonly total: number;
  /** Some test passed and none failed. */
  readonly shown: readonly string[];
  /** Some test failed. */
  readonly failing: readonly string[];
  /** No test passed or failed: none was written, or it was skipped. */
  readonly missing: readonly string[];
  readonly closed: readonly string[];
  /** Closed, and yet failing or missing. */
  readonly broken: readonly string[];
}

/** The numbers a title begins with: `R-010 R-130 signs cover …` shows two requirements. */
export function numbersOf(title: string): readonly string[] {
  const start = /^(?:[RSL]-\d{3}\s+)+/.exec(`${title} `)?.[0] ?? '';
  return start.split(/\s+/).filter((number) => number !== '');
}

/** Holds a run's tests against one list. */
export function judge(list: RequirementList, tests: readonly TestResult[]): Judgement {
  const numbers = Object.keys(list.requirements);
  const having = (state: TestResult['state']) =>
    new Set(tests.filter((test) => test.state === state).flatMap(({ title }) => numbersOf(title)));
  const [passed, failed] = [having('passed'), having('failed')];
  const shown = numbers.filter((number) => passed.has(number) && !failed.has(number));
  const closed = expandRanges(list.closed, numbers);
  return {
    name: list.name,
    total: numbers.length,
    shown,
    failing: numbers.filter((number) => failed.has(number)),
    missing: numbers.filter((number) => !passed.has(number) && !failed.has(number)),
    closed,
    broken: closed.filter((number) => !shown.includes(number)),
  };
}

/** Numbers in titles that no list knows: a slip of the pen, or a requirement that is nobody's. */
export function unknownNumbers(lists: readonly RequirementList[], tests: readonly TestResult[]): readonly string[] {
  const known = new Set(lists.flatMap(({ requirements }) => Object.keys(requirements)));
  const used = new Set(tests.flatMap(({ title }) => numbersOf(title)));
  return [...used].filter((number) => !known.has(number)).sort();
}

/** @throws RangeError for an entry that names no requirement: a closed number must not vanish by a typing error. */
export function expandRanges(entries: readonly string[], numbers: readonly string[]): readonly string[] {
  return entries.flatMap((entry) => {
    const [first = '', last = first] = entry.split('..');
    if (!numbers.includes(first) || !numbers.includes(last)) throw new RangeError(`no such requirement: ${entry}`);
    return numbers.filter((number) => number >= first && number <= last);
  });
}

/** `R-001..R-003 R-007`: neighbours in the list of all numbers are drawn together. */
export function joinRanges(chosen: readonly string[], numbers: readonly string[]): string {
  const runs: string[][] = [];
  for (const number of chosen) {
    const run = runs.at(-1);
    const follows = run !== undefined && numbers.indexOf(number) === numbers.indexOf(run.at(-1) ?? '') + 1;
    if (follows) run.push(number);
    else runs.push([number]);
  }
  return runs.map((run) => (run.length > 2 ? `${run[0] ?? ''}..${run.at(-1) ?? ''}` : run.join(' '))).join(' ');
}
