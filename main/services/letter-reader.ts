/** Reads one journalled message stanza: which kind it is, and who deals with it. No stanza can stop the reading. */
import { ESessionError } from '../protocol/esession/errors.ts';
import { StoreError } from '../stores/store-error.ts';
import type { Element } from '../wire/element.ts';
import { bareOf, type BareJid } from '../wire/jid.ts';
import { parseMessage, type InboundMessage } from '../wire/message.ts';
import { WireError } from '../wire/wire-error.ts';
import { readAmpAnswer } from '../wire/xep0079-amp.ts';
import type { Batch } from './batch.ts';
import type { Contacts } from './contacts.ts';
import type { DeferredLetters } from './deferred-letters.ts';
import type { Delivery } from './delivery.ts';
import type { JournalEntry, StanzaReader } from './incoming.ts';
import { letterOf, type Letter } from './letter.ts';
import type { OfflineKeys } from './offline-keys.ts';
import type { Opening } from './opening.ts';
import type { Outgoing } from './outgoing.ts';
import type { ReceivedSessions } from './received-sessions.ts';
import type { Unsealing } from './unsealing.ts';
import type { WorkBudget } from './work-budget.ts';

export interface LetterReaderParts {
  readonly own: () => BareJid;
  readonly contacts: Contacts;
  readonly keys: OfflineKeys;
  readonly sessions: ReceivedSessions;
  readonly opening: Opening;
  readonly unsealing: Unsealing;
  readonly delivery: Delivery;
  readonly outgoing: Outgoing;
  readonly budget: WorkBudget;
  readonly deferred: DeferredLetters;
}

export class LetterReader implements StanzaReader {
  readonly #parts: LetterReaderParts;

  constructor(parts: LetterReaderParts) {
    this.#parts = parts;
  }

  read(entry: JournalEntry, batch: Batch): Promise<void> | void {
    try {
      const reading = this.#read(entry, batch);
      if (reading === undefined) return;
      return reading.catch((error: unknown) => {
        this.#failed(entry, batch, error);
      });
    } catch (error) {
      this.#failed(entry, batch, error);
    }
  }

  settle(batch: Batch): Promise<void> {
    return this.#parts.unsealing.settle(batch);
  }

  get holdsSome(): boolean {
    return this.#parts.unsealing.holdsSome;
  }

  rollBack(): void {
    this.#parts.sessions.forget();
    this.#parts.unsealing.forget();
    this.#parts.deferred.forget();
  }

  #read(entry: JournalEntry, batch: Batch): Promise<void> | void {
    const message = parseMessage(entry.stanza);
    switch (message.content.kind) {
      case 'encrypted':
        return this.#readLetter(entry, message, batch);
      case 'malformed':
        return this.#parts.delivery.unreadable(entry, message, batch);
      case 'error':
        this.#bounce(message, batch);
        break;
      case 'plain':
        return this.#parts.delivery.plain(entry, message, message.content, batch);
      case 'wrapped': // copies of what other clients got or sent change nothing here
      case 'event': // options and keys are fetched, never taken from an event
      case 'receipt': // in clear: nothing proves who sent it
      case 'nothing':
        break;
    }
    this.#parts.delivery.done(entry, batch);
  }

  #readLetter(entry: JournalEntry, message: InboundMessage, batch: Batch): Promise<void> | void {
    const { delivery, contacts } = this.#parts;
    const letter = letterOf(entry, message, this.#parts.own());
    if (letter === undefined) return delivery.unreadable(entry, message, batch);
    // The same stanza once more, as a server resends it: whatever became of the first is shown already (L-002).
    if (batch.hasDigest(letter.digest) || contacts.find(letter.contact)?.blocked === true) {
      return delivery.done(entry, batch);
    }
    if (this.#mustWait(letter)) return this.#parts.deferred.defer(letter);
    if (letter.initForm !== undefined) return this.#open(letter, letter.initForm, batch);
    if (letter.c !== undefined) return this.#readLater(letter, letter.c, batch);
  }

  /** S-043: past the budget an opening waits in the journal, and so does what follows it. */
  #mustWait(letter: Letter): boolean {
    const { budget, deferred, contacts } = this.#parts;
    if (deferred.holds(letter)) return true;
    if (letter.initForm === undefined) return false;
    const isStranger = contacts.find(letter.contact)?.inRoster !== true;
    if (!budget.allows(letter.contact, isStranger)) return true;
    if (isStranger) budget.count(letter.contact);
    return false;
  }

  async #open(letter: Letter, initForm: Element, batch: Batch): Promise<void> {
    const { opening, unsealing } = this.#parts;
    await opening.open(letter, initForm, batch);
    for (const early of unsealing.takeEarly(letter)) {
      if (early.c !== undefined) await this.#readLater(early, early.c, batch);
    }
  }

  /**
   * A stanza without <init/>: of a session we know, of an opening that was refused, of one that comes later, or not
   * readable here (3.8).
   */
  #readLater(letter: Letter, c: Element, batch: Batch): Promise<void> | void {
    const { sessions, keys, unsealing, delivery } = this.#parts;
    const recordIds = keys.records().map((record) => record.id);
    const live = sessions.find(recordIds, letter.from, letter.thread);
    if (live !== undefined) return unsealing.take(live, letter, c, batch);
    if (!delivery.folded(letter, batch) && !unsealing.holdEarly(letter)) delivery.withoutSession(letter, batch);
  }

  #bounce(message: InboundMessage, batch: Batch): void {
    const { from, id, content } = message;
    if (from === undefined || id === undefined || content.kind !== 'error') return;
    const answer = readAmpAnswer(content.error);
    batch.afterwards(() => {
      this.#parts.outgoing.bounced(bareOf(from), id, answer);
    });
  }

  #failed(entry: JournalEntry, batch: Batch, error: unknown): void {
    if (error instanceof StoreError) throw error;
    // What no reader accepts is dropped; a failure of ours keeps the sealed stanza (I16).
    if (error instanceof WireError || error instanceof ESessionError) return this.#parts.delivery.done(entry, batch);
    this.#parts.delivery.programError(entry, batch);
  }
}
