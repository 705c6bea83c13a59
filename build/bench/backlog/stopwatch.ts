import type { Figures } from '../bench-case.ts';

/** Time on the clock and of this process's threads between two moments, in ms. */
export class Stopwatch {
  #startedMs = 0;
  #usage = process.cpuUsage();

  start(): void {
    globalThis.gc?.();
    this.#usage = process.cpuUsage();
    this.#startedMs = performance.now();
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  stop(): Figures {
    const time = this.elapsedMs;
    const { user, system } = process.cpuUsage(this.#usage);
    return { time, processor: (user + system) / 1_000 };
  }
}
