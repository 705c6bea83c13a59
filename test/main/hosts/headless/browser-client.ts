/** A page's side of the browser host, down to the octets where a real client would not send them. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { SOCKET_PATH, SOCKET_PROTOCOL, SOCKET_TOKEN_PREFIX } from '../../../../preload/contract.ts';
import { systemRandom } from '../../../../main/crypto/random.ts';
import { createDispatch } from '../../../../main/hosts/dispatch.ts';
import { startBrowserHost, type BrowserHost } from '../../../../main/hosts/headless/browser-host.ts';
import { loadPageFiles } from '../../../../main/hosts/page-files.ts';
import { MessengerDouble } from '../messenger-double.ts';

export interface RunningHost {
  readonly host: BrowserHost;
  readonly messenger: MessengerDouble;
  readonly port: number;
  readonly token: string;
  readonly logged: string[];
}

export const PAGE = '<!doctype html><title>Nightlatch</title>';

export function makePageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightlatch-page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'assets/app.js'), 'export {};');
  writeFileSync(join(folder, 'assets/app.js.map'), '{}');
  return folder;
}

export async function startHost(folder: string, port = 0): Promise<RunningHost> {
  const messenger = new MessengerDouble();
  const logged: string[] = [];
  const host = await startBrowserHost({
    port,
    files: loadPageFiles(folder),
    dispatch: createDispatch(messenger.api, () => undefined),
    random: systemRandom,
    elapsedMs: () => 0,
    log: (event) => void logged.push(event),
  });
  const url = new URL(host.address);
  return { host, messenger, port: Number(url.port), token: url.hash.slice(1), logged };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends exactly these lines and reads until the host closes, or until the head of an upgrade came. */
export function sendRaw(port: number, lines: readonly string[], body = ''): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`));
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.startsWith('HTTP/1.1 101') && text.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(parseAnswer(text)));
  });
}

/** Does anybody answer there? */
export function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

export function getLines(port: number, path: string, headers: Readonly<Record<string, string>> = {}): string[] {
  const all = { Host: `127.0.0.1:${port}`, ...headers };
  return [`GET ${path} HTTP/1.1`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`)];
}

export function upgradeLines(port: number, token: string, headers: Readonly<Record<string, string>> = {}): string[] {
  return getLines(port, SOCKET_PATH, {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': `${SOCKET_PROTOCOL}, ${SOCKET_TOKEN_PREFIX}${token}`,
    ...headers,
  });
}

export interface Page {
  readonly socket: WebSocket;
  /** The next message from the host. */
  next(): Promise<unknown>;
  /** Resolves with the code when the socket closes. */
  readonly closed: Promise<number>;
}

/** Opens the page's socket as a browser would. */
export async function openPage({ port, token }: RunningHost): Promise<Page> {
  const url = `ws://127.0.0.1:${port}${SOCKET_PATH}`;
  const protocols = [SOCKET_PROTOCOL, `${SOCKET_TOKEN_PREFIX}${token}`];
  const socket = new WebSocket(url, protocols, { origin: `http://127.0.0.1:${port}` });
  const queue: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as unknown;
    const waiter = waiting.shift();
    if (waiter === undefined) queue.push(message);
    else waiter(message);
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  const next = () =>
    queue.length > 0 ? Promise.resolve(queue.shift()) : new Promise((resolve) => waiting.push(resolve));
  return { socket, next, closed };
}

function parseAnswer(text: string): RawAnswer {
  const split = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, split).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: text.slice(split + 4),
  };
}
