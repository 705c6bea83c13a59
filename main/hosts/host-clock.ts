import type { Cancel, Clock, Timers } from '../base/time.ts';

/** The platform's two clocks and its timer; a parameter so that a test needs no real time. */
export interface PlatformTime {
  wallMs(): number;
  monotonicMs(): number;
  setTimer(delayMs: number, run: () => void): Cancel;
}

/**
 * The one clock of a host. The wall clock never goes backwards (L-030): set back, it goes on from the highest time it
 * ever gave. A test may shift it, may let time pass, and may make it stand still as a sleeping desktop's does.
 */
export class HostClock implements Clock, Timers {
  readonly #platform: PlatformTime;
  readonly #pending = new Set<PendingTimer>();
  #wallOffsetMs = 0;
  #elapsedOffsetMs = 0;
  /** The last time given, and when that was. */
  #latest: { readonly wallMs: number; readonly atMs: number };
  #frozenSinceMs: number | undefined;
  #stoodStillMs = 0;

  constructor(platform: PlatformTime = PLATFORM_TIME) {
    this.#platform = platform;
    this.#latest = { wallMs: platform.wallMs(), atMs: platform.monotonicMs() };
  }

  now(): Date {
    const atMs = this.#platform.monotonicMs();
    const shown = this.#platform.wallMs() + this.#wallOffsetMs;
    const wallMs = Math.max(shown, this.#latest.wallMs + (atMs - this.#latest.atMs));
    this.#latest = { wallMs, atMs };
    return new Date(wallMs);
  }

  elapsedMs(): number {
    return (this.#frozenSinceMs ?? this.#platform.monotonicMs()) - this.#stoodStillMs + this.#elapsedOffsetMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer: PendingTimer = { dueMs: this.elapsedMs() + Math.max(0, delayMs), run, cancel: undefined };
    this.#pending.add(timer);
    this.#arm(timer);
    return () => {
      timer.cancel?.();
      this.#pending.delete(timer);
    };
  }

  /**
   * The wall clock differs from the platform's by `ms` from now on. With `elapsed`, that much time has also passed since
   * the start, and what is due by then runs before this returns, in the order it was due.
   */
  setOffset(ms: number, elapsed: boolean): void {
    this.#wallOffsetMs = ms;
    if (!elapsed || ms <= this.#elapsedOffsetMs) return;
    this.#elapsedOffsetMs = ms;
    this.#runDue();
    this.#rearm();
  }

  /** Timers stand still, as does elapsed time; the wall clock goes on. */
  freeze(): void {
    if (this.#frozenSinceMs !== undefined) return;
    this.#frozenSinceMs = this.#platform.monotonicMs();
    for (const timer of this.#pending) timer.cancel?.();
  }

  /** Goes on where `freeze` stopped. */
  thaw(): void {
    if (this.#frozenSinceMs === undefined) return;
    this.#stoodStillMs += this.#platform.monotonicMs() - this.#frozenSinceMs;
    this.#frozenSinceMs = undefined;
    this.#runDue();
    this.#rearm();
  }

  #runDue(): void {
    if (this.#frozenSinceMs !== undefined) return;
    const nowMs = this.elapsedMs();
    const due = [...this.#pending].filter((timer) => timer.dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
    // One of them may cancel another, so each is looked up again.
    for (const timer of due) if (this.#pending.has(timer)) this.#fire(timer);
  }

  #rearm(): void {
    for (const timer of this.#pending) this.#arm(timer);
  }

  #arm(timer: PendingTimer): void {
    timer.cancel?.();
    if (this.#frozenSinceMs !== undefined) return;
    const waitMs = Math.min(timer.dueMs - this.elapsedMs(), LONGEST_TIMER_MS);
    timer.cancel = this.#platform.setTimer(Math.max(0, waitMs), () => {
      if (timer.dueMs > this.elapsedMs()) this.#arm(timer);
      else this.#fire(timer);
    });
  }

  #fire(timer: PendingTimer): void {
    timer.cancel?.();
    this.#pending.delete(timer);
    try {
      timer.run();
    } catch (error) {
      // The caller's own mistake must not keep the other timers from running.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

interface PendingTimer {
  readonly dueMs: number;
  readonly run: () => void;
  cancel: Cancel | undefined;
}

/** The platform takes longer ones for 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

const PLATFORM_TIME: PlatformTime = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, run) => {
    const handle = setTimeout(run, delayMs);
    return () => {
      clearTimeout(handle);
    };
  },
};
