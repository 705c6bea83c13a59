/** The real link to a server that does what a test tells it. */
import { readFile, rm } from 'node:fs/promises';
import { createClientLink } from '../../main/protocol/xmpp/client-link.ts';
import type { Link, LinkError, LinkOptions } from '../../main/protocol/xmpp/link.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseBareJid } from '../../main/wire/jid.ts';
import { startScriptedServer } from './scripted-server.ts';
import type { PerConnection, Script, ScriptedServer, TlsFiles } from './scripted-server.ts';
import { issue, makeAuthority } from './servers/certificates.ts';
import type { CertificateContent } from './servers/certificates.ts';
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
  /** A server that agrees to TLS by STARTTLS, with the same certificate. */
  serveStartTls: (script: Script | PerConnection, more?: Partial<LinkOptions>) => Promise<ScriptedLink>;
  /** A server with any certificate, by direct TLS. */
  serveWith: (files: TlsFiles, script: Script, more?: Partial<LinkOptions>) => Promise<ScriptedLink>;
  /** Makes a certificate of the same authority. */
  certify: (content: CertificateContent) => Promise<TlsFiles>;
  /** A server alone. */
  serve: (script: Script | PerConnection, tls?: TlsFiles, upgrade?: TlsFiles) => Promise<ScriptedServer>;
  readonly ca: string;
  /** For example.org. */
  readonly tls: TlsFiles;
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
  const authority = await makeAuthority(folder);
  const ca = await readFile(authority.caFile, 'utf8');
  const certify = async (content: CertificateContent): Promise<TlsFiles> => {
    const { certFile, keyFile } = await issue(folder, authority, content);
    return { cert: await readFile(certFile), key: await readFile(keyFile) };
  };
  const tls = await certify({ name: 'example.org', names: ['DNS:example.org'] });
  const servers: ScriptedServer[] = [];
  const clear = async (): Promise<void> => {
    for (const server of servers.splice(0)) await server.stop();
  };
  const serve: Scene['serve'] = async (...how) => {
    const server = await startScriptedServer(...how);
    servers.push(server);
    return server;
  };
  const link = async (
    script: Script | PerConnection,
    more: Partial<LinkOptions> = {},
    files?: TlsFiles,
    upgrade?: TlsFiles,
  ) => {
    const server = await serve(script, files, upgrade);
    const place = { host: '127.0.0.1', port: server.port, directTls: files !== undefined };
    return linkTo(server, { ca, server: place, ...more });
  };
  return {
    ...{ ca, tls, certify, serve, clear },
    serveClear: (script) => link(script),
    serveStartTls: (script, more) => link(script, more, undefined, tls),
    serveTls: (script, more) => link(script, more, tls),
    serveWith: (files, script, more) => link(script, more, files),
    end: async () => {
      await clear();
      await rm(folder, { recursive: true });
    },
  };
}

/** Alice's link to it. */
export function linkTo(server: ScriptedServer, options: Partial<LinkOptions>): ScriptedLink {
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
