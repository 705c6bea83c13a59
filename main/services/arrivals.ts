/**
 * Message stanzas that arrived and that only this process and the server have. What is opened at once never needs the
 * journal: its effects are durable in its place. The server is told of a stanza after either (L-006).
 */
import type { JournalStore } from '../stores/journal.ts';
import { serialize, type Element } from '../wire/element.ts';

/** A stanza to be dealt with. */
export interface JournalEntry {
  readonly stanza: Element;
  readonly arrivedAt: Date;
  /** Its number in the journal; undefined while it is not there. */
  seq: number | undefined;
  /** Its effects are written in the transaction under way, or durable. */
  isDone: boolean;
}

interface Arrival {
  readonly entry: JournalEntry;
  readonly handled: () => void;
}

export class Arrivals {
  #waiting: Arrival[] = [];
  /** Being opened in the batch under way. */
  #taken: Arrival[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#taken.length === 0;
  }

  /** @param handled - Called once the stanza is durable. */
  add(stanza: Element, arrivedAt: Date, handled: () => void): void {
    this.#waiting.push({ entry: { stanza, arrivedAt, seq: undefined, isDone: false }, handled });
  }

  /** The oldest, to be opened in the batch under way. */
  take(): JournalEntry | undefined {
    const arrival = this.#waiting.shift();
    if (arrival !== undefined) this.#taken.push(arrival);
    return arrival?.entry;
  }

  /**
   * Journals what was taken and is not done with; in a transaction, behind the writes of the batch.
   *
   * @returns to be called when the transaction is durable: numbers what was journalled, tells the server, and returns
   * what was taken.
   */
  keepTaken(journal: JournalStore): () => readonly JournalEntry[] {
    return append(journal, this.#taken.splice(0));
  }

  /** As `keepTaken`, with what was not yet taken: it is the caller's then. */
  keepWaiting(journal: JournalStore): () => readonly JournalEntry[] {
    return append(journal, this.#waiting.splice(0));
  }

  /** The transaction failed and the stream ends: the server brings them again. */
  drop(): void {
    this.#waiting = [];
    this.#taken = [];
  }
}

/** Nothing more is to be done with the entry; inside a transaction. */
export function finish(journal: JournalStore, entry: JournalEntry): void {
  entry.isDone = true;
  if (entry.seq !== undefined) journal.remove(entry.seq);
}

/** Keeps the entry's stanza for good, with the reason's code; inside a transaction. */
export function setAside(journal: JournalStore, entry: JournalEntry, reason: string): void {
  journal.setAside(entry.seq ?? journal.append(serialize(entry.stanza), entry.arrivedAt), reason);
  entry.isDone = true;
}

function append(journal: JournalStore, arrivals: readonly Arrival[]): () => readonly JournalEntry[] {
  const seqs = arrivals.map(({ entry: { isDone, stanza, arrivedAt } }) =>
    isDone ? undefined : journal.append(serialize(stanza), arrivedAt),
  );
  return () => {
    for (const [at, { entry, handled }] of arrivals.entries()) {
      entry.seq = seqs[at];
      handled();
    }
    return arrivals.map(({ entry }) => entry);
  };
}
