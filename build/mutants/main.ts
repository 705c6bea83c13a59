/**
 * Switches each guard of a part off in turn and tells which test noticed: `npm run test:mutants -- link`. Ends with an
 * error if one got by unnoticed, or if the tests fail without any.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { LINK_MUTANTS } from './link.ts';
import { MUTANT_VARIABLE, mutate } from './mutant.ts';
import type { Mutant } from './mutant.ts';

const PARTS: Readonly<Record<string, readonly Mutant[]>> = { link: LINK_MUTANTS };
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'nightlatch-mutants-'));

/** What vitest's own report says of a run, as far as it is read here. */
interface Report {
  readonly testResults: readonly {
    /** The file. */
    readonly name: string;
    readonly assertionResults: readonly { status: string; fullName: string; failureMessages: readonly string[] }[];
  }[];
}

interface RanTest {
  readonly file: string;
  readonly name: string;
  readonly status: string;
  /** The first line of what it said when it failed. */
  readonly complaint: string;
}

/** Far longer than any of these tests takes. */
const LONGEST_MS = 10 * 60_000;
const SPUN: Omit<RanTest, 'file'> = { name: 'the run', status: 'failed', complaint: 'It did not end in ten minutes.' };

let runs = 0;

/** @param mutant - Undefined for the source as it is. */
async function run(guards: readonly string[], files: readonly string[], mutant?: Mutant): Promise<readonly RanTest[]> {
  runs += 1;
  const outputFile = join(folder, `report-${runs}.json`);
  const args = [
    'node_modules/vitest/vitest.mjs',
    ...['run', '--config', 'build/mutants/vitest.config.ts', '--testNamePattern', patternOf(guards)],
    ...['--reporter=json', `--outputFile=${outputFile}`, ...(mutant === undefined ? [] : ['--bail=1']), ...files],
  ];
  const env = { ...process.env, ...(mutant && { [MUTANT_VARIABLE]: JSON.stringify(mutant) }) };
  if (!(await hasEnded(args, env))) return [{ ...SPUN, file: files[0] ?? '' }];
  const report = JSON.parse(readFileSync(outputFile, 'utf8')) as Report;
  return report.testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ status, fullName: name, failureMessages }) => ({
      ...{ file: relative(root, file), name, status },
      complaint: (failureMessages[0] ?? '').split('\n')[0] ?? '',
    })),
  );
}

/** @returns false if it had to be ended: a guard that is off may well leave something turning for ever. */
function hasEnded(args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'ignore', detached: true });
    const timer = setTimeout(() => {
      resolve(false);
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, LONGEST_MS);
    child.once('error', reject).once('close', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

function patternOf(guards: readonly string[]): string {
  return `\\b(${[...new Set(guards)].join('|')})\\b`;
}

/** All of it is checked before anything runs: a list that is older than the source shows at once. */
function checkList(mutants: readonly Mutant[]): void {
  for (const mutant of mutants) mutate(readFileSync(join(root, mutant.file), 'utf8'), mutant);
}

/** Every test that any of them asks, over the source as it is: nothing that fails there can notice anything. */
function runUnchanged(mutants: readonly Mutant[]): Promise<readonly RanTest[]> {
  const files = new Set(mutants.flatMap(({ tests }) => tests));
  return run(
    mutants.map(({ guard }) => guard),
    [...files],
  );
}

/** What is wrong with the tests that are to notice, over the source as it is. */
function faultOf({ guard, tests }: Mutant, unchanged: readonly RanTest[]): string | undefined {
  const asked = unchanged.filter(({ file, name }) => tests.includes(file) && new RegExp(patternOf([guard])).test(name));
  const failed = asked.find(({ status }) => status === 'failed');
  if (failed !== undefined) return failed.name;
  return asked.some(({ status }) => status === 'passed') ? undefined : 'no test has this number';
}

/** @returns whether a test noticed, and none had anything to say before; what is told of it. */
async function tryOut(mutant: Mutant, unchanged: readonly RanTest[]): Promise<{ isNoticed: boolean; told: string }> {
  const what = `${mutant.guard.padEnd(6)} ${mutant.allows}`;
  const fault = faultOf(mutant, unchanged);
  if (fault !== undefined) return { isNoticed: false, told: `BROKEN    ${what}\n          ${fault}` };
  const started = performance.now();
  const failed = (await run([mutant.guard], mutant.tests, mutant)).find(({ status }) => status === 'failed');
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  if (failed === undefined) return { isNoticed: false, told: `SURVIVED  ${what} (${seconds} s)` };
  const told = [`noticed   ${what} (${seconds} s)`, failed.name, failed.complaint.slice(0, MOST_SHOWN)].join(
    '\n          ',
  );
  return { isNoticed: true, told };
}

const MOST_SHOWN = 140;
/** As many at a time: each is one process that mostly starts. */
const AT_ONCE = 2;

/** Tells of each as it is done. @returns how many were not noticed. */
async function tryAll(mutants: readonly Mutant[], unchanged: readonly RanTest[]): Promise<number> {
  const waiting = [...mutants];
  let survived = 0;
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const { isNoticed, told } = await tryOut(mutant, unchanged);
      console.log(told);
      if (!isNoticed) survived += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return survived;
}

async function main([part = 'link', ...guards]: readonly string[]): Promise<number> {
  const all = PARTS[part];
  if (all === undefined) {
    console.error(`no such part; there are: ${Object.keys(PARTS).join(', ')}`);
    return 64;
  }
  checkList(all);
  const wanted = all.filter(({ guard }) => guards.length === 0 || guards.includes(guard));
  const survived = await tryAll(wanted, await runUnchanged(wanted));
  console.log(`${wanted.length - survived} noticed, ${survived} not`);
  return survived === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
