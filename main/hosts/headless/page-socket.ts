import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import {
  MAX_TEXT_OCTETS,
  SOCKET_PROTOCOL,
  SOCKET_REPLACED,
  type EventName,
  type EventPayload,
  type SocketMessage,
} from '../../../preload/contract.ts';
import type { Dispatch } from '../dispatch.ts';
import type { HostLog } from '../host-log.ts';
import { createRateLimit, type RateLimit } from '../rate-limit.ts';
import { parseSocketRequest } from './socket-request-schema.ts';

/**
 * Largest message from the page: 64 KiB of parameters (S-163), and a text of that length again, since JSON writes two
 * octets for a quote or a line's end and the longest text must fit.
 */
export const MAX_MESSAGE_OCTETS = MAX_TEXT_OCTETS * 2 + 65_536;

const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

export interface PageSockets {
  /** Takes over a connection whose request has passed every check. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  send<E extends EventName>(event: E, payload: EventPayload<E>): void;
  close(): void;
}

/** The page's socket: one at a time, the newest (S-160 to S-163; ruling of docs/contract.md: one window). */
export function createPageSockets(dispatch: Dispatch, elapsedMs: () => number, log: HostLog): PageSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_OCTETS,
    perMessageDeflate: false,
    handleProtocols: () => SOCKET_PROTOCOL,
  });
  let current: WebSocket | undefined;
  // Of the host, not of a socket: a page that opens another one gets no more calls by it (S-144).
  const limit = createRateLimit(elapsedMs);
  const send = (socket: WebSocket, message: SocketMessage): void => socket.send(JSON.stringify(message));
  const open = (socket: WebSocket): void => {
    current?.close(SOCKET_REPLACED, 'another window was opened');
    current = socket;
    log('window-connected');
    socket.on('message', (data, isBinary) => void answer(socket, data, isBinary, dispatch, limit, send));
    // A broken frame or a message over the limit: the library closes the socket, which is all there is to do.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (current !== socket) return;
      current = undefined;
      log('window-gone');
    });
  };
  return {
    accept: (request, socket, head) => server.handleUpgrade(request, socket, head, open),
    send: (event, payload) => {
      if (current !== undefined) send(current, { event, payload } as SocketMessage);
    },
    close: () => {
      for (const socket of server.clients) socket.close(GOING_AWAY);
      server.close();
    },
  };
}

async function answer(
  socket: WebSocket,
  data: RawData,
  isBinary: boolean,
  dispatch: Dispatch,
  limit: RateLimit,
  send: (socket: WebSocket, message: SocketMessage) => void,
): Promise<void> {
  const request = isBinary ? undefined : parseSocketRequest((data as Buffer).toString('utf8'));
  if (request === undefined) {
    socket.close(POLICY_VIOLATION, 'this is no request');
    return;
  }
  const { id, command, params } = request;
  send(socket, { id, reply: await limit(command, () => dispatch(command, params)) });
}
