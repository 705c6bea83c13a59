/** How much work strangers and failing openings may cause (S-043). Opening a session costs an exponentiation. */
import { MINUTE_MS, type Clock } from '../base/time.ts';
import type { BareJid } from '../wire/jid.ts';

const PER_SENDER = 20;
const IN_ALL = 200;

export class WorkBudget {
  readonly #clock: Clock;
  /** When each counted opening happened, oldest first. */
  #counted: { readonly sender: BareJid; readonly atMs: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts an opening that failed, or any of a stranger. */
  count(sender: BareJid): void {
    this.#counted.push({ sender, atMs: this.#clock.elapsedMs() });
  }

  /**
   * True if an opening of that sender may be worked on now. A contact of whom none failed within the last minute is
   * never held back.
   */
  allows(sender: BareJid, isStranger: boolean): boolean {
    const since = this.#clock.elapsedMs() - MINUTE_MS;
    this.#counted = this.#counted.filter(({ atMs }) => atMs > since);
    const ofSender = this.#counted.filter((one) => one.sender === sender).length;
    if (ofSender === 0 && !isStranger) return true;
    return ofSender < PER_SENDER && this.#counted.length < IN_ALL;
  }
}
