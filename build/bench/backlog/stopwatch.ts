import type { Figures } from '../bench-case.ts';

/** Time on the clock and of this process's threads between two moments, in ms. */
export class Stopwatch {
  #startedMs = 0;
  #usage = process.cpuUsage();
  #heapBefore = 0;

  start(): void {
    globalThis.gc?.();
    this.#heapBefore = process.memoryUsage().heapUsed;
    this.#usage = process.cpuUsage();
    this.#startedMs = performance.now();
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** KiB of the heap that are alive now and were not at the start. */
  retainedHeap(): number {
    globalThis.gc?.();
    return (process.memoryUsage().heapUsed - this.#heapBefore) / 1024;
  }

  stop(): Figures {
    const time = this.elapsedMs;
    const { user, system } = process.cpuUsage(this.#usage);
    return { time, processor: (user + system) / 1_000 };
  }
}
