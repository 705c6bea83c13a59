import { describe, expect, it } from 'vitest';
import { reconnectDelayMs } from '../../../main/services/backoff.ts';

const drawing = (octet: number) => ({ bytes: () => new Uint8Array([octet]) });

describe('reconnectDelayMs (S-107)', () => {
  it('S-107 doubles from one second to five minutes', () => {
    const longest = [0, 1, 2, 8, 9, 1000].map((failures) => reconnectDelayMs(failures, drawing(255)));
    expect(longest).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
  });

  it('S-107 draws each wait between its half and its whole', () => {
    expect(reconnectDelayMs(3, drawing(0))).toBe(4_000);
    expect(reconnectDelayMs(3, drawing(255))).toBe(8_000);
  });
});
