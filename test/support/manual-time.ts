/** Time that passes only when a test says so. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Cancel, Clock, Timers } from '../../main/base/time.ts';

export class ManualTime implements Clock, Timers {
  #elapsedMs = 0;
  #pending: { readonly at: number; readonly run: () => void }[] = [];

  now(): Date {
    return new Date(Date.UTC(2026, 10, 22) + this.#elapsedMs);
  }

  elapsedMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer = { at: this.#elapsedMs + delayMs, run };
    this.#pending.push(timer);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== timer);
    };
  }

  /** Lets that much pass: what is due runs in order, and what follows from it at once runs before the next. */
  async pass(ms: number): Promise<void> {
    const end = this.#elapsedMs + ms;
    for (;;) {
      await settled();
      const next = this.#pending.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#pending = this.#pending.filter((other) => other !== next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.at);
      next.run();
    }
    this.#elapsedMs = end;
  }
}

/** What runs without time passing gets its turns. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await turn();
}
