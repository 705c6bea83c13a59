/**
 * `npm run fuzz -- --seconds N [--stanzas N] [--seed N]`: mutated streams through a real socket. Prints how many, the
 * slowest turn and the most memory. A stream that went wrong is kept in test-output/ and said again by `-- --replay FILE`;
 * its seed goes into test/integration/fuzz.test.ts.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OUTPUT_FOLDER } from '../testing/report.ts';
import { HANG_MS, MOST_MEMORY, fuzz, replay } from './fuzzing.ts';
import type { FuzzResult } from './fuzzing.ts';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    stanzas: { type: 'string' },
    seed: { type: 'string' },
    replay: { type: 'string' },
  },
});
const seconds = Number(values.seconds ?? 60);
const stanzas = Number(values.stanzas ?? Infinity);
const seed = Number(values.seed ?? Date.now() % 1_000_000);

function keep(name: string, stream: Buffer): void {
  const file = join(root, OUTPUT_FOLDER, `fuzz-${seed}-${name}.xml`);
  mkdirSync(join(root, OUTPUT_FOLDER), { recursive: true });
  writeFileSync(file, stream);
  console.log(`kept ${file}`);
}

function judge(result: FuzzResult): boolean {
  if (result.uncaught !== undefined) {
    console.log(`uncaught: ${result.uncaught.error}`);
    keep('uncaught', result.uncaught.stream);
  }
  if (result.hung !== undefined) keep('hung', result.hung);
  return result.uncaught === undefined && result.slowestTurn <= HANG_MS && result.peakMemory <= MOST_MEMORY;
}

const since = performance.now();
const inTime = (taken: number): boolean => taken < stanzas && performance.now() - since < seconds * 1_000;
const result = await (values.replay === undefined ? fuzz(seed, inTime) : replay(readFileSync(values.replay)));
const mebibytes = (result.peakMemory / 1024 / 1024).toFixed(0);
console.log(
  `seed ${seed}: ${result.fed} elements in ${result.streams} streams, ${result.stanzas} taken, ` +
    `slowest turn ${result.slowestTurn.toFixed(1)} ms of processor, at most ${mebibytes} MiB, ` +
    `${((performance.now() - since) / 1_000).toFixed(1)} s`,
);
process.exitCode = judge(result) ? 0 : 1;
