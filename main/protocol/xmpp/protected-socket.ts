/** From a domain to a verified TLS connection, or to a reason why there is none (S-080 to S-083). */
import { connect as connectTcpSocket, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { checkServerIdentity, connect as startTls, createSecureContext, getCACertificates } from 'node:tls';
import type { PeerCertificate, SecureContext, TLSSocket } from 'node:tls';
import type { RandomSource } from '../../crypto/random.ts';
import { CertificateError, LinkError } from './link.ts';
import type { CertificateFault, LinkOptions } from './link.ts';
import { asciiDomain, findTargets } from './server-targets.ts';
import type { Target } from './server-targets.ts';
import { requestTls } from './starttls.ts';

export interface Route {
  /** The account's domain: what the certificate must name, wherever it is presented. */
  readonly domain: string;
  readonly server?: Target;
  /** One more trusted authority, PEM. */
  readonly ca?: string;
  readonly onPhase?: LinkOptions['onPhase'];
}

/**
 * Connects. Only a place that does not answer at all makes it try the next one; a handshake or certificate that fails
 * ends the attempt (S-082).
 *
 * @param signal - Ends the attempt; its reason is thrown.
 * @returns a connection that nobody has read from yet; the caller listens to it before the next turn of the loop.
 * @throws LinkError `server-not-found`, `server-unreachable`, `unprotected-login`, `certificate`
 */
export async function connectProtected(route: Route, random: RandomSource, signal: AbortSignal): Promise<TLSSocket> {
  route.onPhase?.('finding');
  const targets = route.server === undefined ? await findTargets(route.domain, random) : [route.server];
  route.onPhase?.('protecting');
  const failures: LinkError[] = [];
  for (const target of targets) {
    signal.throwIfAborted();
    const tcp = await connectTcp(target, signal).catch((error: unknown) => toLinkError(error));
    if (tcp instanceof LinkError) failures.push(tcp);
    else return await protect(tcp, target, route, signal);
  }
  signal.throwIfAborted();
  throw failures.find(({ code }) => code === 'server-unreachable') ?? failures[0] ?? noAnswer();
}

const CONNECT_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;

function connectTcp(target: Target, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcpSocket({ host: target.host, port: target.port, noDelay: true });
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const stop = onAbort(signal, fail);
    socket.setTimeout(CONNECT_MS, () => {
      fail(noAnswer());
    });
    socket.on('error', fail);
    socket.once('connect', () => {
      stop();
      socket.setTimeout(0);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

async function protect(tcp: Socket, target: Target, route: Route, signal: AbortSignal): Promise<TLSSocket> {
  const stop = onAbort(signal, () => tcp.destroy());
  tcp.on('error', () => undefined); // the two steps below hear of it themselves
  try {
    if (!target.directTls) await requestTls(tcp, route.domain);
    return await shakeHands(tcp, target, route);
  } catch (error) {
    tcp.destroy();
    signal.throwIfAborted();
    throw toLinkError(error);
  } finally {
    stop();
  }
}

function shakeHands(tcp: Socket, target: Target, route: Route): Promise<TLSSocket> {
  const domain = asciiDomain(route.domain);
  return new Promise((resolve, reject) => {
    const socket = startTls({
      socket: tcp,
      secureContext: contextWith(route.ca),
      rejectUnauthorized: true, // whatever the environment says
      checkServerIdentity: (_name, certificate) => checkDomain(domain, certificate),
      ...(isIP(domain) === 0 && { servername: domain }),
      ...(target.directTls && { ALPNProtocols: ['xmpp-client'] }),
    });
    const lost = (): void => {
      reject(new LinkError('server-unreachable', 'the connection ended during the TLS handshake'));
    };
    socket.once('error', reject).once('close', lost);
    socket.once('secureConnect', () => {
      socket.off('error', reject).off('close', lost);
      resolve(socket);
    });
  });
}

const contexts = new Map<string, SecureContext>();

/** The system's authorities and one more. Parsing them takes long enough to do it once. */
function contextWith(ca = ''): SecureContext {
  const known = contexts.get(ca);
  if (known !== undefined) return known;
  const authorities = ca === '' ? getCACertificates('default') : [...getCACertificates('default'), ca];
  const context = createSecureContext({ ca: authorities, minVersion: 'TLSv1.2' });
  contexts.set(ca, context);
  return context;
}

/** S-083: a name in subjectAltName; the subject's common name counts for nothing. */
function checkDomain(domain: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname === undefined) return new CertificateError('other-name');
  return checkServerIdentity(domain, certificate);
}

/** Sorts what the platform throws: no such name, a bad certificate, a failed handshake, or nobody there. */
function toLinkError(error: unknown): LinkError {
  if (error instanceof LinkError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND') return new LinkError('server-not-found', 'the server has no address', { cause: error });
  if (code.startsWith('ERR_SSL_')) return new LinkError('unprotected-login', 'no TLS there', { cause: error });
  if (/CERT|SIGNATURE|ISSUER|CRL|PURPOSE|CHAIN|CA_/.test(code)) {
    return new CertificateError(faultOf(code), { cause: error });
  }
  return new LinkError('server-unreachable', 'nobody answers there', { cause: error });
}

/** By the platform's code; what is neither its time nor its names is that nobody who is trusted vouches for it so. */
function faultOf(code: string): CertificateFault {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'expired';
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? 'other-name' : 'self-made';
}

function noAnswer(): LinkError {
  return new LinkError('server-unreachable', 'nobody answers there');
}

/** @returns a function that forgets `run`. */
function onAbort(signal: AbortSignal, run: (reason: Error) => void): () => void {
  const listener = (): void => {
    run(signal.reason instanceof Error ? signal.reason : noAnswer());
  };
  signal.addEventListener('abort', listener, { once: true });
  return () => {
    signal.removeEventListener('abort', listener);
  };
}
