/**
 * The window's one way to the messenger: the preload's `window.api` where there is one, otherwise the browser host's
 * WebSocket (security.md S-161). Nothing else in the renderer touches either.
 */
import {
  COMMANDS,
  SOCKET_PATH,
  SOCKET_PROTOCOL,
  SOCKET_TOKEN_PREFIX,
  type CommandErrorCode,
  type CommandName,
  type CommandParams,
  type CommandResult,
  type Envelope,
  type EventName,
  type EventPayload,
  type SocketMessage,
  type SocketRequest,
  type WindowApi,
} from '../../preload/contract.ts';

declare global {
  interface Window {
    readonly api?: WindowApi;
  }
}

/** What the state classes are given. */
export interface Bridge {
  /** @throws CommandFailure with the reply's code. */
  call<C extends CommandName>(command: C, params: CommandParams<C>): Promise<CommandResult<C>>;
  /** @returns a function that ends the subscription. */
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
}

/** A command that was refused; `code` is of the contract's closed list, the message is a sentence for people. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly code: CommandErrorCode;

  constructor(code: CommandErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const TOKEN_KEY = 'nightlatch.token';
const NO_HOST = { ok: false, code: 'internal', message: 'The program behind this window has stopped.' } as const;

/**
 * Moves the token of the browser host from the address into the session storage and erases it from the address and
 * from the history (S-161). Called before anything else runs in the page.
 *
 * @returns the token of this tab, also after a reload; undefined in a page that never had one.
 */
export function takeToken(page: Pick<Window, 'location' | 'history' | 'sessionStorage'>): string | undefined {
  const fragment = page.location.hash.slice(1);
  if (/^[0-9a-f]{64}$/.test(fragment)) page.sessionStorage.setItem(TOKEN_KEY, fragment);
  if (fragment !== '') page.history.replaceState(null, '', page.location.pathname);
  return page.sessionStorage.getItem(TOKEN_KEY) ?? undefined;
}

/** @param onClosed - called once, when the host has gone and nothing will be answered any more. */
export function connectSocket(socket: WebSocket, onClosed: () => void): WindowApi {
  const waiting = new Map<number, (reply: Envelope<never>) => void>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const opened = new Promise<void>((resolve) => socket.addEventListener('open', () => resolve(), { once: true }));
  let lastId = 0;

  socket.addEventListener('message', (event) => {
    const message = JSON.parse(String(event.data)) as SocketMessage;
    if ('event' in message) return listeners.get(message.event)?.forEach((listener) => listener(message.payload));
    waiting.get(message.id)?.(message.reply as Envelope<never>);
    waiting.delete(message.id);
  });
  socket.addEventListener('close', () => {
    for (const answer of waiting.values()) answer(NO_HOST);
    waiting.clear();
    onClosed();
  });

  async function request(command: CommandName, params: unknown): Promise<Envelope<never>> {
    if (socket.readyState > socket.OPEN) return NO_HOST;
    const id = ++lastId;
    const reply = new Promise<Envelope<never>>((resolve) => waiting.set(id, resolve));
    const message: SocketRequest = { id, command, params };
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    else void opened.then(() => socket.send(JSON.stringify(message)));
    return reply;
  }

  const commands = Object.keys(COMMANDS).map((name) => [
    name,
    (params: unknown) => request(name as CommandName, params),
  ]);
  return {
    ...(Object.fromEntries(commands) as Omit<WindowApi, 'on'>),
    on(event: EventName, listener: (payload: never) => void) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener as (payload: unknown) => void));
      return () => void set.delete(listener as (payload: unknown) => void);
    },
  } as WindowApi;
}

/** @param connect - gives the `WindowApi` on first use, so that importing this module opens nothing. */
export function bridgeOver(connect: () => WindowApi): Bridge {
  let connected: WindowApi | undefined;
  const api = () => (connected ??= connect());
  return {
    async call<C extends CommandName>(command: C, params: CommandParams<C>): Promise<CommandResult<C>> {
      const send = api()[command] as (params: CommandParams<C>) => Promise<Envelope<CommandResult<C>>>;
      const reply = await send(params);
      if (reply.ok) return reply.value;
      throw new CommandFailure(reply.code, reply.message);
    },
    on: (event, listener) => api().on(event, listener),
  };
}

const closedListeners = new Set<() => void>();

/** Announces that the browser host has gone. Never called where the preload's bridge is used. */
export function onHostGone(listener: () => void): void {
  closedListeners.add(listener);
}

function connectHost(): WindowApi {
  const announce = () => closedListeners.forEach((listener) => listener());
  const url = new URL(SOCKET_PATH, location.href.replace(/^http/, 'ws'));
  return connectSocket(
    new WebSocket(url, [SOCKET_PROTOCOL, SOCKET_TOKEN_PREFIX + (takeToken(window) ?? '')]),
    announce,
  );
}

/** Whether a desktop program is around the page: it has notifications, dialogs and a tray of its own. */
export const isDesktop = typeof window !== 'undefined' && window.api !== undefined;

export const bridge: Bridge = bridgeOver(() => window.api ?? connectHost());
