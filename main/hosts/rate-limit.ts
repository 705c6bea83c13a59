import type { Envelope } from '../../preload/contract.ts';
import { failure, isCommandName } from './dispatch.ts';

/** Runs a command of that name, or refuses it. */
export type RateLimit = (command: string, run: () => Promise<Envelope<unknown>>) => Promise<Envelope<unknown>>;

/** Far above what a person or the page's own code causes; there to bound what a hostile page can (S-134, S-144). */
export const BURST = 200;
export const PER_SECOND = 50;

/** A bucket per command's name. Refused calls cost nothing and are answered with `not-available`. */
export function createRateLimit(elapsedMs: () => number): RateLimit {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (command, run) => {
    const atMs = elapsedMs();
    // Names that do not exist share one, or a hostile page could make buckets without end.
    const key = isCommandName(command) ? command : '';
    const bucket = buckets.get(key) ?? { tokens: BURST, atMs };
    const tokens = Math.min(BURST, bucket.tokens + ((atMs - bucket.atMs) / 1_000) * PER_SECOND);
    if (tokens < 1) return Promise.resolve(failure('not-available', 'Too many of these at once. Try again soon.'));
    buckets.set(key, { tokens: tokens - 1, atMs });
    return run();
  };
}
