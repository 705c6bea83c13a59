/** Everything the demo started, and how each thing is ended: also one that is only just starting. */

/** Somebody pressed Ctrl-C, or the demo is over: nothing more is started. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

export class Cleanup {
  readonly #ends: (() => Promise<unknown>)[] = [];
  #closed: Promise<void> | undefined;

  /** True once `close` was called. */
  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /**
   * Starts something, and ends it when the demo ends.
   *
   * @throws Interrupted once `close` was called
   */
  own<T>(start: () => Promise<T>, end: (started: T) => Promise<unknown>): Promise<T> {
    if (this.isClosed) return Promise.reject(new Interrupted());
    const started = start();
    // What does not start has nothing to end; whoever waits for it is told.
    this.#ends.push(() => started.then(end, () => undefined));
    return started;
  }

  /** Ends everything, the latest first. Calling it again waits for the same end. */
  close(): Promise<void> {
    return (this.#closed ??= this.#endAll());
  }

  async #endAll(): Promise<void> {
    for (const end of this.#ends.reverse()) {
      await end().catch((error: unknown) => process.stderr.write(`demo: could not clean up: ${String(error)}\n`));
    }
  }
}
