/** Waiting, with a limit, until it is decided what becomes of a message. */
import type { Timers } from '../base/time.ts';

export class Decisions {
  readonly #timers: Timers;
  readonly #limitMs: number;
  readonly #waiting = new Map<string, () => void>();

  constructor(timers: Timers, limitMs: number) {
    this.#timers = timers;
    this.#limitMs = limitMs;
  }

  /** Resolves at the next `made` for that id, or at the limit. */
  wait(id: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const end = (): void => {
      resolve(undefined);
    };
    const cancel = this.#timers.after(this.#limitMs, end);
    this.#waiting.set(id, end);
    return promise.finally(() => {
      cancel();
      this.#waiting.delete(id);
    });
  }

  made(id: string): void {
    this.#waiting.get(id)?.();
  }
}
