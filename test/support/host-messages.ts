/** The contract's commands and events as they cross a headless host's standard input and output. */
import type {
  CommandName,
  CommandParams,
  CommandResult,
  EventName,
  EventPayload,
  HostCommandName,
  HostCommandParams,
  HostCommandResult,
} from '../../preload/contract.ts';

export type AnyCommand = CommandName | HostCommandName;
export type ParamsOf<C extends AnyCommand> = C extends CommandName
  ? CommandParams<C>
  : C extends HostCommandName
    ? HostCommandParams<C>
    : never;
export type ResultOf<C extends AnyCommand> = C extends CommandName
  ? CommandResult<C>
  : C extends HostCommandName
    ? HostCommandResult<C>
    : never;

/** An event as it arrived. */
export type HostEvent = {
  readonly [E in EventName]: { readonly event: E; readonly payload: EventPayload<E> };
}[EventName];

/** A command that the host refused. */
export class CommandFailure extends Error {
  readonly command: string;
  /** `error.data.code`: of the contract's closed list. */
  readonly code: string;
  /** `error.code`: of JSON-RPC. */
  readonly rpcCode: number;

  constructor(command: string, code: string, rpcCode: number, sentence: string) {
    super(`${command}: ${code}: ${sentence}`);
    this.name = 'CommandFailure';
    this.command = command;
    this.code = code;
    this.rpcCode = rpcCode;
  }
}

/** What a line may be: an answer or an event. */
export interface RpcMessage {
  readonly id?: number | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { readonly code: string } };
}

/** @returns undefined for a line that is no JSON-RPC 2.0 object. */
export function parseMessage(line: string): RpcMessage | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isMessage = typeof value === 'object' && value !== null && 'jsonrpc' in value && value.jsonrpc === '2.0';
    return isMessage ? (value as RpcMessage) : undefined;
  } catch {
    return undefined; // no JSON: the caller keeps the line as stray
  }
}
