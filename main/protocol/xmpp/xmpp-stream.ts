/** One logged-in XML stream as the link uses it, whatever carries it. `client-link.ts` makes the real one. */
import type { Element } from '../../wire/element.ts';
import type { WireErrorCode } from '../../wire/wire-error.ts';
import type { LinkError, LinkOptions } from './link.ts';

export interface StreamListener {
  /** An element at the top level of the stream, in order. */
  element(received: Element): void;
  /** In place of a stanza past the limits, in its place among the others: its name and attributes. */
  skipped(root: Element): void;
  /**
   * Called before `ended` if what the server sent next breaks a rule or a limit.
   *
   * @returns what is said before the stream error; may be nothing.
   */
  refused?(code: WireErrorCode): string;
  /** Called once, last: the server ended the stream, the connection broke, or one side broke a rule. */
  ended(error: LinkError): void;
}

export interface XmppStream {
  /** Hands text over; it leaves with the end of this turn of the loop, in the order of the calls. Ignored after the end. */
  write(text: string): void;
  /** Whom to tell from the next element on. To be called first in the turn in which the stream was obtained. */
  listen(listener: StreamListener): void;
  /** Nothing more is read until `resume`: the server has to wait (S-106). What was read already is still announced. */
  pause(): void;
  resume(): void;
  /** Writes this text, in one piece with what has not left yet, and at once; then ends our half of the connection. */
  finish(text: string): void;
  /** Drops the connection; nothing is announced any more. Twice is once. */
  destroy(): void;
}

export interface LoggedIn {
  readonly stream: XmppStream;
  /** What the server offers after login. */
  readonly features: Element;
  /** The SASL mechanism of this login. */
  readonly mechanism: string;
}

/**
 * Connects and logs in.
 *
 * @param signal - Ends the attempt; its reason is thrown.
 * @throws LinkError
 */
export type LogIn = (options: LinkOptions, signal: AbortSignal) => Promise<LoggedIn>;
