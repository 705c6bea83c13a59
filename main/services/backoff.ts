import type { RandomSource } from '../crypto/random.ts';
import { SECOND_MS } from '../base/time.ts';

const LONGEST_MS = 300 * SECOND_MS;

/**
 * How long to wait before another attempt to connect (S-107): 1 s doubling to 300 s, each drawn between half and the
 * whole, so that clients of a server that came back do not return together.
 *
 * @param failures - Attempts that failed in a row, 0 for the first wait.
 */
export function reconnectDelayMs(failures: number, random: RandomSource): number {
  const whole = Math.min(LONGEST_MS, SECOND_MS * 2 ** Math.min(failures, 30));
  const [drawn = 0] = random.bytes(1);
  return whole / 2 + (whole / 2) * (drawn / 255);
}
