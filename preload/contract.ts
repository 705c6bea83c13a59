/**
 * The product's contract (docs/contract.md): every command, event, view and error code that crosses from the main
 * process to whatever is above it. Imports nothing but its codes, shapes and preferences beside it. Names are written once,
 * here; channel names, the bridge's type and the handlers' type are derived. Values are plain and survive JSON: no Date,
 * Map, octets or undefined.
 */
import type { CommandErrorCode, KeyDecision } from './codes.ts';
import type { Preferences } from './preferences.ts';
import type {
  Address,
  Nothing,
  Account,
  Place,
  Policy,
  Leaving,
  Contact,
  Conversation,
  Draft,
  XmppLink,
  Message,
  Session,
  OwnKey,
  KnownKey,
  BacklogProgress,
  Alert,
} from './shapes.ts';

export * from './codes.ts';
export * from './preferences.ts';
export * from './shapes.ts';

// ---- limits

/** Octets of UTF-8 in one message text; more is `too-long`. */
export const MAX_TEXT_OCTETS = 65_536;
/** Most messages that one `messages.list` or `messages.search` returns. */
export const MAX_MESSAGES = 200;
/** Fewest characters of a passphrase that a key leaves the program under. */
export const MIN_PASSPHRASE_LENGTH = 8;

// ---- commands

declare const signature: unique symbol;
/** A command's types; at run time an empty object. */
export interface Command<Params, Result> {
  readonly [signature]?: (params: Params) => Result;
}

/** Every command. `docs/contract.md` says what each does. */
export const COMMANDS = {
  'account.signIn': command<{ address: Address; password?: string; remember?: boolean; place?: Place }, Account>(),
  'account.signOut': command<Nothing, Leaving>(),
  'account.state': command<Nothing, Account>(),
  'leaving.state': command<Nothing, Leaving>(),
  'leaving.leaveNow': command<Nothing, Leaving>(),
  'leaving.comeBack': command<Nothing, Account>(),
  'leaving.setPolicy': command<Partial<Policy>, Leaving>(),
  'leaving.renewBackupKey': command<Nothing, Leaving>(),
  'leaving.destroyKeys': command<Nothing, Leaving>(),
  'contacts.list': command<Nothing, readonly Contact[]>(),
  'contacts.refresh': command<{ address: Address }, Contact>(),
  'contacts.add': command<{ address: Address; name?: string }, Contact>(),
  'contacts.accept': command<{ address: Address }, Contact>(),
  'contacts.remove': command<{ address: Address }, Nothing>(),
  'contacts.block': command<{ address: Address }, Nothing>(),
  'contacts.unblock': command<{ address: Address }, Nothing>(),
  'conversations.list': command<Nothing, readonly Conversation[]>(),
  'conversations.mute': command<{ with: Address; muted: boolean }, Nothing>(),
  'drafts.list': command<Nothing, readonly Draft[]>(),
  'drafts.keep': command<{ with: Address; text: string }, Nothing>(),
  'links.take': command<Nothing, XmppLink | null>(),
  'messages.send': command<{ to: Address; text: string; unencrypted?: true }, Message>(),
  'messages.list': command<{ with: Address; before?: string; limit?: number }, readonly Message[]>(),
  'messages.search': command<{ query: string; with?: Address }, readonly Message[]>(),
  'messages.markRead': command<{ with: Address; upTo: string }, Nothing>(),
  'messages.retry': command<{ id: string }, Message>(),
  'messages.discard': command<{ id: string }, Nothing>(),
  'keys.own': command<Nothing, OwnKey>(),
  'keys.of': command<{ address: Address }, readonly KnownKey[]>(),
  'keys.decide': command<{ address: Address; fingerprint: string; decision: KeyDecision }, Contact>(),
  'keys.setPetname': command<{ address: Address; fingerprint: string; petname: string }, Contact>(),
  'keys.export': command<{ passphrase: string }, { readonly text: string }>(),
  'keys.import': command<{ text: string; passphrase: string }, OwnKey>(),
  'keys.replace': command<Nothing, OwnKey>(),
  'sessions.start': command<{ address: Address }, Session>(),
  'sessions.end': command<{ address: Address }, Nothing>(),
  'sessions.of': command<{ address: Address }, Session | null>(),
  'sessions.confirmSpokenCode': command<{ address: Address; matches: boolean }, Contact>(),
  'sessions.dismissReminder': command<{ address: Address }, Session>(),
  'settings.state': command<Nothing, Preferences>(),
  'settings.change': command<Partial<Preferences>, Preferences>(),
  'diagnostics.report': command<Nothing, { readonly text: string }>(),
};

/** Commands of the headless host alone, for tests; never in the bridge. */
export const HOST_COMMANDS = {
  'host.suspend': command<{ freezeAfterMs?: number }, Nothing>(),
  'host.resume': command<Nothing, Nothing>(),
  'host.setClockOffset': command<{ ms: number; elapsed?: boolean }, Nothing>(),
  'host.quit': command<Nothing, Nothing>(),
};

type ParamsOf<C> = C extends Command<infer Params, infer _Result> ? Readonly<Params> : never;
type ResultOf<C> = C extends Command<infer _Params, infer Result> ? Result : never;

export type CommandName = keyof typeof COMMANDS;
export type CommandParams<C extends CommandName> = ParamsOf<(typeof COMMANDS)[C]>;
export type CommandResult<C extends CommandName> = ResultOf<(typeof COMMANDS)[C]>;
export type HostCommandName = keyof typeof HOST_COMMANDS;
export type HostCommandParams<C extends HostCommandName> = ParamsOf<(typeof HOST_COMMANDS)[C]>;
export type HostCommandResult<C extends HostCommandName> = ResultOf<(typeof HOST_COMMANDS)[C]>;

/** What hosts/api.ts implements. */
export type Api = { readonly [C in CommandName]: (params: CommandParams<C>) => Promise<CommandResult<C>> };
export type HostApi = {
  readonly [C in HostCommandName]: (params: HostCommandParams<C>) => Promise<HostCommandResult<C>>;
};

// ---- events

declare const payload: unique symbol;
/** An event's type; at run time an empty object. */
export interface Announcement<Payload> {
  readonly [payload]?: Payload;
}

/** Every event. They announce what is already durable; they never steer. */
export const EVENTS = {
  'account.changed': announcement<Account>(),
  'leaving.changed': announcement<Leaving>(),
  'contacts.changed': announcement<Contact | { readonly address: Address; readonly removed: true }>(),
  'conversations.changed': announcement<Conversation>(),
  'messages.added': announcement<Message>(),
  'messages.changed': announcement<Message>(),
  'sessions.changed': announcement<Session | { readonly address: Address; readonly ended: true }>(),
  'backlog.progress': announcement<BacklogProgress>(),
  'alerts.raised': announcement<Alert>(),
  'links.opened': announcement<Nothing>(),
  'notices.pressed': announcement<{ readonly with: Address; readonly id?: string }>(),
};

export type EventName = keyof typeof EVENTS;
export type EventPayload<E extends EventName> = (typeof EVENTS)[E] extends Announcement<infer P> ? P : never;

// ---- transport

/** How an answer crosses: a value, or a code with a sentence for people; never a stack, a path or a secret. */
export type Envelope<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: CommandErrorCode; readonly message: string };

/** `window.api` as the preload exposes it, and as the page builds it over a WebSocket where there is no preload. */
export type WindowApi = {
  readonly [C in CommandName]: (params: CommandParams<C>) => Promise<Envelope<CommandResult<C>>>;
} & {
  /** @returns a function that ends the subscription. */
  readonly on: <E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void) => () => void;
};

/** The IPC channel of a command. */
export function commandChannel<C extends CommandName>(name: C): `command:${C}` {
  return `command:${name}`;
}

/** The IPC channel of an event. */
export function eventChannel<E extends EventName>(name: E): `event:${E}` {
  return `event:${name}`;
}

/**
 * The browser host's WebSocket: at this path, with the subprotocols `ipc.v1` and `token.<64 hex digits>`. There is one
 * window: a newer one closes the older one's socket with `SOCKET_REPLACED`, which must not connect again by itself.
 */
export const SOCKET_PATH = '/ipc';
export const SOCKET_PROTOCOL = 'ipc.v1';
export const SOCKET_TOKEN_PREFIX = 'token.';
export const SOCKET_REPLACED = 4001;
/** Page to host, one JSON object a message. `id` is the page's own counter. */
export interface SocketRequest {
  readonly id: number;
  readonly command: CommandName;
  readonly params: unknown;
}
/** Host to page: an answer, or an event. */
export type SocketMessage =
  | { readonly id: number; readonly reply: Envelope<unknown> }
  | { readonly [E in EventName]: { readonly event: E; readonly payload: EventPayload<E> } }[EventName];

function command<Params, Result>(): Command<Params, Result> {
  return {};
}

function announcement<Payload>(): Announcement<Payload> {
  return {};
}
