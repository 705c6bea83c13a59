/** What a letter may be written into: an offline session that we started, or a live one. */
import type { Chosen } from '../protocol/esession/xep0187-offline.ts';
import type { Element } from '../wire/element.ts';
import type { BareJid } from '../wire/jid.ts';
import type { SessionKind } from './message-facts.ts';

/** A stanza of a session that the server has not acknowledged yet. */
export interface UnacknowledgedStanza {
  readonly stanza: Element;
  /** The message it carries; undefined for a termination or receipts alone. */
  readonly messageId: string | undefined;
}

export interface WritingSession {
  readonly address: BareJid;
  readonly set: SessionKind;
  readonly chosen: Chosen;
  readonly startedAt: Date;
  /** Until when what is written can be opened; absent in a live session. */
  readonly expires?: Date;
  readonly recipientFingerprint: string;
  /** In sending order, for byte-for-byte resending (6.4). */
  readonly unacknowledged: Map<string, UnacknowledgedStanza>;
  /** Messages sent in it, in order. */
  readonly messageIds: string[];
  /** Set while something must be waited for before `next`; absent where that never is. */
  readonly busy?: Promise<void> | undefined;
  /** True while another stanza may be sent in it. */
  isUsable(now: Date, elapsedMs: number): boolean;
  /**
   * Encrypts content into the next stanza. The counter has advanced before this returns, so what comes out is
   * sent exactly as it is or not at all.
   *
   * @param hasText - True for content a person wrote.
   */
  next(id: string, content: readonly Element[], hasText: boolean, elapsedMs: number): Element;
}
