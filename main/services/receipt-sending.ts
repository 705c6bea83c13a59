/** The way of receipts back to who wrote: in the session of the next letter, or in a live one made for them (6.3). */
import type { Link } from '../protocol/xmpp/link.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Contacts } from './contacts.ts';
import type { LetterWriting } from './letter-writing.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { SessionOutcome, SessionStart } from './session-start.ts';
import type { WritingSession } from './writing-session.ts';

export interface ReceiptSendingParts {
  readonly contacts: Contacts;
  readonly live: LiveSessions;
  readonly start: SessionStart;
  readonly writing: LetterWriting;
  /** Receipts that wait for the next encrypted session with a contact; handed out once. */
  readonly takeReceipts: (address: BareJid) => readonly string[];
  /** Contacts that receipts are owed to. */
  readonly receiptsOwed: () => readonly BareJid[];
  readonly sessionFor: (address: BareJid) => Promise<SessionOutcome>;
  readonly link: () => Link | undefined;
}

export class ReceiptSending {
  readonly #parts: ReceiptSendingParts;

  constructor(parts: ReceiptSendingParts) {
    this.#parts = parts;
  }

  /** Receipts alone start no offline session; where the contact is here, a live one is made for them. */
  async send(address: BareJid): Promise<void> {
    const { receiptsOwed, contacts, live, sessionFor, link } = this.#parts;
    const isHere = contacts.resources(address).length > 0 && contacts.maySeeUs(address);
    if (!isHere || link() === undefined || !receiptsOwed().includes(address)) return;
    const outcome = await sessionFor(address);
    if (outcome.kind === 'ready' && live.get(address) === outcome.session) await this.handOver(outcome.session);
  }

  /** What is owed to a contact goes in a session with it, as soon as that takes a stanza. */
  async handOver(session: WritingSession): Promise<void> {
    for (let busy = session.busy; busy !== undefined; busy = session.busy) await busy;
    const { takeReceipts, start, writing } = this.#parts;
    const link = this.#parts.link();
    if (link === undefined || !start.isUsable(session)) return;
    for (const receiptFor of takeReceipts(session.address)) {
      // Nothing depends on a receipt arriving.
      link.send(writing.receipt(session, receiptFor)).catch(() => undefined);
    }
  }
}
