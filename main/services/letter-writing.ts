/** Making the stanzas of what we write: a sealed letter, the receipts that go before it, a message in clear. */
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { StoredMessage } from '../stores/messages.ts';
import { buildContent } from '../wire/content.ts';
import type { Element } from '../wire/element.ts';
import type { BareJid } from '../wire/jid.ts';
import { buildPlainMessage } from '../wire/offline-message.ts';
import type { Contacts } from './contacts.ts';
import { clearFacts, heldFacts, sealedFacts } from './outgoing-facts.ts';
import type { WritingSession } from './writing-session.ts';
import type { Trust } from './trust.ts';

export interface LetterWritingParts {
  readonly contacts: Contacts;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** A stanza to hand to the link, and the message as it stands once that was done. */
export interface WrittenLetter {
  readonly stanza: Element;
  readonly message: StoredMessage;
}

export class LetterWriting {
  readonly #parts: LetterWritingParts;

  constructor(parts: LetterWritingParts) {
    this.#parts = parts;
  }

  /** A message that was just written: its id is also the one inside the protected content. */
  compose(address: BareJid, text: string, unencrypted: boolean): StoredMessage {
    const { clock, random } = this.#parts;
    const id = toHex(random.bytes(16));
    const now = clock.now();
    return {
      id,
      contact: address,
      direction: 'out',
      text,
      writtenAt: now.toISOString(),
      timeCertain: true,
      unread: false,
      state: 'waiting',
      innerId: id,
      facts: unencrypted ? clearFacts(now) : heldFacts('not-checked'),
    };
  }

  /** Encrypts a message into the session's next stanza, which has to be sent or given up. */
  seal(session: WritingSession, message: StoredMessage): WrittenLetter {
    const { clock, trust, contacts } = this.#parts;
    const content = buildContent({
      body: message.text ?? '',
      createdAt: new Date(message.writtenAt),
      from: contacts.own(),
      to: message.contact,
      id: message.id,
      requestReceipt: true,
    });
    const stanza = session.next(message.id, content, true, clock.elapsedMs());
    session.messageIds.push(message.id);
    const isVerified = trust.stateOf(message.contact, session.recipientFingerprint) === 'verified';
    // Neither side keeps what the publisher asked not to be stored.
    const text = session.chosen.otr ? null : message.text;
    return { stanza, message: { ...message, text, state: 'waiting', facts: sealedFacts(session, isVerified) } };
  }

  /** The next stanza of the session, with a receipt for a message that the contact wrote. */
  receipt(session: WritingSession, receiptFor: string): Element {
    const { clock, random, contacts } = this.#parts;
    const id = toHex(random.bytes(16));
    const addressing = { from: contacts.own(), to: session.address };
    const content = buildContent({ createdAt: clock.now(), ...addressing, id, receiptFor });
    return session.next(id, content, false, clock.elapsedMs());
  }

  /** In clear, by the user's consent for this one message. */
  clear(message: StoredMessage): WrittenLetter {
    const { contact, id, text } = message;
    const stanza = buildPlainMessage({ to: contact, id, body: text ?? '', requestReceipt: false });
    return { stanza, message: { ...message, state: 'waiting' } };
  }
}
