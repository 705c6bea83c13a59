/**
 * Everything that arrives as a message: opened one at a time, in order of arrival, and committed a few at a time (profile
 * 6.2 steps 4 and 5). Acknowledged once its effects are durable, or the stanza itself is, in the journal (L-006).
 */
import { MINUTE_MS, type Cancel, type Clock, type Timers } from '../base/time.ts';
import { StoreError } from '../stores/store-error.ts';
import type { Stores } from '../stores/stores.ts';
import type { Element } from '../wire/element.ts';
import { Arrivals, type JournalEntry } from './arrivals.ts';
import { Batch } from './batch.ts';
import { OpeningQueue } from './opening-queue.ts';

/** What deals with one entry: it adds to the batch what is to be written, and that the entry is done with. */
export interface StanzaReader {
  read(entry: JournalEntry, batch: Batch): Promise<void> | void;
  /** Nothing more of the backlog will come: what waited for a missing stanza is decided now. */
  settle(batch: Batch): Promise<void> | void;
  /** True while a stanza waits for one before it. */
  readonly holdsSome: boolean;
  /** The batch was not committed: forget whatever is not durable. */
  rollBack(): void;
}

export interface IncomingParts {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly reader: StanzaReader;
  readonly addReceived: (recordId: string, count: number) => void;
  /** The store does not take what arrived: the stream must end without acknowledging it. */
  readonly storeFailed: (error: StoreError) => void;
  /** More waits to be opened than should be in memory: the server is to wait until it is less (S-106). */
  readonly holdBack: (isHeld: boolean) => void;
  /** After each commit, with how many entries are done and how many wait. */
  readonly progressed: (done: number, waiting: number) => void;
}

const ENTRIES_PER_COMMIT = 500;
/** S-106; below half of it the server may go on. */
const MOST_WAITING = 1_000;
/** The longest that opening may hold the thread in one piece (ux.md 2). */
const PIECE_MS = 20;
/** The longest that something opened stays uncommitted while a backlog goes on. */
const COMMIT_AFTER_MS = 150;
/** Later than a batch that nothing holds up. */
const KEEP_AFTER_MS = 2 * COMMIT_AFTER_MS;
/** How long a backlog is given to bring more before what there is goes to the disk: one sync for many stanzas. */
const GATHER_MS = 8;

export class Incoming {
  readonly #parts: IncomingParts;
  readonly #arrivals = new Arrivals();
  /** Journalled, and to be opened before what arrived since. */
  readonly #queue: OpeningQueue;
  #working: Promise<void> | undefined;
  /** When the batch under way is to be committed; what waits for longer than that goes to the journal. */
  #commitsBy = 0;
  #looksAgain = false;
  /** The batch under way waits for an answer by the stream: reading goes on, and what comes goes to the disk. */
  #isLate = false;
  /**
   * Until `start` what arrives is journalled only: a server may hand over what a dead session left before anything an
   * earlier run journalled was taken up, and that comes first.
   */
  #isStopped = true;
  /** The backlog is complete: a stanza that is missing now is waited for a minute. */
  #isComplete = false;
  #cancelSettle: Cancel | undefined;
  #isHeldBack = false;

  constructor(parts: IncomingParts) {
    this.#parts = parts;
    this.#queue = new OpeningQueue(parts.stores.journal);
  }

  /** Goes on with what an earlier run journalled and did not finish (R2). */
  start(): void {
    this.#isStopped = false;
    this.#isComplete = false;
    this.#settleNoMore();
    this.#queue.reload();
    this.#work();
  }

  /** Opens nothing more until `start`; what arrived and arrives is journalled all the same. */
  stop(): void {
    this.#isStopped = true;
    this.#keep();
    this.#forgetWaiting();
  }

  /**
   * Takes one stanza from the link. Those that come together share a transaction.
   *
   * @param isOnlyHere - The server has forgotten it already: it is durable before anything else is done with it.
   */
  receive(stanza: Element, handled: () => void, isOnlyHere = false): void {
    const { timers, clock } = this.#parts;
    this.#arrivals.add(stanza, clock.now(), handled);
    this.#holdBack();
    this.#keepLater();
    if (this.#isLate && this.#arrivals.waiting >= MOST_WAITING) this.#keep();
    // Behind the others of the same piece, for which it finds nothing left to do.
    if (isOnlyHere) queueMicrotask(() => this.#keep());
    if (this.#arrivals.waiting > 1) return;
    if (this.#isComplete) setImmediate(() => this.#deal());
    else timers.after(GATHER_MS, () => this.#deal());
  }

  /** Takes up entries that were left in the journal for later. */
  again(entries: readonly JournalEntry[]): void {
    if (this.#isStopped || entries.length === 0) return;
    this.#queue.putBack(entries);
    this.#work();
  }

  /** True while something that arrived is not yet opened. */
  get isBusy(): boolean {
    return !this.#arrivals.isEmpty || !this.#queue.isEmpty || this.#working !== undefined;
  }

  /** Resolves when everything that had arrived by now is opened or held. */
  async idle(): Promise<void> {
    while (this.isBusy) {
      this.#deal();
      await this.#working;
    }
  }

  /** The backlog is complete: decides about what was held for a stanza that did not come. */
  async settle(): Promise<void> {
    // Somebody else who waited for the same moment may have begun first.
    do await this.idle();
    while (this.isBusy);
    this.#isComplete = true;
    this.#run(async () => {
      const batch = new Batch(this.#parts.stores);
      await this.#parts.reader.settle(batch);
      this.#commit(batch, 0);
    });
    await this.idle();
  }

  /** Opens what arrived, or journals it where nothing is opened. */
  #deal(): void {
    if (this.#isStopped) this.#keep();
    else this.#work();
  }

  /** An opening may wait for the network: what arrived is not left in memory for it. */
  #keepLater(): void {
    if (this.#looksAgain) return;
    this.#looksAgain = true;
    this.#parts.timers.after(KEEP_AFTER_MS, () => {
      this.#looksAgain = false;
      if (this.#arrivals.isEmpty) return;
      if (performance.now() < this.#commitsBy) {
        this.#keepLater();
        return;
      }
      this.#isLate = this.#working !== undefined;
      this.#keep();
      this.#work();
    });
  }

  /** What arrived is durable in the journal; then the server hears of it, then it is queued. */
  #keep(): void {
    if (this.#arrivals.isEmpty) return;
    const { stores } = this.#parts;
    try {
      const [taken, waiting] = stores.transaction(
        () => [this.#arrivals.keepTaken(stores.journal), this.#arrivals.keepWaiting(stores.journal)] as const,
      );
      this.#note(taken());
      this.#queueUp(waiting());
    } catch (error) {
      this.#fail(error);
    }
  }

  #queueUp(entries: readonly JournalEntry[]): void {
    if (!this.#isStopped) this.#queue.add(entries);
    this.#holdBack();
  }

  /** What is in memory is not to be read from the journal as well; after a stop it is. */
  #note(entries: readonly JournalEntry[]): void {
    if (!this.#isStopped) this.#queue.note(entries);
  }

  #holdBack(): void {
    const waiting = this.#arrivals.waiting + this.#queue.length;
    // Held back, the answer that is waited for would not come either.
    const isTooMuch = !this.#isLate && waiting > (this.#isHeldBack ? MOST_WAITING / 2 : MOST_WAITING);
    if (isTooMuch === this.#isHeldBack) return;
    this.#isHeldBack = isTooMuch;
    this.#parts.holdBack(isTooMuch);
  }

  get #hasMore(): boolean {
    return !this.#isStopped && (!this.#queue.isEmpty || this.#arrivals.waiting > 0);
  }

  #work(): void {
    if (this.#working === undefined && this.#hasMore) this.#run(() => this.#open());
  }

  /** One thing at a time: opening, or deciding about what is held. */
  #run(run: () => Promise<void>): void {
    this.#working = run()
      .catch((error: unknown) => {
        this.#fail(error);
      })
      .finally(() => {
        this.#working = undefined;
        this.#commitsBy = 0;
        this.#isLate = false;
        this.#work();
      });
  }

  async #open(): Promise<void> {
    const batch = new Batch(this.#parts.stores);
    this.#commitsBy = performance.now() + COMMIT_AFTER_MS;
    let taken = 0;
    while (taken < ENTRIES_PER_COMMIT && performance.now() < this.#commitsBy) {
      taken += await this.#openPiece(batch, ENTRIES_PER_COMMIT - taken);
      if (this.#hasMore) await new Promise((resolve) => setImmediate(resolve));
      else if (this.#isComplete || !(await this.#gather())) break;
    }
    this.#commit(batch, taken);
  }

  /** Opens what is queued, for as long as one piece may take. @returns how many entries that were */
  async #openPiece(batch: Batch, most: number): Promise<number> {
    const since = performance.now();
    let taken = 0;
    while (taken < most && performance.now() - since < PIECE_MS) {
      const entry = this.#queue.take() ?? (this.#isStopped ? undefined : this.#arrivals.take());
      if (entry === undefined) break;
      if (this.#isHeldBack) this.#holdBack();
      const reading = this.#parts.reader.read(entry, batch);
      if (reading !== undefined) await reading;
      this.#isLate = false;
      taken += 1;
    }
    return taken;
  }

  /** Waits a moment while a backlog is arriving. @returns whether it brought more to open in this batch */
  async #gather(): Promise<boolean> {
    await new Promise<void>((resolve) => {
      this.#parts.timers.after(GATHER_MS, resolve);
    });
    return this.#hasMore;
  }

  #commit(batch: Batch, done: number): void {
    if (batch.isEmpty && done === 0) return;
    const { stores, addReceived } = this.#parts;
    const kept = stores.transaction(() => {
      batch.commit(addReceived);
      return this.#arrivals.keepTaken(stores.journal);
    });
    this.#note(kept());
    batch.announce();
    this.#parts.progressed(done, this.#queue.length + this.#arrivals.waiting);
    if (this.#isComplete && this.#parts.reader.holdsSome) this.#settleLater();
  }

  #settleNoMore(): void {
    this.#cancelSettle?.();
    this.#cancelSettle = undefined;
  }

  #forgetWaiting(): void {
    this.#settleNoMore();
    this.#queue.forget();
    this.#holdBack();
  }

  #settleLater(): void {
    this.#cancelSettle ??= this.#parts.timers.after(MINUTE_MS, () => {
      this.#cancelSettle = undefined;
      void this.settle();
    });
  }

  #fail(error: unknown): void {
    // What was not committed is still in the journal or with the server; memory must not be ahead of either.
    const wasStopped = this.#isStopped;
    this.#isStopped = true;
    this.#arrivals.drop();
    this.#forgetWaiting();
    this.#parts.reader.rollBack();
    if (!(error instanceof StoreError)) throw error;
    // Closed for a sleep in the middle of a batch: the journal has it all.
    if (wasStopped && error.code === 'locked') return;
    this.#parts.storeFailed(error);
  }
}
