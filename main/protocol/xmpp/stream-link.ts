/** The link's life: connections come and go, a session may outlive them. */
import { toHex } from '../../base/bytes.ts';
import type { RandomSource } from '../../crypto/random.ts';
import type { Element } from '../../wire/element.ts';
import type { FullJid } from '../../wire/jid.ts';
import { IqExchange } from './iq-exchange.ts';
import { LinkError, PATIENCE } from './link.ts';
import type { IqRequest, Link, LinkHandlers, LinkOptions, Opened, Patience } from './link.ts';
import { SessionConnection } from './session-connection.ts';
import { setUpSession } from './session-setup.ts';
import type { SessionOutcome } from './session-setup.ts';
import type { StreamManagement } from './xep0198-stream-management.ts';
import type { LogIn, LoggedIn, XmppStream } from './xmpp-stream.ts';

interface Session {
  readonly management: StreamManagement;
  readonly jid: FullJid;
}

export class StreamLink implements Link {
  readonly #options: LinkOptions;
  readonly #handlers: LinkHandlers;
  readonly #logIn: LogIn;
  readonly #random: RandomSource;
  readonly #patience: Patience;
  readonly #iqs: IqExchange;
  /** Within the life of a link no login is weaker than the one before (S-086). */
  #floor: Pick<LinkOptions, 'leastMechanism'> = {};
  #attempt: AbortController | undefined;
  #connection: SessionConnection | undefined;
  /** Of this connection, or of one that broke. */
  #session: Session | undefined;
  #left: () => void = () => undefined;

  constructor(options: LinkOptions, handlers: LinkHandlers, logIn: LogIn, random: RandomSource, patience = PATIENCE) {
    this.#patience = patience;
    this.#options = options;
    this.#handlers = handlers;
    this.#logIn = logIn;
    this.#random = random;
    this.#iqs = new IqExchange(
      options.account,
      random,
      (payload, type, from) => handlers.iq(payload, type, from),
      () => handlers.ignoredAnswer?.(),
    );
  }

  get isOpen(): boolean {
    return this.#connection !== undefined && !this.#connection.isLeaving;
  }

  async open(how: { readonly resume: boolean }): Promise<Opened> {
    if (this.#attempt !== undefined || this.isOpen) throw new TypeError('the link is open or opening already');
    this.#finishLeaving();
    const attempt = new AbortController();
    this.#attempt = attempt;
    const timer = setTimeout(() => {
      attempt.abort(new LinkError('timed-out', 'connecting took too long'));
    }, this.#patience.openMs);
    try {
      const loggedIn = await this.#logIn({ ...this.#options, ...this.#floor }, attempt.signal);
      this.#floor = { leastMechanism: loggedIn.mechanism };
      return await this.#establish(loggedIn, how.resume, attempt.signal);
    } finally {
      clearTimeout(timer);
      this.#attempt = undefined;
    }
  }

  send(stanza: Element): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || connection.isLeaving) return Promise.reject(notConnected());
    return new Promise((resolve, reject) => {
      connection.write(stanza, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }

  request(request: IqRequest): Promise<Element> {
    const connection = this.#connection;
    if (connection === undefined || connection.isLeaving) return Promise.reject(notConnected());
    return this.#iqs.ask(request, (iq) => {
      connection.write(iq);
    });
  }

  sendLast(stanzas: readonly Element[]): void {
    this.#connection?.leave(stanzas);
  }

  async close(timeoutMs: number): Promise<void> {
    this.#giveUpAttempt();
    if (this.#connection === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#left = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#connection?.leave([]);
    });
    this.#finishLeaving();
  }

  abandon(): void {
    this.#giveUpAttempt();
    const connection = this.#connection;
    if (connection === undefined) return;
    if (connection.isLeaving) {
      this.#finishLeaving();
      return;
    }
    this.#connection = undefined;
    connection.drop();
    this.#iqs.failAll(new LinkError('server-unreachable', 'the connection was dropped'));
  }

  holdBack(isHeld: boolean): void {
    this.#connection?.holdBack(isHeld);
  }

  #establish(loggedIn: LoggedIn, resume: boolean, signal: AbortSignal): Promise<Opened> {
    const { stream } = loggedIn;
    const { account, resource } = this.#options;
    const former = resume ? this.#session?.management : undefined;
    const request = { account, resource, id: toHex(this.#random.bytes(16)), former };
    return new Promise((resolve, reject) => {
      const fail = (error: LinkError): void => {
        stream.destroy();
        reject(error);
      };
      const abort = (): void => {
        fail(signal.reason instanceof LinkError ? signal.reason : notConnected());
      };
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort);
      const begin = (outcome: SessionOutcome): void => {
        signal.removeEventListener('abort', abort);
        resolve({ ...this.#begin(stream, outcome), mechanism: loggedIn.mechanism });
      };
      setUpSession(loggedIn, request, begin, fail);
    });
  }

  /** Synchronous, since the next element may stand in the same read. */
  #begin(stream: XmppStream, outcome: SessionOutcome): Omit<Opened, 'mechanism'> {
    const former = this.#session;
    const session = outcome.kind === 'new' ? { management: outcome.session, jid: outcome.jid } : former;
    if (session === undefined) throw new TypeError('nothing was there to be resumed');
    this.#session = session;
    if (former !== session) former?.management.giveUp();
    const connection: SessionConnection = new SessionConnection({
      stream,
      session: session.management,
      iqs: this.#iqs,
      patience: this.#patience,
      stanza: (stanza, handled, isOnlyHere) => {
        this.#handlers.stanza(stanza, handled, isOnlyHere);
      },
      over: (error) => {
        this.#lose(connection, error);
      },
    });
    this.#connection = connection;
    stream.listen(connection);
    if (outcome.kind === 'new') for (const stanza of outcome.early) connection.takeEarly(stanza);
    return { jid: session.jid, resumed: former === session };
  }

  #lose(connection: SessionConnection, error: LinkError): void {
    if (this.#connection !== connection) return;
    if (connection.isLeaving) {
      this.#finishLeaving();
      return;
    }
    this.#connection = undefined;
    this.#iqs.failAll(error);
    this.#handlers.closed(error);
  }

  /** After a farewell the session is over on both sides. Does nothing where none was said. */
  #finishLeaving(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#connection = undefined;
    connection.drop();
    this.#session?.management.giveUp();
    this.#session = undefined;
    this.#iqs.failAll(notConnected());
    this.#left();
  }

  #giveUpAttempt(): void {
    this.#attempt?.abort(new LinkError('not-connected', 'the attempt was given up'));
  }
}

function notConnected(): LinkError {
  return new LinkError('not-connected', 'the link is not open');
}
