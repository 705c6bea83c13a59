/**
 * Computes the vectors in this runtime and compares every value with what Node computes (README.md). Exits with 1 if
 * anything failed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { outcomes } from './outcomes.ts';

const NODE = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
const TRANSCRIPT = fileURLToPath(new URL('transcript.ts', import.meta.url));

const isNode = process.versions['bun'] === undefined;
const inNode = !isNode && existsSync(NODE) ? transcriptOfNode() : undefined;
const count = { passed: 0, failed: 0, skipped: 0 };

for await (const outcome of outcomes()) {
  const { name } = outcome;
  if (outcome.kind === 'failed') tell('failed', `${name}: ${outcome.message}`);
  else tell('passed', `${name} (${Math.round(outcome.elapsedMs)} ms)`);
  if (inNode === undefined) tell('skipped', `${name}: no other runtime to compare with`);
  else if (outcome.kind === 'computed' && inNode[name] === outcome.digest) tell('passed', `${name}: as in Node`);
  else tell('failed', `${name}: not as in Node`);
}
process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
process.exitCode = count.failed === 0 ? 0 : 1;

function transcriptOfNode(): Readonly<Record<string, string>> {
  const output = execFileSync(NODE, [TRANSCRIPT], { encoding: 'utf8', timeout: 300_000 });
  return JSON.parse(output) as Record<string, string>;
}

function tell(result: keyof typeof count, text: string): void {
  count[result] += 1;
  process.stdout.write(`${result.padEnd(8)}${text}\n`);
}
