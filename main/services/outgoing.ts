/**
 * From a composed text to a sealed letter that the server has (profile 6.4): stored first, one queue per contact,
 * stanzas of a session strictly in order, and never a way from "encrypted" to clear text (S-042).
 */
import { MINUTE_MS, SECOND_MS, type Cancel, type Clock, type Timers } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import type { StoredMessage } from '../stores/messages.ts';
import { StoreError } from '../stores/store-error.ts';
import type { Stores } from '../stores/stores.ts';
import type { BareJid } from '../wire/jid.ts';
import { cleanText } from '../wire/xml-text.ts';
import { CommandError } from './command-error.ts';
import { Confirmations } from './confirmations.ts';
import type { Contacts } from './contacts.ts';
import { Decisions } from './decisions.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import { LetterWriting, type WrittenLetter } from './letter-writing.ts';
import { Outbox } from './outbox.ts';
import { OutgoingRows } from './outgoing-rows.ts';
import { QueueWorkers } from './queue-workers.ts';
import type { LiveChannel } from './live-channel.ts';
import type { LiveSessions } from './live-sessions.ts';
import { ReceiptSending } from './receipt-sending.ts';
import { ReturnedLetters } from './returned-letters.ts';
import type { SendingSessions } from './sending-sessions.ts';
import { SentLetters } from './sent-letters.ts';
import { SessionEnds } from './session-ends.ts';
import type { SessionStart } from './session-start.ts';
import type { Trust } from './trust.ts';
import type { WritingSession } from './writing-session.ts';

export interface OutgoingParts {
  readonly stores: Stores;
  readonly sessions: SendingSessions;
  readonly start: SessionStart;
  readonly contacts: Contacts;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly announcer: Announcer<ServiceEvents>;
  /** Receipts that wait for the next encrypted session with a contact; handed out once. */
  readonly takeReceipts: (address: BareJid) => readonly string[];
  /** Contacts that receipts are owed to. */
  readonly receiptsOwed: () => readonly BareJid[];
  readonly live: LiveSessions;
  readonly storeFailed: (error: StoreError) => void;
}

const MAX_TEXT_OCTETS = 65_536;
/** How long `send` waits for a decision before it answers with what is known (C10). */
const DECISION_MS = 5 * SECOND_MS;
const RECHECK_MS = 10 * MINUTE_MS;

export class Outgoing {
  readonly #parts: OutgoingParts;
  readonly #outbox = new Outbox();
  readonly #decisions: Decisions;
  readonly #writing: LetterWriting;
  readonly #rows: OutgoingRows;
  readonly #ends: SessionEnds;
  readonly #receipts: ReceiptSending;
  readonly #sent: SentLetters;
  readonly #returned: ReturnedLetters;
  readonly #workers: QueueWorkers;
  #link: Link | undefined;
  /** A stream is open, and it is not yet known who is there. */
  #isComing = false;
  #cancelRecheck: Cancel = () => undefined;
  readonly #confirmations: Confirmations;

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
    this.#decisions = new Decisions(parts.timers, DECISION_MS);
    this.#writing = new LetterWriting(parts);
    this.#rows = new OutgoingRows(parts.stores, parts.announcer);
    const link = (): Link | undefined => this.#link;
    this.#ends = new SessionEnds({ ...parts, link });
    this.#receipts = new ReceiptSending({
      ...parts,
      ...{ link, writing: this.#writing, sessionFor: (address) => this.#sessionFor(address) },
    });
    this.#workers = new QueueWorkers({
      work: (address) => this.#work(address),
      hasNew: (address) => this.#hasNew(address),
      done: (address) => {
        this.#decideAll(address);
      },
      failed: (error) => {
        this.#failed(error);
      },
    });
    this.#confirmations = new Confirmations({
      timers: parts.timers,
      messages: parts.stores.messages,
      isHere: (address) => parts.contacts.resources(address).length > 0,
      again: (address, messages) => {
        void this.#sendAgain(address, messages);
      },
    });
    this.#sent = new SentLetters({
      stores: parts.stores,
      sent: (message) => {
        this.#rows.announce('messageChanged', message);
        this.#decisions.made(message.id);
        if (message.state === 'sent') this.#confirmations.sent(message);
      },
      failed: (error) => {
        this.#failed(error);
      },
      lost: (message) => {
        this.#returned.putBack(message);
      },
      isLive: (session) =>
        session === parts.sessions.get(session.address) || session === parts.live.get(session.address),
    });
    this.#returned = new ReturnedLetters({
      ...parts,
      ...{ outbox: this.#outbox, rows: this.#rows, sent: this.#sent, ends: this.#ends, link },
      decided: (id) => {
        this.#decisions.made(id);
      },
      pump: (address) => {
        this.pump(address);
      },
    });
  }

  /** Takes up what an earlier run left: nothing of its sessions exists any more, so all is encrypted anew (B4 to B7). */
  load(): void {
    this.#outbox.load(this.#parts.stores.messages);
  }

  /** A stream is open: who writes now waits for the decision a little. */
  expect(): void {
    this.#isComing = true;
  }

  /** Presences are known: what the former stream did not get through goes again first, then what waits. */
  attach(link: Link): void {
    this.#link = link;
    this.#sent.storeAgain();
    if (this.#link !== link) return; // there is no room yet: the stream was given up again
    for (const session of this.#parts.sessions.all()) this.#returned.takeUp(link, session);
    for (const address of new Set([...this.#outbox.contacts, ...this.#parts.receiptsOwed()])) this.pump(address);
    this.#confirmations.start();
    this.#recheckLater();
  }

  detach(): void {
    this.#link = undefined;
    this.#isComing = false;
    this.#cancelRecheck();
    this.#confirmations.stop();
  }

  /** Contacts with something waiting for a way to be sent. */
  get waiting(): readonly BareJid[] {
    return this.#outbox.contacts;
  }

  /**
   * Stores a message and sends it as soon as that is possible.
   *
   * @param unencrypted - The user's consent to clear text for this one message.
   * @returns the message as it stands once decided, or after 5 s.
   * @throws CommandError `too-long`, `key-changed` (clear text to someone whose key changed)
   */
  async send(address: BareJid, text: string, unencrypted: boolean): Promise<StoredMessage> {
    if (Buffer.byteLength(text, 'utf8') > MAX_TEXT_OCTETS) {
      throw new CommandError('too-long', 'This text is too long for one message.');
    }
    if (unencrypted && this.#parts.trust.isBlocked(address)) {
      throw new CommandError('key-changed', 'Their safety code changed. Decide about it first.');
    }
    const message = this.#writing.compose(address, cleanText(text), unencrypted);
    this.#parts.contacts.ensure(address);
    this.#rows.add(message);
    this.#outbox.add(address, message.id);
    return this.#untilDecided(message);
  }

  /** Tries a held or unsent message again. @throws CommandError `no-such-message` */
  async retry(id: string): Promise<StoredMessage> {
    const message = this.#rows.written(id);
    if (message.state === 'notSent' || message.state === 'probablyNeverOpened') {
      this.#rows.change({ ...message, state: 'waiting', settled: false });
      this.#outbox.add(message.contact, id);
    }
    return this.#untilDecided(message);
  }

  /** Takes a message back that has not left. @throws CommandError `no-such-message` */
  discard(id: string): void {
    const message = this.#rows.written(id);
    if (this.#sent.has(id)) throw new CommandError('no-such-message', 'This message is on its way.');
    this.#outbox.remove(message.contact, id);
    this.#rows.remove(message);
    this.#decisions.made(id);
  }

  /** Goes on with a contact's queue; does nothing while it is being worked on. */
  pump(address: BareJid): void {
    this.#workers.pump(address);
  }

  /** The contact came online: its offline session ends at once, and what waits goes in a live one. */
  contactCameOnline(address: BareJid): void {
    this.#ends.offline(address);
    this.pump(address);
    this.#confirmations.expectFrom(address);
  }

  /** A live session is there: the offline one ends, and what waits goes now. */
  liveStarted(address: BareJid): void {
    this.#ends.offline(address);
    this.#parts.announcer.announce('sessionStarted', address);
    if (this.#link !== undefined) this.pump(address);
  }

  /** The live session with a contact is over: what it did not confirm goes again, once there is a way. */
  liveEnded(channel: LiveChannel): void {
    this.#parts.announcer.announce('sessionEnded', channel.address);
    this.livePeerGone(channel);
  }

  /** As `liveEnded`, of a session that waits whether its other side comes back. */
  livePeerGone(channel: LiveChannel): void {
    this.#returned.fromLive(channel);
  }

  /** Ends the session with a contact: the termination is the last stanza in it. */
  endSession(address: BareJid): void {
    this.#ends.all(address);
  }

  /** Our own stanza came back (`ReturnedLetters`). */
  bounced(from: BareJid, id: string, answer: 'online-elsewhere' | 'not-supported' | undefined): void {
    this.#returned.bounced(from, id, answer);
  }

  async #work(address: BareJid): Promise<void> {
    for (let id = this.#outbox.first(address); id !== undefined; id = this.#outbox.first(address)) {
      const link = this.#link;
      const message = this.#rows.get(id);
      if (link === undefined) return;
      if (message === undefined) this.#outbox.remove(address, id);
      else if (message.facts['unencrypted'] === true) this.#transmit(link, this.#writing.clear(message), undefined);
      else if (!(await this.#sendSealed(message))) return;
    }
    await this.#receipts.send(address);
  }

  /** L-044: the same texts with the same ids inside, in a live session; what was read already is recognised there. */
  async #sendAgain(address: BareJid, messages: readonly StoredMessage[]): Promise<void> {
    if (this.#link === undefined) return;
    const outcome = await this.#sessionFor(address);
    if (outcome.kind !== 'ready' || this.#parts.live.get(address) !== outcome.session) return;
    const { messageIds } = outcome.session;
    for (const { id } of messages) {
      // Once more in the session that it was written in: if it was lost there, this one does not verify either, the
      // session ends, and all goes in another. Someone who confirms nothing is not sent it again and again.
      const times = messageIds.filter((written) => written === id).length;
      if (times < 2) this.#outbox.putBack(address, id);
    }
    this.pump(address);
  }

  #sessionFor(address: BareJid): ReturnType<SessionStart['sessionFor']> {
    return this.#parts.start.sessionFor(address, (stale) => {
      this.#ends.stale(stale);
    });
  }

  /** @returns false if there is no way to encrypt now: everything of the contact is held. */
  async #sendSealed(message: StoredMessage): Promise<boolean> {
    const outcome = await this.#sessionFor(message.contact);
    if (outcome.kind === 'held' && this.#link === undefined) return false;
    if (outcome.kind === 'held') {
      this.#rows.hold(this.#outbox.of(message.contact), outcome.reason);
      return false;
    }
    const { session } = outcome;
    await this.#receipts.handOver(session);
    const link = this.#link;
    if (link === undefined) return false;
    // Taken back while the session was being made: it must not leave any more.
    if (this.#outbox.first(message.contact) !== message.id) return true;
    // It ended meanwhile, or is busy again: the message is still first in its queue.
    if (session.busy !== undefined || !this.#parts.start.isUsable(session)) return true;
    this.#transmit(link, this.#writing.seal(session, message), session);
    return true;
  }

  #transmit(link: Link, { stanza, message }: WrittenLetter, session: WritingSession | undefined): void {
    this.#outbox.remove(message.contact, message.id);
    this.#sent.hand(link, stanza, message, session);
  }

  #untilDecided(message: StoredMessage): Promise<StoredMessage> {
    const decided = this.#decisions.wait(message.id);
    if (this.#link !== undefined) this.pump(message.contact);
    else if (!this.#isComing) this.#decisions.made(message.id);
    return decided.then(() => this.#rows.get(message.id) ?? message);
  }

  /** Something was written while the worker came to its end. */
  #hasNew(address: BareJid): boolean {
    if (this.#link === undefined) return false;
    return this.#outbox.of(address).some((id) => this.#rows.get(id)?.state === 'waiting');
  }

  /** What the worker could not send now is decided: it is held, or waits for a connection. */
  #decideAll(address: BareJid): void {
    for (const id of this.#outbox.of(address)) this.#decisions.made(id);
  }

  #recheckLater(): void {
    this.#cancelRecheck();
    this.#cancelRecheck = this.#parts.timers.after(RECHECK_MS, () => {
      for (const address of this.#outbox.contacts) this.pump(address);
      this.#recheckLater();
    });
  }

  /** What could not be stored stays queued, and the stream goes: it is taken up again with the next one (L-021). */
  #failed(error: unknown): void {
    if (!(error instanceof StoreError)) throw error;
    // Closed for a sleep: it goes on after it.
    if (error.code === 'locked' && this.#link === undefined) return;
    this.#parts.storeFailed(error);
  }
}
