/** What stands in the journal and is to be opened: the next of it in memory, the rest on the disk until it is its turn. */
import type { JournalStore } from '../stores/journal.ts';
import { parseElement } from '../wire/xml-parser.ts';
import type { JournalEntry } from './arrivals.ts';

/** S-106. */
const MOST_IN_MEMORY = 1_000;
/** More than any server keeps for one account; what an earlier run left is read whole, so that order is kept. */
const RELOAD_LIMIT = 100_000;

export class OpeningQueue {
  readonly #journal: JournalStore;
  #entries: JournalEntry[] = [];
  /** Of the newest entry that was ever in memory: everything behind it is on the disk alone. */
  #lastSeq = 0;
  /** How many are on the disk alone. */
  #left = 0;

  constructor(journal: JournalStore) {
    this.#journal = journal;
  }

  /** How many are in memory. */
  get length(): number {
    return this.#entries.length;
  }

  get isEmpty(): boolean {
    return this.#entries.length + this.#left === 0;
  }

  /** Takes up what was journalled just now, behind everything that is here. */
  add(entries: readonly JournalEntry[]): void {
    const room = this.#left > 0 ? 0 : Math.max(0, MOST_IN_MEMORY - this.#entries.length);
    const fitting = entries.slice(0, room);
    this.note(fitting);
    this.#entries.push(...fitting);
    this.#left += entries.length - fitting.length;
  }

  /** These are dealt with already: they are not to be read from the journal as well. */
  note(entries: readonly JournalEntry[]): void {
    for (const { seq } of entries) this.#lastSeq = Math.max(this.#lastSeq, seq ?? 0);
  }

  /** Puts back entries that were here before, ahead of all others. */
  putBack(entries: readonly JournalEntry[]): void {
    this.#entries.unshift(...entries);
  }

  /** The oldest. */
  take(): JournalEntry | undefined {
    if (this.#entries.length === 0 && this.#left > 0) this.#readOn();
    return this.#entries.shift();
  }

  /** Takes up whatever stands in the journal and was not here yet. */
  reload(): void {
    this.#read(RELOAD_LIMIT);
    this.#left = 0;
  }

  /** Nothing is to be opened; the journal has it all. */
  forget(): void {
    this.#entries = [];
    this.#lastSeq = 0;
    this.#left = 0;
  }

  /** Nothing may be left where the disk has damaged it. */
  #readOn(): void {
    const count = this.#read(MOST_IN_MEMORY);
    this.#left = count === 0 ? 0 : Math.max(0, this.#left - count);
  }

  /** @returns how many were read */
  #read(limit: number): number {
    const rows = this.#journal.pending(limit, this.#lastSeq);
    const entries = rows.map(({ seq, xml, arrivedAt }) => {
      return { seq, stanza: parseElement(xml), arrivedAt, isDone: false };
    });
    this.note(entries);
    this.#entries.push(...entries);
    return rows.length;
  }
}
