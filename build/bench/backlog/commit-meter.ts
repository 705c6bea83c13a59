/** What waiting for the disk takes: with full sync that is the statement that ends a transaction, and nothing else. */
import { StatementSync } from 'node:sqlite';

type Run = (this: StatementSync, ...values: readonly unknown[]) => unknown;

export class CommitMeter {
  #ms = 0;
  #count = 0;

  /** Meters every connection of this process from now on. */
  constructor() {
    const run = Reflect.get(StatementSync.prototype, 'run') as Run;
    const commit = (statement: StatementSync): unknown => this.#meter(() => run.call(statement));
    Reflect.set(StatementSync.prototype, 'run', function (this: StatementSync, ...values: readonly unknown[]) {
      return this.sourceSQL === 'COMMIT' ? commit(this) : Reflect.apply(run, this, values);
    });
  }

  /** Since the last call. */
  take(): { readonly ms: number; readonly count: number } {
    const taken = { ms: this.#ms, count: this.#count };
    this.#ms = this.#count = 0;
    return taken;
  }

  #meter<T>(run: () => T): T {
    const started = performance.now();
    try {
      return run();
    } finally {
      this.#ms += performance.now() - started;
      this.#count += 1;
    }
  }
}
