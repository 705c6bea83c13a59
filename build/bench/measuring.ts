import type { BenchEntry, Comparison, Contender, Measurement } from './bench-case.ts';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface ContenderResult {
  readonly name: string;
  /** Per operation. */
  readonly ms: Spread;
  /** Over the baseline of the same round. */
  readonly ratio: Spread;
}

export interface EntryResult {
  readonly name: string;
  readonly unit: 'ratio' | Measurement['unit'];
  readonly value: Spread;
  readonly goal?: number;
  /** Baseline first, then ours, then peers; empty for a measurement. */
  readonly contenders: readonly ContenderResult[];
}

export async function measureEntry(entry: BenchEntry): Promise<EntryResult> {
  return entry.kind === 'comparison' ? compare(entry) : measure(entry);
}

export function isGoalMet({ value, goal }: EntryResult): boolean {
  return goal === undefined || value.median <= goal;
}

/** @throws RangeError without values: nothing measured is no result. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (min === undefined || max === undefined || upper === undefined || lower === undefined) {
    throw new RangeError('no values to take a median of');
  }
  return { median: (lower + upper) / 2, min, max };
}

async function compare(entry: Comparison): Promise<EntryResult> {
  const contenders = [entry.baseline, entry.ours, ...(entry.peers ?? [])];
  const times = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
  for (let round = -entry.warmUpRounds; round < entry.rounds; round += 1) {
    for (const contender of rotated(contenders, round)) {
      const ms = (await timeOf(contender)) / entry.operations;
      if (round >= 0) times.get(contender)?.push(ms);
    }
  }
  const baseline = times.get(entry.baseline) ?? [];
  const results = contenders.map((contender) => resultOf(contender, times.get(contender) ?? [], baseline));
  const value = spreadOf(ratios(times.get(entry.ours) ?? [], baseline));
  return { name: entry.name, unit: 'ratio', value, contenders: results, ...goalOf(entry) };
}

async function measure(entry: Measurement): Promise<EntryResult> {
  const values: number[] = [];
  for (let round = -entry.warmUpRounds; round < entry.rounds; round += 1) {
    const value = await entry.measure();
    if (round >= 0) values.push(value);
  }
  return { name: entry.name, unit: entry.unit, value: spreadOf(values), contenders: [], ...goalOf(entry) };
}

/** Nobody is always first: the one after a collection of garbage or a change of clock speed takes turns. */
function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = ((by % items.length) + items.length) % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

async function timeOf(contender: Contender): Promise<number> {
  globalThis.gc?.();
  const started = performance.now();
  await contender.run();
  return performance.now() - started;
}

function resultOf({ name }: Contender, own: readonly number[], baseline: readonly number[]): ContenderResult {
  return { name, ms: spreadOf(own), ratio: spreadOf(ratios(own, baseline)) };
}

function ratios(own: readonly number[], baseline: readonly number[]): readonly number[] {
  return own.map((ms, round) => ms / (baseline[round] ?? Number.NaN));
}

function goalOf({ goal }: BenchEntry): { readonly goal?: number } {
  return goal === undefined ? {} : { goal };
}
