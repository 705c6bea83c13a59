import { describe, expect, it } from 'vitest';
import { HANG_MS, MOST_MEMORY, fuzz } from '../../build/fuzz/fuzzing.ts';

const MINUTE_MS = 60_000;

describe('mutated streams through a real socket (security.md goals)', () => {
  it('S-101 S-103 a minute of them ends nothing, holds nothing up and fills nothing', async () => {
    const since = performance.now();

    const result = await fuzz(20_261_122, () => performance.now() - since < MINUTE_MS);

    expect(result.uncaught?.error).toBeUndefined();
    expect(result.stanzas).toBeGreaterThan(10_000);
    expect(result.slowestTurn).toBeLessThanOrEqual(HANG_MS);
    expect(result.peakMemory).toBeLessThanOrEqual(MOST_MEMORY);
  });
});
