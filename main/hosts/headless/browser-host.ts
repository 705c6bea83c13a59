/** The development host (security.md 7): the page on the loopback address, and its socket. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { EventName, EventPayload } from '../../../preload/contract.ts';
import { SOCKET_PATH } from '../../../preload/contract.ts';
import type { RandomSource } from '../../crypto/random.ts';
import type { Dispatch } from '../dispatch.ts';
import type { HostLog } from '../host-log.ts';
import type { PageFile, PageFiles } from '../page-files.ts';
import { pageHeaders } from '../page-policy.ts';
import { createPageSockets, type PageSockets } from './page-socket.ts';
import { carriesToken, drawToken } from './page-token.ts';
import { guardRequest } from './request-guard.ts';

const LOOPBACK = '127.0.0.1';
/** S-163. The window itself needs one, and a few while it loads. */
const MAX_CONNECTIONS = 16;

export interface BrowserHost {
  /** The address to open, token included: `http://127.0.0.1:PORT/#TOKEN`. */
  readonly address: string;
  send<E extends EventName>(event: E, payload: EventPayload<E>): void;
  close(): void;
}

export interface BrowserHostParts {
  /** 0: any free port. */
  readonly port: number;
  readonly files: PageFiles;
  readonly dispatch: Dispatch;
  readonly random: RandomSource;
  elapsedMs(): number;
  readonly log: HostLog;
}

/** @throws Error of the platform, `EADDRINUSE` for one, when the port cannot be had. */
export async function startBrowserHost(parts: BrowserHostParts): Promise<BrowserHost> {
  const token = drawToken(parts.random);
  const sockets = createPageSockets(parts.dispatch, () => parts.elapsedMs(), parts.log);
  const server = createServer({ maxHeaderSize: 8_192, requestTimeout: 10_000, headersTimeout: 10_000 });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, parts.port);
  const { port } = server.address() as AddressInfo;
  server.on('request', (request, response) => serve(request, response, port, parts.files));
  server.on('upgrade', (request, socket, head) => {
    if (!isWelcome(request, port, token)) refuseUpgrade(socket, parts.log);
    else sockets.accept(request, socket, head);
  });
  return {
    address: `http://${LOOPBACK}:${port}/#${token}`,
    send: (event, payload) => sockets.send(event, payload),
    close: () => closeAll(server, sockets),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Static files only, and only to read: nothing changes by a request, so no body is ever taken (S-163). */
function serve(request: IncomingMessage, response: ServerResponse, port: number, files: PageFiles): void {
  const headers = { ...pageHeaders('self'), connection: 'close' };
  const found = findFile(request, port, files);
  if (typeof found === 'number') {
    response.writeHead(found, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': found.type, 'content-length': found.octets.length });
  response.end(request.method === 'HEAD' ? undefined : found.octets);
}

/** @returns the file, or the status of a refusal. Whom the request is for comes before anything else (S-162). */
function findFile(request: IncomingMessage, port: number, files: PageFiles): PageFile | number {
  if (guardRequest(request.headers, port) !== undefined) return 403;
  if (request.method !== 'GET' && request.method !== 'HEAD') return 405;
  return files.get(request.url ?? '') ?? 404;
}

function isWelcome(request: IncomingMessage, port: number, token: string): boolean {
  if (guardRequest(request.headers, port) !== undefined) return false;
  return request.url === SOCKET_PATH && carriesToken(request.headers['sec-websocket-protocol'], token);
}

/** One answer for every reason: a guess learns nothing from it. */
function refuseUpgrade(socket: Duplex, log: HostLog): void {
  log('window-refused');
  socket.on('error', () => undefined);
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

function closeAll(server: Server, sockets: PageSockets): void {
  sockets.close();
  server.close();
  server.closeAllConnections();
}
