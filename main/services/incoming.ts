/**
 * Everything that arrives as a message: journalled before it is acknowledged (L-006), then opened one at a time, in
 * order of arrival, and committed a few at a time (profile 6.2 steps 4 and 5).
 */
import { MINUTE_MS, type Cancel, type Clock, type Timers } from '../base/time.ts';
import { StoreError } from '../stores/store-error.ts';
import type { Stores } from '../stores/stores.ts';
import { serialize, type Element } from '../wire/element.ts';
import { parseElement } from '../wire/xml-parser.ts';
import { Batch } from './batch.ts';

/** A journalled stanza. */
export interface JournalEntry {
  readonly seq: number;
  readonly stanza: Element;
  readonly arrivedAt: Date;
}

/** What deals with one entry: it adds to the batch what is to be written, the entry's removal included. */
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
/** How long a backlog is given to bring more before what there is goes to the disk: one sync for many stanzas. */
const GATHER_MS = 8;
/** More than any server keeps for one account; what an earlier run left is read whole, so that order is kept. */
const RELOAD_LIMIT = 100_000;

export class Incoming {
  readonly #parts: IncomingParts;
  #arrived: { stanza: Element; handled: () => void }[] = [];
  #queue: JournalEntry[] = [];
  #working: Promise<void> | undefined;
  /** Until then the commit of what is being opened takes along what arrived. */
  #commitsBy = 0;
  #lastSeq = 0;
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
  }

  /** Goes on with what an earlier run journalled and did not finish (R2). */
  start(): void {
    this.#isStopped = false;
    this.#isComplete = false;
    this.#reload();
  }

  /** Opens nothing more until `start`; what arrives is journalled all the same. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelSettle?.();
    this.#cancelSettle = undefined;
    this.#queue = [];
    this.#lastSeq = 0;
    this.#holdBack();
  }

  /**
   * Takes one stanza from the link. Those that come together share a transaction, and are acknowledged only after it.
   */
  receive(stanza: Element, handled: () => void): void {
    this.#arrived.push({ stanza, handled });
    this.#holdBack();
    if (this.#arrived.length > 1) return;
    if (this.#isComplete) setImmediate(() => this.#journal());
    else this.#journalSoon(GATHER_MS);
  }

  /** Takes up entries that were left in the journal for later. */
  again(entries: readonly JournalEntry[]): void {
    if (this.#isStopped || entries.length === 0) return;
    this.#queue.unshift(...entries);
    this.#work();
  }

  /** True while something that arrived is not yet opened. */
  get isBusy(): boolean {
    return this.#arrived.length > 0 || this.#queue.length > 0 || this.#working !== undefined;
  }

  /** Resolves when everything that had arrived by now is opened or held. */
  async idle(): Promise<void> {
    while (this.isBusy) {
      this.#journal();
      await this.#working;
    }
  }

  /** The backlog is complete: decides about what was held for a stanza that did not come. */
  async settle(): Promise<void> {
    await this.idle();
    this.#isComplete = true;
    this.#run(async () => {
      const batch = new Batch(this.#parts.stores);
      await this.#parts.reader.settle(batch);
      this.#commit(batch, 0);
    });
    await this.idle();
  }

  #journalSoon(ms: number): void {
    this.#parts.timers.after(ms, () => {
      const leftMs = this.#commitsBy - performance.now();
      if (leftMs > 0 && this.#arrived.length > 0) this.#journalSoon(leftMs);
      else this.#journal();
    });
  }

  #journal(): void {
    try {
      if (this.#arrived.length > 0) this.#journalWith(() => undefined);
    } catch (error) {
      this.#fail(error);
    }
    this.#work();
  }

  /** What arrived is durable, together with what `write` writes; then the server hears of it, then it is queued. */
  #journalWith(write: () => void): void {
    const { stores, clock } = this.#parts;
    const [arrived, arrivedAt] = [this.#arrived, clock.now()];
    this.#arrived = [];
    const entries = stores.transaction(() => {
      write();
      return arrived.map(({ stanza }) => ({
        ...{ seq: stores.journal.append(serialize(stanza), arrivedAt), stanza, arrivedAt },
      }));
    });
    for (const { handled } of arrived) handled();
    if (this.#isStopped) return;
    this.#lastSeq = entries.at(-1)?.seq ?? this.#lastSeq;
    this.#queue.push(...entries);
    this.#holdBack();
  }

  #holdBack(): void {
    const waiting = this.#arrived.length + this.#queue.length;
    const isTooMuch = waiting > (this.#isHeldBack ? MOST_WAITING / 2 : MOST_WAITING);
    if (isTooMuch === this.#isHeldBack) return;
    this.#isHeldBack = isTooMuch;
    this.#parts.holdBack(isTooMuch);
  }

  #reload(): void {
    const rows = this.#parts.stores.journal.pending(RELOAD_LIMIT).filter((row) => row.seq > this.#lastSeq);
    for (const { seq, xml, arrivedAt } of rows) this.#queue.push({ seq, stanza: parseElement(xml), arrivedAt });
    this.#lastSeq = rows.at(-1)?.seq ?? this.#lastSeq;
    this.#work();
  }

  #work(): void {
    if (this.#working === undefined && this.#queue.length > 0 && !this.#isStopped) this.#run(() => this.#open());
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
        this.#work();
      });
  }

  async #open(): Promise<void> {
    const batch = new Batch(this.#parts.stores);
    this.#commitsBy = performance.now() + COMMIT_AFTER_MS;
    let taken = 0;
    while (taken < ENTRIES_PER_COMMIT && performance.now() < this.#commitsBy) {
      taken += await this.#openPiece(batch, ENTRIES_PER_COMMIT - taken);
      if (this.#queue.length > 0) await new Promise((resolve) => setImmediate(resolve));
      else if (this.#isComplete || !(await this.#gather())) break;
    }
    this.#commit(batch, taken);
  }

  /** Opens what is queued, for as long as one piece may take. @returns how many entries that were */
  async #openPiece(batch: Batch, most: number): Promise<number> {
    const since = performance.now();
    let taken = 0;
    while (taken < most && performance.now() - since < PIECE_MS) {
      const entry = this.#queue.shift();
      if (entry === undefined) break;
      if (this.#isHeldBack) this.#holdBack();
      const reading = this.#parts.reader.read(entry, batch);
      if (reading !== undefined) await reading;
      taken += 1;
    }
    return taken;
  }

  /** Waits a moment while a backlog is arriving. @returns whether it brought more to open in this batch */
  async #gather(): Promise<boolean> {
    if (this.#arrived.length > 0) return false;
    await new Promise<void>((resolve) => {
      this.#parts.timers.after(GATHER_MS, resolve);
    });
    return this.#queue.length > 0;
  }

  #commit(batch: Batch, done: number): void {
    if (batch.isEmpty && done === 0) return;
    this.#journalWith(() => {
      batch.commit(this.#parts.addReceived);
    });
    batch.announce();
    this.#parts.progressed(done, this.#queue.length + this.#arrived.length);
    if (this.#isComplete && this.#parts.reader.holdsSome) this.#settleLater();
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
    this.stop();
    this.#parts.reader.rollBack();
    if (!(error instanceof StoreError)) throw error;
    // Closed for a sleep in the middle of a batch: the journal has it all.
    if (wasStopped && error.code === 'locked') return;
    this.#parts.storeFailed(error);
  }
}
