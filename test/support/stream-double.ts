/** The other end of a logged-in stream, in memory: what the link writes is text to look at, what it hears is text too. */
import type { LinkError } from '../../main/protocol/xmpp/link.ts';
import type { LogIn, LoggedIn, StreamListener, XmppStream } from '../../main/protocol/xmpp/xmpp-stream.ts';
import { parseElement } from '../../main/wire/xml-parser.ts';
import { NS } from '../../main/wire/namespaces.ts';

export class StreamDouble implements XmppStream {
  /** Each write, as it was. */
  readonly writes: string[] = [];
  isFinished = false;
  isDestroyed = false;
  #listener: StreamListener | undefined;

  write(text: string): void {
    if (!this.isFinished && !this.isDestroyed) this.writes.push(text);
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
  }

  finish(text: string): void {
    this.writes.push(text);
    this.isFinished = true;
  }

  isPaused = false;

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  /** The server says this: one top-level element, in `jabber:client` unless it says otherwise. */
  say(...xml: readonly string[]): void {
    for (const text of xml) {
      const wrapped = parseElement(`<wrapper xmlns='${NS.client}'>${text}</wrapper>`);
      for (const child of wrapped.children) if (typeof child !== 'string') this.#listener?.element(child);
    }
  }

  /** The connection ends. */
  end(error: LinkError): void {
    this.#listener?.ended(error);
  }
}

const FEATURES = parseElement(
  `<features xmlns='${NS.stream}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/></features>`,
);

/** Logs in at once, each time on the next of these. */
export function logInTo(...streams: readonly StreamDouble[]): LogIn {
  const left = [...streams];
  return (): Promise<LoggedIn> => {
    const stream = left.shift();
    if (stream === undefined) throw new Error('one login more than the test provides for');
    return Promise.resolve({ stream, features: FEATURES, mechanism: 'SCRAM-SHA-256' });
  };
}

/** Says what a server says until a new session stands, and forgets what was written for it. */
export function acceptSession(stream: StreamDouble, jid = 'alice@example.org/pda'): void {
  const [, id = ''] = / id="(\w+)"/.exec(stream.writes.at(-1) ?? '') ?? [];
  const bound = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${jid}</jid></bind>`;
  stream.say(`<iq type='result' id='${id}'>${bound}</iq>`, "<enabled xmlns='urn:xmpp:sm:3' id='sm1' resume='true'/>");
  stream.writes.length = 0;
}

export const ACK_REQUEST = '<r xmlns="urn:xmpp:sm:3"/>';

export function ack(h: number): string {
  return `<a xmlns="urn:xmpp:sm:3" h="${h}"/>`;
}
