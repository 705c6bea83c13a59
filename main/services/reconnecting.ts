/** When another attempt to connect follows one that failed, or a stream that broke (S-107). */
import { MINUTE_MS, type Cancel, type Clock, type Timers } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import { reconnectDelayMs } from './backoff.ts';

/** A stream that lasted so long was a good one. */
const STABLE_MS = MINUTE_MS;

export class Reconnecting {
  readonly #parts: { readonly clock: Clock; readonly timers: Timers; readonly random: RandomSource };
  #failures = 0;
  #onlineSince: number | undefined;
  #cancel: Cancel = () => undefined;

  constructor(parts: { readonly clock: Clock; readonly timers: Timers; readonly random: RandomSource }) {
    this.#parts = parts;
  }

  /** A stream is up; how long it lasts decides whether earlier failures still count. */
  online(): void {
    this.#onlineSince = this.#parts.clock.elapsedMs();
  }

  /**
   * Another failure: the next attempt follows later than the last one did.
   *
   * @returns when, by the wall clock.
   */
  later(connect: () => void): Date {
    this.#forgiveFailures();
    const delayMs = reconnectDelayMs(this.#failures, this.#parts.random);
    this.#failures += 1;
    this.#cancel = this.#parts.timers.after(delayMs, connect);
    return new Date(this.#parts.clock.now().getTime() + delayMs);
  }

  /** Somebody asks for it: no attempt waits any more, and none before counts. */
  beginAnew(): void {
    this.cancel();
    this.#failures = 0;
  }

  cancel(): void {
    this.#cancel();
  }

  /** A server that lets us in and closes at once is no better than one that does not let us in (S-107). */
  #forgiveFailures(): void {
    const since = this.#onlineSince;
    this.#onlineSince = undefined;
    if (since !== undefined && this.#parts.clock.elapsedMs() - since >= STABLE_MS) this.#failures = 0;
  }
}
