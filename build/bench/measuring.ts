import { TAKEN_BY_FRAME } from './bench-case.ts';
import type { BenchEntry, Contender, Figures, Quantity } from './bench-case.ts';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface ContenderResult {
  readonly name: string;
  /** In ms, per operation. */
  readonly ms: Spread;
  /** Over the baseline of the same round. */
  readonly ratio: Spread;
}

export interface QuantityResult extends Quantity {
  /** Of the entry. */
  readonly name: string;
  readonly value: Spread;
  /** Of a ratio: baseline first, then ours, then peers. */
  readonly contenders: readonly ContenderResult[];
}

/** @returns one result for each quantity of the entry. @throws RangeError if a run did not give one of the figures. */
export async function measureEntry(entry: BenchEntry): Promise<readonly QuantityResult[]> {
  const taken = await runRounds(entry);
  return entry.quantities.map((quantity) => {
    const of = (contender: Contender | undefined): readonly number[] =>
      (contender && taken.get(contender))?.map((figures) => figureOf(figures, quantity.figure, entry)) ?? [];
    const own = of(entry.ours);
    if (quantity.as !== 'ratio') return { ...quantity, name: entry.name, value: spreadOf(own), contenders: [] };
    const baseline = of(entry.baseline);
    const contenders = contendersOf(entry).map((contender) => resultOf(contender, of(contender), baseline));
    return { ...quantity, name: entry.name, value: spreadOf(ratios(own, baseline)), contenders };
  });
}

export function isGoalMet({ value, goal }: QuantityResult): boolean {
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

async function runRounds(entry: BenchEntry): Promise<ReadonlyMap<Contender, readonly Figures[]>> {
  const contenders = contendersOf(entry);
  const taken = new Map<Contender, Figures[]>(contenders.map((contender) => [contender, []]));
  for (let round = -entry.warmUpRounds; round < entry.rounds; round += 1) {
    await entry.beforeRound?.();
    for (const contender of rotated(contenders, round)) {
      const figures = await figuresOf(contender);
      if (round >= 0) taken.get(contender)?.push(figures);
    }
  }
  return taken;
}

function contendersOf({ baseline, ours, peers = [] }: BenchEntry): readonly Contender[] {
  return [...(baseline === undefined ? [] : [baseline]), ours, ...peers];
}

/** Nobody is always first: the one after a collection of garbage or a change of clock speed takes turns. */
function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = ((by % items.length) + items.length) % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

async function figuresOf(contender: Contender): Promise<Figures> {
  globalThis.gc?.();
  const [started, usage] = [performance.now(), process.cpuUsage()];
  const own = await contender.run();
  const { user, system } = process.cpuUsage(usage);
  return { time: performance.now() - started, processor: (user + system) / 1_000, ...own };
}

function figureOf(figures: Figures, name: string, { operations }: BenchEntry): number {
  const figure = figures[name];
  if (figure === undefined) throw new RangeError(`a run did not give "${name}"`);
  return (TAKEN_BY_FRAME as readonly string[]).includes(name) ? figure / operations : figure;
}

function resultOf({ name }: Contender, own: readonly number[], baseline: readonly number[]): ContenderResult {
  return { name, ms: spreadOf(own), ratio: spreadOf(ratios(own, baseline)) };
}

/** Nothing over nothing is as much. */
function ratios(own: readonly number[], baseline: readonly number[]): readonly number[] {
  return own.map((ms, round) => (ms === baseline[round] ? 1 : ms / (baseline[round] ?? Number.NaN)));
}
