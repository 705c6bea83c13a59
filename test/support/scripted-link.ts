/** The real link to a server that does what a test tells it. */
import { readFile, rm } from 'node:fs/promises';
import { createClientLink } from '../../main/protocol/xmpp/client-link.ts';
import type { Link, LinkError, LinkOptions } from '../../main/protocol/xmpp/link.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseBareJid } from '../../main/wire/jid.ts';
import { startScriptedServer } from './scripted-server.ts';
import type { Script, ScriptedServer, TlsFiles } from './scripted-server.ts';
import { makeCertificate } from './servers/certificates.ts';
import { makeServerFolder } from './servers/server-folder.ts';

export interface ScriptedLink {
  readonly link: Link;
  readonly server: ScriptedServer;
  readonly received: Element[];
  /** Resolves with the reason when the stream ends that nobody closed here. */
  readonly ended: Promise<LinkError>;
  /** Everything that all connections have said. */
  readonly transcript: () => string;
}

export interface Scene {
  /** A server in clear, and a link to it by STARTTLS. */
  serveClear: (script: Script) => Promise<ScriptedLink>;
  /** A server with a certificate for example.org, and alice@example.org's link to it by direct TLS. */
  serveTls: (script: Script, more?: Partial<LinkOptions>) => Promise<ScriptedLink>;
  /** Stops the servers started since the last call. */
  clear: () => Promise<void>;
  /** The same, and removes the certificate. */
  end: () => Promise<void>;
}

/** Makes the certificate. */
export async function prepareScene(): Promise<Scene> {
  const folder = await makeServerFolder('scripted', []);
  const { caFile, certFile, keyFile } = await makeCertificate(folder, 'example.org');
  const ca = await readFile(caFile, 'utf8');
  const tls: TlsFiles = { cert: await readFile(certFile), key: await readFile(keyFile) };
  const servers: ScriptedServer[] = [];
  const clear = async (): Promise<void> => {
    for (const server of servers.splice(0)) await server.stop();
  };
  const serve = async (script: Script, files?: TlsFiles, more: Partial<LinkOptions> = {}): Promise<ScriptedLink> => {
    const server = await startScriptedServer(script, files);
    servers.push(server);
    return linkTo(server, {
      ca,
      server: { host: '127.0.0.1', port: server.port, directTls: files !== undefined },
      ...more,
    });
  };
  return {
    serveClear: (script) => serve(script),
    serveTls: (script, more) => serve(script, tls, more),
    clear,
    end: async () => {
      await clear();
      await rm(folder, { recursive: true });
    },
  };
}

function linkTo(server: ScriptedServer, options: Partial<LinkOptions>): ScriptedLink {
  const received: Element[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<LinkError>();
  const link = createClientLink(
    { account: parseBareJid('alice@example.org'), password: 'secret', resource: 'pda', ...options },
    {
      stanza: (stanza, handled) => {
        received.push(stanza);
        handled();
      },
      iq: () => undefined,
      closed: resolve,
    },
  );
  const transcript = (): string => server.connections.map((connection) => connection.transcript).join('\n---\n');
  return { link, server, received, ended, transcript };
}
