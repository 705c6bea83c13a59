import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../build/bench/bench-case.ts';
import { isGoalMet, measureEntry, spreadOf } from '../../build/bench/measuring.ts';
import { tableOf } from '../../build/bench/result-table.ts';

function comparisonOf(calls: string[]): Comparison {
  const contender = (name: string) => ({ name, run: () => void calls.push(name) });
  return {
    kind: 'comparison',
    name: 'a thing',
    baseline: contender('baseline'),
    ours: contender('ours'),
    peers: [contender('peer')],
    operations: 1,
    rounds: 3,
    warmUpRounds: 2,
    goal: 1e9,
  };
}

describe('measureEntry', () => {
  it('runs the contenders in turn, each as often, and none always first', async () => {
    const calls: string[] = [];
    await measureEntry(comparisonOf(calls));
    const rounds = Array.from({ length: 5 }, (_, round) => calls.slice(round * 3, round * 3 + 3));
    expect(calls).toHaveLength(15);
    for (const round of rounds) expect([...round].sort()).toEqual(['baseline', 'ours', 'peer']);
    expect(new Set(rounds.map(([first]) => first)).size).toBe(3);
  });

  it('reports every contender over the baseline, which is 1', async () => {
    const { contenders, unit } = await measureEntry(comparisonOf([]));
    expect(unit).toBe('ratio');
    expect(contenders.map(({ name }) => name)).toEqual(['baseline', 'ours', 'peer']);
    expect(contenders[0]?.ratio).toEqual({ median: 1, min: 1, max: 1 });
  });

  it('leaves warm-up rounds of a measurement out', async () => {
    let value = 100;
    const result = await measureEntry({
      kind: 'measurement',
      name: 'until gone',
      unit: 'ms',
      measure: () => Promise.resolve((value -= 10)),
      rounds: 3,
      warmUpRounds: 2,
      goal: 65,
    });
    expect(result.value).toEqual({ median: 60, min: 50, max: 70 });
    expect(isGoalMet(result)).toBe(true);
    expect(tableOf('leave', [result])).toEqual(['leave: until gone: 60.0 [50.0..70.0] ms (goal 65: met)']);
    expect(isGoalMet({ ...result, goal: 59 })).toBe(false);
  });
});

describe('spreadOf', () => {
  it('takes the middle of two for an even number', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});
