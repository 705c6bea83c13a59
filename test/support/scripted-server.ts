/**
 * An XMPP server that does what a test tells it, right or wrong, over real sockets: what no honest server can be made
 * to do. It records every octet it hears.
 */
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { TLSSocket, createSecureContext, createServer as createTlsServer } from 'node:tls';

/** Called with everything heard on this connection since the last time it wrote. @returns what to write, if anything */
export type Script = (heard: string, connection: ScriptedConnection) => string | undefined;

/** For a script that has to remember something of its connection. */
export interface PerConnection {
  readonly perConnection: () => Script;
}

export interface ScriptedConnection {
  readonly socket: Socket;
  /** Everything heard so far. */
  readonly transcript: string;
  /** Resolves when it is handed over: what is written after that is another record, and another read. */
  write(text: string | Buffer): Promise<void>;
}

export interface ScriptedServer {
  readonly port: number;
  readonly connections: readonly ScriptedConnection[];
  /** Resolves when something has been heard for which this holds. */
  heard(holds: (transcript: string) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2';
  readonly minVersion?: 'TLSv1.1';
  readonly ciphers?: string;
}

/**
 * @param tls - For TLS from the first octet; in clear without it.
 * @param upgrade - For TLS behind `PROCEED`.
 */
export async function startScriptedServer(
  script: Script | PerConnection,
  tls?: TlsFiles,
  upgrade?: TlsFiles,
): Promise<ScriptedServer> {
  const connections: ScriptedConnection[] = [];
  const watchers = new Set<() => void>();
  const serve = (socket: Socket): void => {
    const own = typeof script === 'function' ? script : script.perConnection();
    const tell = (): void => {
      for (const look of [...watchers]) look();
    };
    connections.push(follow(socket, own, tell, upgrade));
  };
  const server: Server =
    tls === undefined ? createServer(serve) : createTlsServer({ ALPNProtocols: ['xmpp-client'], ...tls }, serve);
  server.on('tlsClientError', () => undefined); // a client that refuses our certificate is what some tests want
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    connections,
    heard: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!connections.some(({ transcript }) => holds(transcript))) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    stop: async () => {
      for (const { socket } of connections) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function follow(raw: Socket, script: Script, tell: () => void, upgrade: TlsFiles | undefined): ScriptedConnection {
  let socket = raw;
  let transcript = '';
  let unanswered = '';
  const connection: ScriptedConnection = {
    get socket() {
      return socket;
    },
    get transcript() {
      return transcript;
    },
    write: (text) =>
      new Promise((resolve) => {
        if (!socket.writable) resolve();
        else
          socket.write(text, () => {
            resolve();
          });
      }),
  };
  const hear = (octets: Buffer): void => {
    transcript += octets.toString('utf8');
    unanswered += octets.toString('utf8');
    const answer = script(unanswered, connection);
    if (answer !== undefined) {
      unanswered = '';
      if (upgrade !== undefined && answer === PROCEED) startTls(upgrade);
      else void connection.write(answer);
    }
    tell();
  };
  const startTls = (files: TlsFiles): void => {
    raw.off('data', hear);
    raw.write(PROCEED);
    socket = new TLSSocket(raw, { isServer: true, secureContext: createSecureContext(files) });
    socket.on('error', () => undefined).on('data', hear);
  };
  raw.setNoDelay(true);
  raw.on('error', () => undefined);
  raw.on('data', hear);
  return connection;
}

export const PROCEED = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
export const STREAM_HEADER =
  "<?xml version='1.0'?><stream:stream from='example.org' id='s1' version='1.0' xmlns='jabber:client' " +
  "xmlns:stream='http://etherx.jabber.org/streams'>";

export function features(content: string): string {
  return `<stream:features>${content}</stream:features>`;
}

export const STARTTLS_FEATURE = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";
export const PLAIN_FEATURE =
  "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>";
export const SESSION_FEATURES = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/>";
export const SASL_SUCCESS = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

/** The answers of an honest server up to the session, for PLAIN; a test puts its own in front of them. */
export function honest(jid = 'alice@example.org/pda'): Script {
  return honestWith(PLAIN_FEATURE, (heard) => (heard.includes('</auth>') ? SASL_SUCCESS : undefined), jid);
}

/** As `honest`, with another login: `login` answers its steps, with something that begins like SASL_SUCCESS at last. */
export function honestWith(
  loginFeatures: string,
  login: (heard: string, connection: ScriptedConnection) => string | undefined,
  jid = 'alice@example.org/pda',
): Script {
  let isLoggedIn = false;
  return (heard, connection) => {
    if (heard.includes('<stream:stream')) {
      return STREAM_HEADER + features(isLoggedIn ? SESSION_FEATURES : loginFeatures);
    }
    const step = isLoggedIn ? undefined : login(heard, connection);
    if (step !== undefined) {
      isLoggedIn = step.startsWith('<success');
      return step;
    }
    const [, bind] = /<iq type="set" id="(\w+)"><bind/.exec(heard) ?? [];
    if (bind !== undefined) {
      return `<iq type='result' id='${bind}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${jid}</jid></bind></iq>`;
    }
    if (heard.includes('<enable')) return "<enabled xmlns='urn:xmpp:sm:3' id='sm1' resume='true'/>";
    return heard.includes('</stream:stream>') ? '</stream:stream>' : undefined;
  };
}

/** The same behind STARTTLS, which is all that is offered before. */
export function behindStartTls(script: Script): PerConnection {
  return {
    perConnection: () => {
      let isAsked = false;
      return (heard, connection) => {
        if (isAsked) return script(heard, connection);
        isAsked = heard.includes('<starttls');
        return isAsked ? PROCEED : STREAM_HEADER + features(STARTTLS_FEATURE);
      };
    },
  };
}
