/**
 * Switches each guard of a part off in turn and tells which test noticed: `npm run test:mutants -- link`. Ends with an
 * error if one got by unnoticed, or if the tests fail without any.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LINK_MUTANTS } from './link.ts';
import { MUTANT_VARIABLE, mutate } from './mutant.ts';
import type { Mutant } from './mutant.ts';

const PARTS: Readonly<Record<string, readonly Mutant[]>> = { link: LINK_MUTANTS };
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'nightlatch-mutants-'));

/** What vitest's own report says of a run, as far as it is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

interface Outcome {
  /** Tests that failed. */
  readonly noticed: readonly string[];
  readonly passed: number;
}

async function run(mutant: Mutant, isMutated: boolean): Promise<Outcome> {
  const outputFile = join(folder, 'report.json');
  rmSync(outputFile, { force: true });
  const args = [
    'node_modules/vitest/vitest.mjs',
    ...['run', '--config', 'build/mutants/vitest.config.ts', '--testNamePattern', `\\b${mutant.guard}\\b`],
    ...['--reporter=json', `--outputFile=${outputFile}`, ...(isMutated ? ['--bail=1'] : []), ...mutant.tests],
  ];
  const env = { ...process.env, ...(isMutated && { [MUTANT_VARIABLE]: JSON.stringify(mutant) }) };
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'ignore' });
    child.once('error', reject).once('close', () => {
      resolve();
    });
  });
  const report = JSON.parse(readFileSync(outputFile, 'utf8')) as Report;
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const noticed = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  return { noticed, passed: report.numPassedTests };
}

/** All of it is checked before anything runs: a list that is older than the source shows at once. */
function checkList(mutants: readonly Mutant[]): void {
  for (const mutant of mutants) mutate(readFileSync(join(root, mutant.file), 'utf8'), mutant);
}

const baselines = new Map<string, Promise<Outcome>>();

/** The same tests over the source as it is; once for all mutants that ask the same ones. */
function baseline(mutant: Mutant): Promise<Outcome> {
  const key = [mutant.guard, ...mutant.tests].join(' ');
  const known = baselines.get(key) ?? run(mutant, false);
  baselines.set(key, known);
  return known;
}

/** @returns whether a test noticed, and none had anything to say before. */
async function tryOut(mutant: Mutant): Promise<boolean> {
  const before = await baseline(mutant);
  const what = `${mutant.guard.padEnd(6)} ${mutant.allows}`;
  if (before.noticed.length > 0 || before.passed === 0) {
    console.log(`BROKEN    ${what}\n          ${before.noticed[0] ?? 'no test has this number'}`);
    return false;
  }
  const [noticed] = (await run(mutant, true)).noticed;
  console.log(`${noticed === undefined ? 'SURVIVED' : 'noticed '}  ${what}\n          ${noticed ?? 'no test failed'}`);
  return noticed !== undefined;
}

async function main([part = 'link', ...guards]: readonly string[]): Promise<number> {
  const all = PARTS[part];
  if (all === undefined) {
    console.error(`no such part; there are: ${Object.keys(PARTS).join(', ')}`);
    return 64;
  }
  checkList(all);
  const wanted = all.filter(({ guard }) => guards.length === 0 || guards.includes(guard));
  let survived = 0;
  for (const mutant of wanted) if (!(await tryOut(mutant))) survived += 1;
  console.log(`${wanted.length - survived} noticed, ${survived} not`);
  return survived === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
