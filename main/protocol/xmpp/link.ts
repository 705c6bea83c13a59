/**
 * The XMPP link as everything above sees it: one account, one stream, stanzas in order. It talks and decides nothing;
 * what a stanza means, when to connect again and what to do after it is the services' matter.
 */
import { AppError } from '../../base/errors.ts';
import type { BareJid, FullJid, Jid } from '../../wire/jid.ts';
import type { Element } from '../../wire/element.ts';

export type LinkErrorCode =
  | 'server-not-found' // the name has no address
  | 'server-unreachable' // nobody answers there, or the stream broke
  | 'certificate' // the certificate is not good for the account's domain
  | 'unprotected-login' // no STARTTLS, or only a mechanism that must not be used
  | 'wrong-password'
  | 'server-refused' // the server said no to the login, the bind or the stream
  | 'replaced' // stream error <conflict/>: the same resource signed in elsewhere
  | 'stanza-error' // an IQ was answered with an error: see `StanzaError`
  | 'timed-out'
  | 'not-connected' // nothing was sent
  | 'not-acknowledged' // sent, and the stream ended for good before the server confirmed it (XEP-0198)
  | 'bad-answer'; // the server's answer breaks the protocol

export class LinkError extends AppError<LinkErrorCode> {
  constructor(code: LinkErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** What is wrong with a certificate: its time, the names in it, or who vouches for it. */
export type CertificateFault = 'expired' | 'other-name' | 'self-made';

/** The server has not shown that it is the account's: nothing was sent to it. */
export class CertificateError extends LinkError {
  readonly fault: CertificateFault;

  constructor(fault: CertificateFault, options?: ErrorOptions) {
    super('certificate', `the certificate is not good for this domain: ${fault}`, options);
    this.fault = fault;
  }
}

/** An IQ of type error (RFC 6120 8.3). */
export class StanzaError extends LinkError {
  /** The defined condition's name, such as `item-not-found`. */
  readonly condition: string;
  /** Names of application-specific conditions beside it, such as `precondition-not-met`. */
  readonly details: readonly string[];

  constructor(condition: string, details: readonly string[] = []) {
    super('stanza-error', `the answer is an error: ${condition}`);
    this.condition = condition;
    this.details = details;
  }
}

/** How far opening a link is: looking for the server, protecting the line, logging in. */
export type OpeningPhase = 'finding' | 'protecting' | 'checking';

export interface LinkOptions {
  readonly account: BareJid;
  readonly password: string;
  /** Asked for at bind; the server may give another. */
  readonly resource: string;
  /** Skips the SRV look-up. The certificate must name the account's domain all the same. */
  readonly server?: { readonly host: string; readonly port: number; readonly directTls: boolean };
  /** One more trusted CA, PEM. */
  readonly ca?: string;
  /** The SASL mechanism of the last login: the server is told nothing by a weaker one (S-086). */
  readonly leastMechanism?: string;
  /** Hears how far each attempt is; must not throw. */
  readonly onPhase?: (phase: OpeningPhase) => void;
}

/** How long a link waits before it takes a line for dead. */
export interface Patience {
  /** For one attempt to connect, from the first look-up to the session. */
  readonly openMs: number;
  /** After this long without a word from the server it is asked for one. */
  readonly idleMs: number;
  /** For an answer; a server that throttles may need most of it for what stands before the question. */
  readonly answerMs: number;
}

/** A line that says nothing is given up after less than 90 s in all (L-040). */
export const PATIENCE: Patience = { openMs: 30_000, idleMs: 25_000, answerMs: 60_000 };

export interface LinkHandlers {
  /**
   * A <message/> or <presence/> that arrived, in order. `handled` MUST be called once the stanza is durable (or needs
   * no durability): only then does it count in what is acknowledged to the server (XEP-0198, L-006). Acknowledgement
   * is cumulative: a later stanza counts only after every earlier one.
   *
   * `isOnlyHere` is true for what came before <enabled/>: it is in no count, and the server has forgotten it.
   */
  stanza(stanza: Element, handled: () => void, isOnlyHere?: boolean): void;
  /**
   * An <iq type='get'/> or 'set' from someone. Returns the result's payload, `'empty'` for an empty result, or a
   * condition to answer with an error; undefined means service-unavailable. Roster pushes come here too.
   */
  iq(
    payload: Element,
    type: 'get' | 'set',
    from: Jid | undefined,
  ): Element | 'empty' | { readonly error: string } | undefined;
  /** An answer to nothing that was asked, or by another than the one asked, was passed over (S-090). */
  ignoredAnswer?(): void;
  /** The stream ended without `close` or `sendLast`. Not called when `open` fails. */
  closed(error: LinkError): void;
}

export interface Opened {
  readonly jid: FullJid;
  /** True if the former stream went on (XEP-0198): no coming online; presence and roster are as they were. */
  readonly resumed: boolean;
  /** The SASL mechanism of this login, for `LinkOptions.leastMechanism` of the next. */
  readonly mechanism: string;
}

export interface IqRequest {
  readonly type: 'get' | 'set';
  /** Whom to ask; the own account when absent. */
  readonly to?: Jid;
  readonly payload: Element;
  /** Default 20 s. */
  readonly timeoutMs?: number;
}

export interface Link {
  /**
   * Connects: TLS, login, then resumption of the former stream if `resume` asks for it and it is possible, else bind
   * and <enabled/>. Sends no presence. One attempt; may be called again after it failed and after `closed`.
   *
   * If a former stream existed and did not go on, every `send` of it still unacknowledged rejects with
   * `not-acknowledged` before this resolves.
   *
   * @throws LinkError
   */
  open(how: { readonly resume: boolean }): Promise<Opened>;

  /**
   * Hands a message or presence to the stream, in call order.
   *
   * @returns resolves when the server has acknowledged it (XEP-0198). The call itself hands it over at once: two
   * calls in a row leave in that order whether or not they are awaited.
   * @throws LinkError `not-connected` (nothing left), `not-acknowledged`
   */
  send(stanza: Element): Promise<void>;

  /**
   * Asks, and waits for the answer from exactly the address asked (S-090).
   *
   * @returns the <iq type='result'/>
   * @throws StanzaError, LinkError `timed-out`, `not-connected`
   */
  request(request: IqRequest): Promise<Element>;

  /** Writes these stanzas and the end of the stream in one write, waits for nothing (H-25). Synchronous. */
  sendLast(stanzas: readonly Element[]): void;

  /** Ends the stream: acknowledges what is handled, </stream:stream>, waits at most `timeoutMs`. Never throws. */
  close(timeoutMs: number): Promise<void>;

  /** Drops the connection without a word, as after a sleep; the state for a resumption is kept. */
  abandon(): void;

  /**
   * While held back nothing more is read from the server, which has to wait (S-106); what was read already still comes.
   * Holds for this stream; does nothing where there is none.
   */
  holdBack(isHeld: boolean): void;

  /** True between a resolved `open` and the end of the stream. */
  readonly isOpen: boolean;
}

/** Makes a link that is not yet connected. */
export type LinkFactory = (options: LinkOptions, handlers: LinkHandlers) => Link;
