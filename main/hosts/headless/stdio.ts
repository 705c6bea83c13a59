import type { Readable, Writable } from 'node:stream';
import { buildNoSuchCommand, buildNotification, buildReply, buildTooLongLine, readRequest } from './json-rpc.ts';
import { LineReader } from './line-reader.ts';
import type { HostDispatch } from './host-commands.ts';

/** Octets of a line, its line feed not counted (docs/contract.md). */
export const MAX_LINE_OCTETS = 1_048_576;

export interface StdioServer {
  /** An event for whoever drives us. */
  notify(method: string, params: unknown): void;
  /** Resolves when every request read so far has been answered. */
  settled(): Promise<void>;
}

export interface StdioHandlers {
  /** No more requests will come, or nobody reads the answers. May be called more than once. */
  ended(): void;
}

/**
 * Speaks JSON-RPC on two streams: answers in the order in which the commands end, events between them, nothing else.
 */
export function serveStdio(
  streams: { readonly input: Readable; readonly output: Writable },
  commands: HostDispatch,
  handlers: StdioHandlers,
): StdioServer {
  const { input, output } = streams;
  const running = new Set<Promise<void>>();
  const write = (line: string): void => void output.write(`${line}\n`);
  const answer = (line: Uint8Array): void => {
    const work = answerLine(line, commands, write).finally(() => running.delete(work));
    running.add(work);
  };
  const reader = new LineReader(MAX_LINE_OCTETS, { line: answer, tooLong: () => write(buildTooLongLine()) });
  input.on('data', (chunk: Uint8Array) => reader.push(chunk));
  input.once('end', () => {
    reader.end();
    handlers.ended();
  });
  // The other end going away is the end of input, whichever stream shows it first.
  input.on('error', () => handlers.ended());
  output.on('error', () => handlers.ended());
  return {
    notify: (method, params) => write(buildNotification(method, params)),
    settled: () => Promise.all(running).then(() => undefined),
  };
}

async function answerLine(line: Uint8Array, commands: HostDispatch, write: (line: string) => void): Promise<void> {
  const reading = readRequest(line);
  if (reading.kind === 'refused') {
    write(reading.reply);
    return;
  }
  const { method, params, id } = reading.request;
  if (!commands.has(method)) {
    if (id !== undefined) write(buildNoSuchCommand(id));
    return;
  }
  const envelope = await commands.dispatch(method, params);
  if (id !== undefined) write(buildReply(id, envelope));
}
