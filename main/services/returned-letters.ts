/**
 * Letters that come back instead of arriving: bounced, left with a session that ended, or unacknowledged by a stream that
 * did not go on (profile 6.4, 7.7). Each is shown as not sent, or goes to the front of its contact's queue again.
 */
import type { Clock } from '../base/time.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import type { StoredMessage } from '../stores/messages.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Contacts } from './contacts.ts';
import type { LiveChannel } from './live-channel.ts';
import type { Outbox } from './outbox.ts';
import type { OutgoingRows } from './outgoing-rows.ts';
import type { LetterSession, SendingSessions } from './sending-sessions.ts';
import type { SentLetters } from './sent-letters.ts';
import type { SessionEnds } from './session-ends.ts';

export interface ReturnedLettersParts {
  readonly sessions: SendingSessions;
  readonly contacts: Contacts;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly rows: OutgoingRows;
  readonly sent: SentLetters;
  readonly ends: SessionEnds;
  readonly link: () => Link | undefined;
  readonly decided: (messageId: string) => void;
  /** Something of this contact's waits to be sent again. */
  readonly pump: (address: BareJid) => void;
}

export class ReturnedLetters {
  readonly #parts: ReturnedLettersParts;

  constructor(parts: ReturnedLettersParts) {
    this.#parts = parts;
  }

  /** Our own stanza came back. Only what we sent to that very address counts (S-090). */
  bounced(from: BareJid, id: string, answer: 'online-elsewhere' | 'not-supported' | undefined): void {
    const { sessions, rows, ends } = this.#parts;
    const session = sessions.get(from);
    if (session !== undefined && answer === 'not-supported') {
      const again = session.giveUpAmp(id);
      for (const stanza of again)
        this.#parts
          .link()
          ?.send(stanza)
          .catch(() => undefined);
      if (again.length > 0) return;
    }
    const message = rows.get(id);
    if (message?.direction !== 'out' || message.contact !== from) return;
    const isOpening = session !== undefined && session.firstStanzaId === id;
    if (isOpening) ends.erase(session);
    for (const lost of isOpening ? session.messageIds : [id]) this.#unsent(lost);
  }

  /** A live session is over, or its other side away: what it did not confirm goes again, once there is a way. */
  fromLive({ address, messageIds }: LiveChannel): void {
    const { rows, sent, outbox, link, pump } = this.#parts;
    for (const id of messageIds.splice(0)) {
      const message = rows.get(id);
      const isOpen = message?.state === 'waiting' || message?.state === 'sent';
      if (!isOpen || message.text === null) continue;
      sent.forget(id);
      outbox.putBack(address, id);
    }
    if (link() !== undefined) pump(address);
  }

  /** After a stream that did not go on: the same octets again if the session may go on, else anew in another. */
  takeUp(link: Link, session: LetterSession): void {
    const { clock, contacts, ends, sent } = this.#parts;
    const unacknowledged = [...session.unacknowledged.values()];
    const mayGoOn =
      session.isUsable(clock.now(), clock.elapsedMs()) && contacts.resources(session.address).length === 0;
    if (!mayGoOn) ends.offline(session.address);
    for (const { stanza, messageId } of unacknowledged) {
      const message = messageId === undefined ? undefined : sent.get(messageId);
      if (message === undefined) continue;
      if (mayGoOn) {
        sent.hand(link, stanza, message, session);
      } else {
        sent.forget(message.id);
        this.putBack(message);
      }
    }
  }

  /** It was lost on its way, and is first in its queue again. */
  putBack({ contact, id }: StoredMessage): void {
    this.#parts.outbox.putBack(contact, id);
    if (this.#parts.link() !== undefined) this.#parts.pump(contact);
  }

  #unsent(id: string): void {
    if (!this.#parts.rows.bounced(id)) return;
    this.#parts.sent.forget(id);
    this.#parts.decided(id);
  }
}
