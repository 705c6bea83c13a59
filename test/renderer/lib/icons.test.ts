import { describe, expect, it } from 'vitest';
import { icons } from '../../../renderer/lib/icons.ts';

describe('icons (ux.md 3.2, 3.4)', () => {
  it('gives every name a drawing of its own', () => {
    const paths = Object.values(icons);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('stays on the 16 px grid at every absolute point', () => {
    for (const [name, path] of Object.entries(icons)) {
      for (const [, x, y] of path.matchAll(/[ML]\s*(-?[\d.]+)[ ,](-?[\d.]+)/g)) {
        expect(Number(x), name).toBeGreaterThanOrEqual(0);
        expect(Number(x), name).toBeLessThanOrEqual(16);
        expect(Number(y), name).toBeGreaterThanOrEqual(0);
        expect(Number(y), name).toBeLessThanOrEqual(16);
      }
    }
  });
});
