/** JSON-RPC 2.0 as docs/contract.md narrows it: one object a line, no batches. Pure. */
import { fromUtf8 } from '../../base/bytes.ts';
import type { CommandErrorCode, Envelope } from '../../../preload/contract.ts';

export type RequestId = string | number | null;

export interface RpcRequest {
  readonly method: string;
  readonly params: unknown;
  /** Undefined for a notification, which gets no answer. */
  readonly id: RequestId | undefined;
}

export type RpcReading =
  { readonly kind: 'request'; readonly request: RpcRequest } | { readonly kind: 'refused'; readonly reply: string };

export const RPC_ERRORS = {
  notJson: -32700,
  noRequest: -32600,
  noSuchCommand: -32601,
  invalidParams: -32602,
  other: -32000,
} as const;

/** Reads one line's octets. A line that is no request comes back as the answer it deserves. */
export function readRequest(line: Uint8Array): RpcReading {
  const parsed = parseJson(line);
  if (parsed === undefined) return refused(null, RPC_ERRORS.notJson, 'The line is not JSON.');
  return readRequestObject(parsed.value);
}

/** The answer to a line that was longer than the limit. */
export function buildTooLongLine(): string {
  return buildError(null, RPC_ERRORS.noRequest, 'invalid-params', 'The line is longer than 1 MiB.');
}

/** The answer to a request, from the dispatcher's envelope. */
export function buildReply(id: RequestId, envelope: Envelope<unknown>): string {
  // A result of undefined would leave the reply without its one required member.
  if (envelope.ok) return JSON.stringify({ jsonrpc: '2.0', id, result: envelope.value ?? null });
  const code = envelope.code === 'invalid-params' ? RPC_ERRORS.invalidParams : RPC_ERRORS.other;
  return buildError(id, code, envelope.code, envelope.message);
}

export function buildNoSuchCommand(id: RequestId): string {
  return buildError(id, RPC_ERRORS.noSuchCommand, 'not-available', 'There is no such command.');
}

/** An event. */
export function buildNotification(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}

function readRequestObject(value: unknown): RpcReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(null, RPC_ERRORS.noRequest, 'A line holds one request object; there are no batches.');
  }
  const { jsonrpc, method, params, id } = value as Readonly<Record<string, unknown>>;
  const knownId = isRequestId(id) ? id : null;
  const isRequest = jsonrpc === '2.0' && typeof method === 'string' && (id === undefined || isRequestId(id));
  if (!isRequest) return refused(knownId, RPC_ERRORS.noRequest, 'This is no JSON-RPC 2.0 request.');
  return { kind: 'request', request: { method, params, id } };
}

function parseJson(line: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(fromUtf8(line)) as unknown };
  } catch {
    // Neither error says more than that it is no JSON; their messages quote the input.
    return undefined;
  }
}

function isRequestId(id: unknown): id is RequestId {
  return typeof id === 'string' || typeof id === 'number' || id === null;
}

function refused(id: RequestId, code: number, message: string): RpcReading {
  return { kind: 'refused', reply: buildError(id, code, 'invalid-params', message) };
}

function buildError(id: RequestId, rpcCode: number, code: CommandErrorCode, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code: rpcCode, message, data: { code } } });
}
