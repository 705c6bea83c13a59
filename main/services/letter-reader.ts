/** Reads one journalled message stanza: which kind it is, and who deals with it. No stanza can stop the reading. */
import { ESessionError } from '../protocol/esession/errors.ts';
import { StoreError } from '../stores/store-error.ts';
import type { Element } from '../wire/element.ts';
import { bareOf, isFullJid, type BareJid } from '../wire/jid.ts';
import { parseMessage, type InboundMessage } from '../wire/message.ts';
import { WireError } from '../wire/wire-error.ts';
import { readAmpAnswer } from '../wire/xep0079-amp.ts';
import type { Batch } from './batch.ts';
import type { Contacts } from './contacts.ts';
import type { DeferredLetters } from './deferred-letters.ts';
import type { Delivery } from './delivery.ts';
import type { IgnoredCounts } from './ignored-counts.ts';
import type { JournalEntry } from './arrivals.ts';
import type { StanzaReader } from './incoming.ts';
import { letterOf, type Letter } from './letter.ts';
import type { OfflineKeys } from './offline-keys.ts';
import type { Opening } from './opening.ts';
import type { Outgoing } from './outgoing.ts';
import type { LiveReading } from './live-reading.ts';
import type { LiveSession, ReceivedSessions } from './received-sessions.ts';
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
  readonly ignored: IgnoredCounts;
  readonly live: LiveReading;
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
    this.#parts.live.rollBack();
  }

  #read(entry: JournalEntry, batch: Batch): Promise<void> | void {
    const message = parseMessage(entry.stanza);
    switch (message.content.kind) {
      case 'encrypted':
        return this.#readLetter(entry, message, batch);
      case 'negotiation':
        return this.#negotiate(entry, message, message.content.form, batch);
      case 'malformed':
        return this.#parts.delivery.unreadable(entry, message, batch);
      case 'error':
        this.#bounce(message, batch);
        break;
      case 'plain':
        return this.#parts.delivery.plain(entry, message, message.content, batch);
      case 'wrapped': // copies of what other clients got or sent change nothing here
        this.#parts.ignored.note('copy');
        break;
      case 'event': // options and keys are fetched, never taken from an event
        this.#parts.ignored.note('event');
        break;
      case 'receipt': // in clear: nothing proves who sent it
      case 'nothing':
        break;
    }
    this.#parts.delivery.done(entry, batch);
  }

  #readLetter(entry: JournalEntry, message: InboundMessage, batch: Batch): Promise<void> | void {
    const { delivery, contacts, deferred, unsealing } = this.#parts;
    const letter = letterOf(entry, message, this.#parts.own());
    if (letter === undefined) return delivery.unreadable(entry, message, batch);
    if (contacts.find(letter.contact)?.blocked === true) return delivery.done(entry, batch);
    if (this.#parts.live.isLive(letter)) return this.#parts.live.take(letter, batch);
    const { c, initForm } = letter;
    const live = initForm === undefined && !deferred.holds(letter) ? this.#sessionOf(letter) : undefined;
    if (live !== undefined && c !== undefined) return unsealing.take(live, letter, c, batch);
    // The same stanza once more, as a server resends it: whatever became of the first is shown already (L-002).
    if (batch.hasDigest(letter.digest)) return delivery.done(entry, batch);
    if (this.#mustWait(letter)) return deferred.defer(letter);
    if (initForm !== undefined) return this.#open(letter, initForm, batch);
    this.#withoutSession(letter, batch);
  }

  async #negotiate(entry: JournalEntry, message: InboundMessage, form: Element, batch: Batch): Promise<void> {
    this.#parts.delivery.done(entry, batch);
    const { from } = message;
    if (from !== undefined && isFullJid(from)) await this.#parts.live.negotiation(message, from, form);
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
      const live = this.#sessionOf(early);
      if (live === undefined) this.#withoutSession(early, batch);
      else if (early.c !== undefined) await unsealing.take(live, early, early.c, batch);
    }
  }

  #sessionOf({ from, thread }: Letter): LiveSession | undefined {
    const { sessions, keys } = this.#parts;
    return sessions.find(
      keys.records().map((record) => record.id),
      from,
      thread,
    );
  }

  /** Of an opening that was refused, of one that comes later, or not readable here (3.8). */
  #withoutSession(letter: Letter, batch: Batch): void {
    const { unsealing, delivery } = this.#parts;
    if (!delivery.folded(letter, batch) && !unsealing.holdEarly(letter)) delivery.withoutSession(letter, batch);
  }

  #bounce(message: InboundMessage, batch: Batch): void {
    const { from, id, content, thread } = message;
    if (from === undefined || content.kind !== 'error') return;
    if (isFullJid(from) && this.#parts.live.failed(from, thread, content.error.condition)) return;
    if (id === undefined) return;
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
