import { describe, expect, it } from 'vitest';
import type { BenchEntry } from '../../build/bench/bench-case.ts';
import { isGoalMet, measureEntry, spreadOf } from '../../build/bench/measuring.ts';
import { tableOf } from '../../build/bench/result-table.ts';

function entryOf(calls: string[]): BenchEntry {
  const contender = (name: string) => ({ name, run: () => void calls.push(name) });
  return {
    name: 'a thing',
    baseline: contender('baseline'),
    ours: contender('ours'),
    peers: [contender('peer')],
    operations: 1,
    rounds: 3,
    warmUpRounds: 2,
    quantities: [{ figure: 'time', as: 'ratio', goal: 1e9 }],
    beforeRound: () => void calls.push('round'),
  };
}

describe('measureEntry', () => {
  it('runs the contenders in turn, each as often, and none always first', async () => {
    const calls: string[] = [];
    await measureEntry(entryOf(calls));
    const rounds = Array.from({ length: 5 }, (_, round) => calls.slice(round * 4, round * 4 + 4));
    expect(calls).toHaveLength(20);
    for (const round of rounds) expect([...round].sort()).toEqual(['baseline', 'ours', 'peer', 'round']);
    expect(rounds.every(([first]) => first === 'round')).toBe(true);
    expect(new Set(rounds.map(([, first]) => first)).size).toBe(3);
  });

  it('reports every contender over the baseline, which is 1', async () => {
    const [result] = await measureEntry(entryOf([]));
    expect(result?.contenders.map(({ name }) => name)).toEqual(['baseline', 'ours', 'peer']);
    expect(result?.contenders[0]?.ratio).toEqual({ median: 1, min: 1, max: 1 });
  });

  it('takes what a run measured itself, per operation where the frame would', async () => {
    let time = 100;
    const [ratio, alone, share] = await measureEntry({
      name: 'until gone',
      baseline: { name: 'bare', run: () => ({ time: 10 }) },
      ours: { name: 'ours', run: () => ({ time: (time -= 10), share: 5 }) },
      operations: 10,
      rounds: 3,
      warmUpRounds: 2,
      quantities: [
        { figure: 'time', as: 'ratio' },
        { figure: 'time', as: 'ms', goal: 6.5 },
        { figure: 'share', as: '%' },
      ],
    });
    expect(ratio?.value).toEqual({ median: 6, min: 5, max: 7 });
    expect(alone?.value).toEqual({ median: 6, min: 5, max: 7 });
    expect(share?.value.median).toBe(5);
    expect(alone && isGoalMet(alone)).toBe(true);
    expect(alone && tableOf('leave', [alone])).toEqual([
      'leave: until gone: time: 6.00 [5.00..7.00] ms (goal 6.5: met)',
    ]);
    expect(alone && isGoalMet({ ...alone, goal: 5.9 })).toBe(false);
  });

  it('is not silent about a figure that no run gave', async () => {
    const entry = { ...entryOf([]), quantities: [{ figure: 'share', as: '%' }] as const };
    await expect(measureEntry(entry)).rejects.toThrow(RangeError);
  });
});

describe('spreadOf', () => {
  it('takes the middle of two for an even number', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});
