/**
 * `npm run requirements`: which of the numbered requirements the last test run showed. Reads test-output/, never runs
 * anything. Exit code 1 if a closed number has no passing test or a failing one, if a title bears an unknown number, or
 * if there is no report. `-- --missing` adds the statement of each missing number; `-- --quick` reads the quick run.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinRanges, judge, unknownNumbers } from './requirements/judgement.ts';
import type { Judgement, RequirementList } from './requirements/judgement.ts';
import { OUTPUT_FOLDER, SUMMARY_FILE } from './testing/report.ts';
import type { RunSummary } from './testing/report.ts';

const root = join(import.meta.dirname, '..');
const args = process.argv.slice(2);

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function lastRun(): RunSummary | undefined {
  const kinds = args.includes('--quick') ? ['quick'] : ['full', 'quick'];
  const path = kinds.map((kind) => join(root, OUTPUT_FOLDER, kind, SUMMARY_FILE)).find((file) => existsSync(file));
  return path === undefined ? undefined : (readJson(path) as RunSummary);
}

function show(judgement: Judgement, list: RequirementList): void {
  const numbers = Object.keys(list.requirements);
  const { name, total, shown, failing, missing, closed, broken } = judgement;
  console.log(`${name}: ${shown.length} of ${total} have a passing test; ${closed.length} are closed`);
  if (failing.length > 0) console.log(`  failing: ${joinRanges(failing, numbers)}`);
  if (missing.length > 0) console.log(`  missing: ${joinRanges(missing, numbers)}`);
  if (broken.length > 0) console.log(`  CLOSED BUT NOT SHOWN: ${joinRanges(broken, numbers)}`);
  if (!args.includes('--missing')) return;
  for (const number of missing) console.log(`    ${number} ${list.requirements[number]?.statement ?? ''}`);
}

function main(): number {
  const run = lastRun();
  if (run === undefined) {
    console.log('There is no report of a test run. Run npm test first, then npm run requirements.');
    return 1;
  }
  const { documents } = readJson(join(root, 'test/requirements.json')) as {
    documents: readonly RequirementList[];
  };
  const tests = run.steps.flatMap((step) => step.tests);
  console.log(`From the ${run.kind} test run of ${run.startedAt} (Node ${run.node}, ${tests.length} tests):`);
  const judgements = documents.map((list) => {
    const judgement = judge(list, tests);
    show(judgement, list);
    return judgement;
  });
  const unknown = unknownNumbers(documents, tests);
  if (unknown.length > 0) console.log(`Titles bear numbers that no document has: ${unknown.join(' ')}`);
  return unknown.length > 0 || judgements.some(({ broken }) => broken.length > 0) ? 1 : 0;
}

process.exitCode = main();
