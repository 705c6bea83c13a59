/** What the user is told while letters that waited are opened (ux.md 3.6). */
import type { Announcer, BacklogFacts, ServiceEvents } from './events.ts';

export class Backlog {
  readonly #announcer: Announcer<ServiceEvents>;
  #isRunning = false;
  #opened = 0;
  #failed = 0;

  constructor(announcer: Announcer<ServiceEvents>) {
    this.#announcer = announcer;
  }

  /** The running account, while there is one. */
  get facts(): BacklogFacts | undefined {
    return this.#isRunning ? this.#facts(false) : undefined;
  }

  begin(): void {
    this.#isRunning = true;
    this.#opened = 0;
    this.#failed = 0;
  }

  /** After a commit: only what is durable counts (S-198). */
  count(opened: number, failed: number): void {
    if (!this.#isRunning || opened + failed === 0) return;
    this.#opened += opened;
    this.#failed += failed;
    this.#announcer.announce('backlogProgress', this.#facts(false));
  }

  end(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#announcer.announce('backlogProgress', this.#facts(true));
    this.#announcer.announce('leavingChanged', undefined);
  }

  #facts(finished: boolean): BacklogFacts {
    const done = this.#opened + this.#failed;
    return { done, ...(finished ? { total: done } : {}), finished, opened: this.#opened, failed: this.#failed };
  }
}
