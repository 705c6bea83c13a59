/** The form that everything begins with, and what a whole window weighs at it. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchEntry, Contender } from '../bench-case.ts';
import { drawn } from './readers.ts';
import { within, type Stage } from './stage.ts';
import type { Visit } from './visit.ts';

const PACE = { operations: 1, rounds: 5, warmUpRounds: 1 };
const BUNDLE = join(import.meta.dirname, '../../../out/renderer');
const BUNDLE_KIB = sum(filesIn(BUNDLE).map((file) => statSync(file).size)) / 1_024;

/** From the address to a form that takes what is typed. */
export function form({ browser, fresh, converse }: Stage): BenchEntry {
  const until = (name: string, address: string, field: string): Contender => ({
    name,
    run: () =>
      within(browser, async (seen) => {
        const { page, fetched } = seen;
        const startedAt = performance.now();
        await page.goto(address, { waitUntil: 'commit' });
        await drawn(seen, `document.querySelector(${JSON.stringify(field)}) !== null`);
        await page.locator(field).first().fill('alice');
        const time = performance.now() - startedAt;
        return { time, 'fetched by then': fetched() };
      }),
  });
  return {
    name: 'usable sign-in form',
    ...PACE,
    baseline: until('a bare form', `${converse.origin}/bare`, 'input'),
    ours: until('Nightlatch', fresh.address ?? '', '#address'),
    peers: [until('Converse.js 14', `${converse.origin}/`, 'input[name=jid]')],
    quantities: [
      { figure: 'time', as: 'ratio', goal: 1.5 },
      { figure: 'fetched by then', as: 'KiB', goal: 200 },
    ],
  };
}

/** All that a window has fetched, drawn and holds when its form stands and nothing more comes. */
export function weight({ browser, fresh, converse }: Stage): BenchEntry {
  const whole = (name: string, address: string, fetchedOf: (seen: Visit) => number): Contender => ({
    name,
    run: () =>
      within(browser, async (seen) => {
        await seen.page.goto(address, { waitUntil: 'networkidle' });
        return { ...(await seen.costs()), fetched: fetchedOf(seen) };
      }),
  });
  return {
    name: 'weight of the whole window, at its form',
    ...PACE,
    baseline: whole('Converse.js 14', `${converse.origin}/`, (seen) => seen.fetched()),
    // Everything there is, also what is fetched while the form is filled in.
    ours: whole('Nightlatch', fresh.address ?? '', () => BUNDLE_KIB),
    quantities: [
      { figure: 'fetched', as: 'ratio', unit: 'KiB', goal: 0.5 },
      { figure: 'elements', as: 'ratio', unit: 'elements', goal: 1 },
      { figure: 'heap', as: 'ratio', unit: 'MiB', goal: 0.5 },
    ],
  };
}

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
