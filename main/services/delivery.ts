/**
 * What becomes of a stanza once it was opened, refused or found unreadable: a message in its conversation, a receipt
 * taken in, a session ended (profile 6.3; S-031: nothing comes here that was not verified first).
 */
import { isTermination } from '../protocol/esession/xep0200-stanza.ts';
import type { JournalStore } from '../stores/journal.ts';
import type { OfflineSecretStore } from '../stores/offline-secrets.ts';
import type { Element } from '../wire/element.ts';
import { bareOf, type BareJid } from '../wire/jid.ts';
import { readContent, type ProtectedContent } from '../wire/content.ts';
import type { InboundContent, InboundMessage } from '../wire/message.ts';
import { arrivalOf } from '../wire/xep0203-delay.ts';
import { finish, setAside, type JournalEntry } from './arrivals.ts';
import type { Batch } from './batch.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { FoldedNotices } from './folded-notices.ts';
import type { Letter } from './letter.ts';
import type { LetterRows } from './letter-rows.ts';
import type { UnreadableReason } from './message-facts.ts';
import type { OfflineKeys } from './offline-keys.ts';
import type { LiveChannel } from './live-channel.ts';
import type { LiveSink } from './live-reading.ts';
import type { LiveSession, ReceivedSessions } from './received-sessions.ts';
import type { Receipts } from './receipts.ts';
import type { Trust } from './trust.ts';
import type { UnsealingSink } from './unsealing.ts';

export interface DeliveryParts {
  readonly own: () => BareJid;
  readonly journal: JournalStore;
  readonly secrets: OfflineSecretStore;
  readonly keys: OfflineKeys;
  readonly sessions: ReceivedSessions;
  readonly trust: Trust;
  readonly rows: LetterRows;
  readonly folded: FoldedNotices;
  readonly receipts: Receipts;
  readonly announcer: Announcer<ServiceEvents>;
}

export class Delivery implements UnsealingSink, LiveSink {
  readonly #parts: DeliveryParts;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** The entry needs nothing more. */
  done(entry: JournalEntry, batch: Batch): void {
    batch.write(() => {
      finish(this.#parts.journal, entry);
    });
  }

  opened(live: LiveSession, letter: Letter, content: readonly Element[], missingBefore: boolean, batch: Batch): void {
    this.done(letter.entry, batch);
    if (missingBefore) this.#alertMissing(letter.contact, batch);
    if (isTermination(content)) {
      this.#parts.sessions.end(live, letter.entry.arrivedAt); // never answered
      return batch.touch(live);
    }
    const read = readContent(content, { from: letter.contact, to: this.#parts.own() });
    if (read.intent === 'mismatch') return this.#relayed(live, letter, batch);
    if (read.receiptFor !== undefined) this.#parts.receipts.arrived(letter.contact, read.receiptFor, batch);
    if (read.body !== undefined) this.#deliver(live, letter, read, read.body, missingBefore, batch);
  }

  liveDone(letter: Letter, batch: Batch): void {
    this.done(letter.entry, batch);
  }

  liveOpened(channel: LiveChannel, letter: Letter, content: readonly Element[], batch: Batch): void {
    const { receipts } = this.#parts;
    const read = readContent(content, { from: letter.contact, to: this.#parts.own() });
    if (read.intent === 'mismatch') return this.#relayed(undefined, letter, batch);
    if (read.receiptFor !== undefined) receipts.arrived(letter.contact, read.receiptFor, batch);
    if (read.body !== undefined) this.#deliverLive(channel, letter, read, read.body, batch);
  }

  liveBroken(channel: LiveChannel, batch: Batch): void {
    this.#alertMissing(channel.address, batch);
  }

  altered(live: LiveSession, letter: Letter, batch: Batch): void {
    this.#notice(letter, 'altered', live.recordId, batch);
  }

  duplicate(letter: Letter, batch: Batch): void {
    this.done(letter.entry, batch);
  }

  /** An opening that failed: one notice, into which the later stanzas of that session are folded. */
  refuse(letter: Letter, reason: UnreadableReason, recordId: string | undefined, batch: Batch): void {
    const id = this.#notice(letter, reason, recordId, batch);
    this.#parts.folded.remember(letter, id, batch);
  }

  /** Counts a stanza of an opening that was refused in its notice. @returns false if it is of none. */
  folded(letter: Letter, batch: Batch): boolean {
    if (!this.#parts.folded.fold(letter, batch)) return false;
    this.done(letter.entry, batch);
    return true;
  }

  /** A stanza of no session that is known here (3.8). One that nobody wrote, such as a session's end, says nothing. */
  withoutSession(letter: Letter, batch: Batch): void {
    if (this.folded(letter, batch)) return;
    if (letter.hasFallback) this.refuse(letter, 'other-device', undefined, batch);
    else this.done(letter.entry, batch);
  }

  /** It claims to be encrypted and breaks the profile (6.3 check 1). */
  unreadable(entry: JournalEntry, message: InboundMessage, batch: Batch): void {
    this.done(entry, batch);
    if (message.from === undefined) return;
    this.#parts.rows.malformed(entry, bareOf(message.from), batch);
  }

  plain(
    entry: JournalEntry,
    message: InboundMessage,
    content: Extract<InboundContent, { kind: 'plain' }>,
    batch: Batch,
  ): void {
    this.done(entry, batch);
    const { from } = message;
    if (from === undefined || (message.type !== 'chat' && message.type !== 'normal')) return;
    const contact = bareOf(from);
    const id = content.originId ?? message.id;
    if (id !== undefined && batch.hasInner(contact, `clear:${id}`)) return;
    const arrivedAt = arrivalOf(message.delays, this.#parts.own()) ?? entry.arrivedAt;
    this.#parts.rows.plain(contact, content.body, arrivedAt, id === undefined ? undefined : `clear:${id}`, batch);
  }

  /** Our fault: the sealed stanza is kept (I16). */
  programError(entry: JournalEntry, batch: Batch): void {
    batch.write(() => {
      setAside(this.#parts.journal, entry, 'program-error');
    });
    this.#parts.rows.programError(entry, batch);
  }

  #deliver(
    live: LiveSession,
    letter: Letter,
    read: ProtectedContent,
    body: string,
    missingBefore: boolean,
    batch: Batch,
  ): void {
    const { rows, trust, keys, receipts } = this.#parts;
    const { originId } = read;
    if (originId !== undefined && batch.holdsInner(letter.contact, originId)) return; // D-7
    const onFile = trust.all(letter.contact);
    const key = onFile.find(({ fingerprint }) => fingerprint === live.stored.peerFingerprint);
    const record = keys.records().find((one) => one.id === live.recordId);
    const { stored } = live;
    if (key === undefined || key.state === 'refused' || record === undefined || stored.state !== 'open') {
      const isShown = originId !== undefined && batch.hasInner(letter.contact, originId);
      if (!isShown) rows.unreadable(letter, 'not-proven', live.recordId, batch);
      return;
    }
    const formerFingerprint = onFile.findLast((other) => other !== key)?.fingerprint;
    const algorithms = stored.session;
    const opened = { live, letter, read, body, missingBefore, algorithms, key, formerFingerprint, record };
    rows.opened(opened, batch, () => {
      if (read.requestsReceipt && originId !== undefined) receipts.owe(letter.contact, originId, batch);
    });
    this.#markShown(live, batch);
  }

  #deliverLive(channel: LiveChannel, letter: Letter, read: ProtectedContent, body: string, batch: Batch): void {
    const { rows, trust, receipts } = this.#parts;
    const onFile = trust.all(letter.contact);
    const key = onFile.find(({ fingerprint }) => fingerprint === channel.recipientFingerprint);
    const isCopy = read.originId !== undefined && batch.hasInner(letter.contact, read.originId); // D-7
    if (key === undefined || key.state === 'refused') {
      rows.unreadable(letter, 'not-proven', undefined, batch);
      return;
    }
    const formerFingerprint = onFile.findLast((other) => other !== key)?.fingerprint;
    if (!isCopy) rows.openedLive({ channel, letter, read, body, key, formerFingerprint }, batch);
    // Encrypted anew by someone who misses the receipt: no copy from an archive.
    if (read.requestsReceipt && read.originId !== undefined) receipts.owe(letter.contact, read.originId, batch);
  }

  /** From now on a copy of the opening under another address is refused instead of taking its place (check 4). */
  #markShown(live: LiveSession, batch: Batch): void {
    const entry = this.#parts.sessions.markShown(live);
    if (entry === undefined) return;
    batch.write(() => {
      this.#parts.secrets.addSeen(live.recordId, entry);
    });
  }

  #notice(letter: Letter, reason: UnreadableReason, recordId: string | undefined, batch: Batch): string {
    if (reason === 'other-device') {
      batch.write(() => {
        setAside(this.#parts.journal, letter.entry, reason);
      });
    } else {
      this.done(letter.entry, batch);
    }
    return this.#parts.rows.unreadable(letter, reason, recordId, batch);
  }

  /** Written to or by someone else and passed on (S-028, R-271). */
  #relayed(live: LiveSession | undefined, letter: Letter, batch: Batch): void {
    this.#parts.rows.unreadable(letter, 'not-proven', live?.recordId, batch);
    const text = `A message from ${letter.contact} was not written to you by them. It is not shown.`;
    batch.afterwards(() => {
      this.#parts.announcer.announce('alertRaised', { code: 'relayed', address: letter.contact, text });
    });
  }

  #alertMissing(contact: BareJid, batch: Batch): void {
    const text = `One or more messages from ${contact} are missing or were altered.`;
    batch.afterwards(() => {
      this.#parts.announcer.announce('alertRaised', { code: 'messages-missing', address: contact, text });
    });
  }
}
