/** STARTTLS (RFC 6120 section 5), the clear part of a connection: nothing else is ever said or heard in clear (S-080). */
import type { Socket } from 'node:net';
import { child, element, serialize } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { LIMITS_BEFORE_LOGIN } from '../../wire/xml-parser.ts';
import { StreamParser } from '../../wire/xml-stream.ts';
import { LinkError } from './link.ts';

const NS_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';

/**
 * Asks the server to go on in TLS. On return the socket is ready for the handshake.
 *
 * @param domain - The account's; goes into the stream header, which has no `from`.
 * @throws LinkError `unprotected-login` if the server does not offer TLS, refuses it, answers anything else, or if
 * anything follows its consent in the same read (S-081). Nothing further has been sent then.
 */
export function requestTls(socket: Socket, domain: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const exchange = new TlsRequest(socket, domain);
    const settle = (error?: LinkError): void => {
      socket.off('data', read).off('error', lost).off('close', lost);
      if (error === undefined) resolve();
      else reject(error);
    };
    const read = (octets: Buffer): void => {
      const outcome = exchange.read(octets);
      if (outcome !== 'more') settle(outcome === 'agreed' ? undefined : refused(outcome.reason));
    };
    const lost = (): void => {
      settle(new LinkError('server-unreachable', 'the connection ended before TLS'));
    };
    socket.on('data', read).once('error', lost).once('close', lost);
    exchange.start();
  });
}

type Outcome = 'more' | 'agreed' | { readonly reason: string };

class TlsRequest {
  readonly #socket: Socket;
  readonly #domain: string;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #parser: StreamParser;
  #outcome: Outcome = 'more';
  #isAsked = false;

  constructor(socket: Socket, domain: string) {
    this.#socket = socket;
    this.#domain = domain;
    this.#parser = new StreamParser(
      {
        start: () => undefined,
        element: (received) => {
          this.#take(received);
        },
        end: () => {
          this.#outcome = { reason: 'the server ended the stream' };
        },
        error: () => {
          this.#outcome = { reason: 'the server broke the rules of XML' };
        },
      },
      LIMITS_BEFORE_LOGIN,
    );
  }

  start(): void {
    const header = serialize(element('stream:stream', NS.client, { to: this.#domain, version: '1.0' })).slice(0, -2);
    this.#socket.write(`<?xml version='1.0'?>${header} xmlns:stream="${NS.stream}">`);
  }

  read(octets: Buffer): Outcome {
    // Cut behind each tag, so that consent is noticed before what stands behind it is read.
    for (const piece of this.#decode(octets).split(/(?<=>)/)) {
      if (this.#outcome === 'agreed') return { reason: 'something follows the consent in clear' };
      if (this.#outcome !== 'more') return this.#outcome;
      this.#parser.write(piece);
    }
    return this.#outcome;
  }

  #decode(octets: Buffer): string {
    try {
      return this.#decoder.decode(octets, { stream: true });
    } catch {
      this.#outcome = { reason: 'the server sent no UTF-8' };
      return '';
    }
  }

  #take(received: Element): void {
    if (this.#outcome !== 'more') return;
    if (!this.#isAsked) this.#takeFeatures(received);
    else if (received.name === 'proceed' && received.ns === NS_TLS) this.#outcome = 'agreed';
    else this.#outcome = { reason: 'the server refuses TLS' };
  }

  #takeFeatures(received: Element): void {
    const isFeatures = received.name === 'features' && received.ns === NS.stream;
    if (!isFeatures || child(received, 'starttls', NS_TLS) === undefined) {
      this.#outcome = { reason: 'the server offers no TLS' };
      return;
    }
    this.#isAsked = true;
    this.#socket.write(serialize(element('starttls', NS_TLS)));
  }
}

function refused(reason: string): LinkError {
  return new LinkError('unprotected-login', reason);
}
