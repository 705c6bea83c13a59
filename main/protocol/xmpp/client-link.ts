/**
 * The link on @xmpp/client, and the only file that knows it. The library opens and restarts the stream and runs the
 * SASL exchange. It gets a connection that is protected already, a strict parser and mechanisms of ours, and never sees
 * a stanza: what it would do about TLS, origins, counting and malformed input is not enough (servers.md 8, S-080 ff.).
 */
import { EventEmitter } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { client, xml } from '@xmpp/client';
import { systemRandom } from '../../crypto/random.ts';
import { child, childrenNamed, textOf } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { domainOf, localOf } from '../../wire/jid.ts';
import { NS } from '../../wire/namespaces.ts';
import { LIMITS_BEFORE_LOGIN, STANZA_LIMITS } from '../../wire/xml-parser.ts';
import { StreamParser } from '../../wire/xml-stream.ts';
import type { WireError } from '../../wire/wire-error.ts';
import { DecodedSocket } from './decoded-socket.ts';
import { LinkError } from './link.ts';
import type { LinkFactory, LinkOptions } from './link.ts';
import { connectProtected } from './protected-socket.ts';
import { chooseMechanism } from './sasl-mechanisms.ts';
import type { SaslExchange } from './sasl-mechanisms.ts';
import { SeeOtherHost, farewellTo, loginFailure, readStreamError, streamEnded } from './stream-end.ts';
import { StreamLink } from './stream-link.ts';
import type { LogIn, LoggedIn, StreamListener, XmppStream } from './xmpp-stream.ts';

/** A link that is not yet connected. */
export const createClientLink: LinkFactory = (options, handlers) =>
  new StreamLink(options, handlers, logIn, systemRandom);

/** Logs in, where the server says it should be tried if it says so after TLS (S-084). */
export const logIn: LogIn = async (options, signal) => {
  let { server } = options;
  for (let followed = 0; ; followed += 1) {
    try {
      return await logInAt(server, options, signal);
    } catch (error) {
      if (!(error instanceof SeeOtherHost) || followed === MOST_REDIRECTS) throw error;
      server = error.target;
    }
  }
};

const MOST_REDIRECTS = 2;

async function logInAt(server: LinkOptions['server'], options: LinkOptions, signal: AbortSignal): Promise<LoggedIn> {
  const { account, ca, onPhase } = options;
  const place = { ...(server && { server }), ...(ca !== undefined && { ca }), ...(onPhase && { onPhase }) };
  const route = { domain: domainOf(account), ...place };
  const socket = await connectProtected(route, systemRandom, signal);
  onPhase?.('checking');
  return new Login(socket, options, signal).result;
}

const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const NS_BINDINGS = 'urn:xmpp:sasl-cb:0'; // XEP-0440
/** The library's own limit for each answer; the whole attempt has one of its own. */
const STEP_MS = 20_000;

/** What we use of the library's client. Its published types promise more and other things than it does. */
interface LibraryClient {
  transports: LibraryTransport[];
  readonly reconnect: { stop(): void };
  readonly saslFactory: { _mechs: unknown[]; use(name: string, mechanism: new () => SaslExchange): void };
  connect(service: string): Promise<void>;
  open(header: { domain: string }): Promise<unknown>;
  on(event: 'error', listener: (error: unknown) => void): void;
}

type LibraryTransport = new () => { socketParameters(service: string): object | undefined };

const SERVICE = 'xmpps://login.invalid'; // the library must think of a TLS transport; nothing is looked up

/** One connection, from a verified socket to the features after login, and the stream afterwards. */
class Login implements XmppStream {
  readonly result: Promise<LoggedIn>;
  readonly #options: LinkOptions;
  readonly #socket: DecodedSocket;
  #parser: StreamParser | undefined;
  #mechanism: SaslExchange | undefined;
  #isProven = false;
  #listener: StreamListener | undefined;
  #isOver = false;
  #resolve: (loggedIn: LoggedIn) => void = () => undefined;
  #reject: (error: LinkError) => void = () => undefined;

  constructor(tls: TLSSocket, options: LinkOptions, signal: AbortSignal) {
    this.#options = options;
    this.#socket = new DecodedSocket(tls);
    this.#socket.once('close', () => {
      this.#fail(streamEnded());
    });
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const abort = (): void => {
      this.#fail(signal.reason instanceof LinkError ? signal.reason : streamEnded());
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    void this.#open(this.#prepareLibrary()).catch((error: unknown) => {
      this.#fail(toLinkError(error));
    });
  }

  write(text: string): void {
    this.#socket.say(text);
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  finish(text: string): void {
    this.#socket.end(text);
  }

  destroy(): void {
    this.#isOver = true;
    this.#parser?.stop();
    this.#socket.destroy();
  }

  async #open(library: LibraryClient): Promise<void> {
    await library.connect(SERVICE);
    await library.open({ domain: domainOf(this.#options.account) });
  }

  #prepareLibrary(): LibraryClient {
    const domain = domainOf(this.#options.account);
    const username = localOf(this.#options.account) ?? '';
    const password = this.#options.password;
    const library = client({ domain, username, password, timeout: STEP_MS }) as unknown as LibraryClient;
    library.reconnect.stop();
    library.saslFactory._mechs.length = 0; // those that verify nothing (S-087)
    library.transports = [this.#transportFrom(library)];
    library.on('error', (error) => {
      this.#fail(toLinkError(error));
    });
    return library;
  }

  /** The library's own TLS transport, with our socket and our parser in it. */
  #transportFrom(library: LibraryClient): LibraryTransport {
    const startParser = (announce: EventEmitter): StreamParser => this.#startParser(library, announce);
    class OurParser extends EventEmitter {
      readonly #parser = startParser(this);
      write(text: string): void {
        this.#parser.write(text);
      }
    }
    const base = library.transports.find((transport) => takesTls(transport));
    if (base === undefined) throw new TypeError('the library has no TLS transport');
    const transport = class extends base {};
    Object.assign(transport.prototype, { Socket: constructorOf(this.#socket), Parser: OurParser });
    return transport;
  }

  /** Called for the first stream and for the one after login. */
  #startParser(library: LibraryClient, announce: EventEmitter): StreamParser {
    this.#parser?.stop();
    this.#parser = new StreamParser(
      {
        start: () => announce.emit('start', xml('stream:stream')),
        element: (received) => {
          if (received.name === 'error' && received.ns === NS.stream) this.#fail(readStreamError(received));
          else if (this.#isProven) this.#takeAfterLogin(received);
          else this.#takeBeforeLogin(received, library, announce);
        },
        // Until the login is proven nobody but the server writes here, and it has no reason to write so much.
        ...(this.#isProven && { skipped: (root) => this.#listener?.skipped(root) }),
        end: () => {
          this.#fail(streamEnded());
        },
        error: (error) => {
          this.#refuse(error);
        },
      },
      this.#isProven ? STANZA_LIMITS : LIMITS_BEFORE_LOGIN,
    );
    return this.#parser;
  }

  #takeBeforeLogin(received: Element, library: LibraryClient, announce: EventEmitter): void {
    try {
      if (received.name === 'features' && received.ns === NS.stream) this.#chooseMechanism(received, library, announce);
      else if (received.ns === NS_SASL) this.#takeLoginStep(received, announce);
    } catch (error) {
      this.#fail(toLinkError(error));
    }
  }

  /** The library is offered what we chose, and nothing else of what the server has. */
  #chooseMechanism(features: Element, library: LibraryClient, announce: EventEmitter): void {
    const mechanisms = childrenNamed(features, 'mechanisms', NS_SASL);
    const offered = mechanisms.flatMap((list) => childrenNamed(list, 'mechanism', NS_SASL)).map(textOf);
    const { account, password, leastMechanism: least } = this.#options;
    const bindings = bindingsIn(features);
    const offer = { offered, bindings, binding: this.#socket.channelBinding, least };
    const chosen = chooseMechanism(offer, { username: localOf(account) ?? '', password }, systemRandom);
    this.#mechanism = chosen;
    library.saslFactory.use(chosen.name, constructorOf(chosen));
    const list = xml('mechanisms', { xmlns: NS_SASL }, xml('mechanism', {}, chosen.name));
    announce.emit('element', xml('stream:features', { 'xmlns:stream': NS.stream }, list));
  }

  #takeLoginStep(received: Element, announce: EventEmitter): void {
    if (received.name === 'success') {
      if (this.#mechanism?.isProven(Buffer.from(textOf(received), 'base64').toString('latin1')) !== true) {
        throw new LinkError('bad-answer', 'the server did not prove that it knows the password');
      }
      this.#isProven = true;
    }
    const conditions = received.children.flatMap((node) => (typeof node === 'string' ? node : xml(node.name)));
    announce.emit('element', xml(received.name, { xmlns: NS_SASL }, ...conditions));
  }

  #takeAfterLogin(received: Element): void {
    if (this.#listener !== undefined) this.#listener.element(received);
    else if (received.name === 'features' && received.ns === NS.stream) {
      this.#resolve({ stream: this, features: received, mechanism: this.#mechanism?.name ?? '' });
    }
  }

  #refuse(error: WireError): void {
    const reason = new LinkError('bad-answer', `the server broke a rule: ${error.code}`, { cause: error });
    const lastWords = this.#listener?.refused?.(error.code) ?? '';
    this.#fail(reason, lastWords + farewellTo(error.code));
  }

  /** The end, whichever way: told once, and the connection goes. */
  #fail(error: LinkError, farewell?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parser?.stop();
    if (farewell === undefined) this.#socket.destroy();
    else this.#socket.end(farewell);
    this.#reject(error);
    this.#listener?.ended(error);
  }
}

/** XEP-0440 §3: the kinds of channel binding that the server knows; undefined if it does not say. */
function bindingsIn(features: Element): readonly string[] | undefined {
  const list = child(features, 'sasl-channel-binding', NS_BINDINGS);
  return list && childrenNamed(list, 'channel-binding', NS_BINDINGS).map(({ attrs }) => attrs['type'] ?? '');
}

function takesTls(transport: LibraryTransport): boolean {
  try {
    return (transport.prototype as InstanceType<LibraryTransport>).socketParameters(SERVICE) !== undefined;
  } catch {
    return false; // the WebSocket transport throws where there is no WebSocket
  }
}

/** The library calls `new` on sockets and mechanisms; ours exist already. */
function constructorOf<T extends object>(made: T): new () => T {
  return function () {
    return made;
  } as unknown as new () => T;
}

function toLinkError(error: unknown): LinkError {
  if (error instanceof LinkError) return error;
  if (error instanceof Error && error.name === 'SASLError' && 'condition' in error) {
    return loginFailure(String(error.condition));
  }
  if (error instanceof Error && error.name === 'TimeoutError') return new LinkError('timed-out', 'no answer in time');
  return new LinkError('server-unreachable', 'the stream broke during login', { cause: error });
}
