/** How a session that we write in ends: by one last stanza, whatever becomes of it, and without its keys. */
import type { Link } from '../protocol/xmpp/link.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { LetterSession, SendingSessions } from './sending-sessions.ts';
import type { WritingSession } from './writing-session.ts';

export interface SessionEndsParts {
  readonly sessions: SendingSessions;
  readonly live: LiveSessions;
  readonly announcer: Announcer<ServiceEvents>;
  readonly link: () => Link | undefined;
}

export class SessionEnds {
  readonly #parts: SessionEndsParts;

  constructor(parts: SessionEndsParts) {
    this.#parts = parts;
  }

  /** Ends whatever session there is with a contact: the termination is the last stanza in it. */
  all(address: BareJid): void {
    const { live } = this.#parts;
    const channel = live.get(address);
    if (channel !== undefined) live.terminate(channel);
    this.offline(address);
  }

  /** Ends the one session that may not be used any more. */
  stale(session: WritingSession): void {
    const { live } = this.#parts;
    const channel = live.get(session.address);
    if (channel !== undefined && channel === session) live.terminate(channel);
    else this.offline(session.address);
  }

  /** Ends the offline session with a contact. */
  offline(address: BareJid): void {
    const { sessions, link } = this.#parts;
    const session = sessions.get(address);
    if (session === undefined) return;
    const stanza = sessions.termination(session);
    // Whether it arrives is not ours to know: the keys are gone either way.
    if (stanza !== undefined) {
      link()
        ?.send(stanza)
        .catch(() => undefined);
    }
    this.erase(session);
  }

  /** Without a stanza: the other side never had the session, or is told. */
  erase(session: LetterSession): void {
    this.#parts.sessions.erase(session);
    this.#parts.announcer.announce('sessionEnded', session.address);
  }
}
