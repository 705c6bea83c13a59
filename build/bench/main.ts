/**
 * `npm run bench [-- NAME...]`: measures the named cases, or all. Prints medians with least and most, ratios first, and
 * keeps them in test-output/bench.json. `--strict` makes a missed goal exit code 1; otherwise 0, for machines differ.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUTPUT_FOLDER } from '../testing/report.ts';
import type { BenchCase } from './bench-case.ts';
import { CASES } from './cases.ts';
import { describeMachine } from './machine.ts';
import { isGoalMet, measureEntry } from './measuring.ts';
import type { QuantityResult } from './measuring.ts';
import { tableOf } from './result-table.ts';

const EXIT_USAGE = 64;
const root = join(import.meta.dirname, '../..');
const args = process.argv.slice(2);

async function runCase(bench: BenchCase): Promise<readonly QuantityResult[]> {
  const prepared = await bench.prepare();
  try {
    const results: QuantityResult[] = [];
    for (const entry of prepared.entries) {
      const found = await measureEntry(entry);
      for (const line of tableOf(bench.name, found)) console.log(line);
      results.push(...found);
    }
    return results;
  } finally {
    await prepared.close?.();
  }
}

async function main(): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.filter((name) => !CASES.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    console.error(`no such case: ${unknown.join(' ')}. There are:`);
    for (const { name, about } of CASES) console.error(`  ${name.padEnd(12)} ${about}`);
    return EXIT_USAGE;
  }
  const machine = describeMachine(root);
  for (const [what, value] of Object.entries(machine)) console.log(`${what}: ${value}`);
  const cases: Record<string, readonly QuantityResult[]> = {};
  for (const bench of CASES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    cases[bench.name] = await runCase(bench);
  }
  mkdirSync(join(root, OUTPUT_FOLDER), { recursive: true });
  writeFileSync(join(root, OUTPUT_FOLDER, 'bench.json'), JSON.stringify({ machine, cases }, undefined, 1));
  const missed = Object.values(cases)
    .flat()
    .filter((result) => !isGoalMet(result));
  console.log(missed.length === 0 ? 'all goals met' : `${missed.length} goals missed`);
  return missed.length > 0 && args.includes('--strict') ? 1 : 0;
}

process.exitCode = await main();
