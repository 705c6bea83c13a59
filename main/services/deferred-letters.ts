/** Letters whose turn has not come: openings beyond the work budget, and what follows them in the same session. */
import { MINUTE_MS, type Cancel, type Timers } from '../base/time.ts';
import type { JournalEntry } from './arrivals.ts';
import type { Letter } from './letter.ts';

export class DeferredLetters {
  readonly #timers: Timers;
  #entries: JournalEntry[] = [];
  readonly #sessions = new Set<string>();
  #cancel: Cancel | undefined;

  /** Takes the entries up again, in order; set once, by the composition. */
  again: (entries: readonly JournalEntry[]) => void = () => undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get hasSome(): boolean {
    return this.#entries.length > 0;
  }

  /** True if the opening of that stanza's session waits, so that the stanza must wait too. */
  holds(letter: Letter): boolean {
    return this.#sessions.has(sessionOf(letter));
  }

  /** Leaves the letter in the journal for a minute. */
  defer(letter: Letter): void {
    this.#entries.push(letter.entry);
    this.#sessions.add(sessionOf(letter));
    this.#cancel ??= this.#timers.after(MINUTE_MS, () => {
      const entries = this.#entries;
      this.forget();
      this.again(entries);
    });
  }

  /** They are still in the journal. */
  forget(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#entries = [];
    this.#sessions.clear();
  }
}

function sessionOf({ from, thread }: Letter): string {
  return `${from}\n${thread ?? ''}`;
}
