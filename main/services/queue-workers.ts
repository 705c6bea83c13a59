/** One worker per contact: what is written meanwhile is done by the one that is at it, and order is kept. */
import type { BareJid } from '../wire/jid.ts';

export interface QueueWorkersParts {
  /** Goes through a contact's queue, as far as that is possible now. */
  readonly work: (address: BareJid) => Promise<void>;
  /** Whether something was written while the worker came to its end. */
  readonly hasNew: (address: BareJid) => boolean;
  /** The worker is done with the contact for now. */
  readonly done: (address: BareJid) => void;
  /** A worker threw. What it had before it stays queued, and is not tried again by itself. */
  readonly failed: (error: unknown) => void;
}

export class QueueWorkers {
  readonly #parts: QueueWorkersParts;
  readonly #working = new Set<BareJid>();

  constructor(parts: QueueWorkersParts) {
    this.#parts = parts;
  }

  /** Goes on with a contact's queue; does nothing while it is being worked on. */
  pump(address: BareJid): void {
    if (this.#working.has(address)) return;
    this.#working.add(address);
    const { work, hasNew, failed } = this.#parts;
    void work(address).then(
      () => {
        this.#ended(address, () => hasNew(address));
      },
      (error: unknown) => {
        // It would fail again at once, and without an end.
        this.#ended(address, () => false);
        failed(error);
      },
    );
  }

  #ended(address: BareJid, goesOn: () => boolean): void {
    this.#working.delete(address);
    if (goesOn()) this.pump(address);
    else this.#parts.done(address);
  }
}
