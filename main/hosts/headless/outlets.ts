/** What this host offers of the messenger to the outside: standard input and output, the page, or both. */
import type { Readable, Writable } from 'node:stream';
import type { EventName, EventPayload } from '../../../preload/contract.ts';
import type { RandomSource } from '../../crypto/random.ts';
import { failure, type Dispatch } from '../dispatch.ts';
import type { HostLog } from '../host-log.ts';
import { loadPageFiles } from '../page-files.ts';
import type { HeadlessArguments } from './arguments.ts';
import { startBrowserHost, type BrowserHost } from './browser-host.ts';
import type { HostDispatch } from './host-commands.ts';
import { StartError } from './start-error.ts';
import { serveStdio, type StdioServer } from './stdio.ts';

export interface HeadlessStreams {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
}

export interface Outlets {
  announce<E extends EventName>(event: E, payload: EventPayload<E>): void;
  /** Every request read from standard input has been answered. */
  settled(): Promise<void>;
  close(): void;
}

export interface OutletParts {
  readonly streams: HeadlessStreams;
  readonly random: RandomSource;
  /** Folder of the built page. */
  readonly renderer: string;
  /** For standard input: the host's own commands included. */
  readonly commands: HostDispatch;
  /** For the page. */
  readonly dispatch: Dispatch;
  elapsedMs(): number;
  inputEnded(): void;
  readonly log: HostLog;
}

/** @throws StartError if the port cannot be had, or the page has not been built. */
export async function openOutlets(given: HeadlessArguments, parts: OutletParts): Promise<Outlets> {
  const page = given.browser ? await openPage(given, parts) : undefined;
  const stdio = given.stdio ? openStdio(parts) : undefined;
  return {
    announce: (event, payload) => {
      stdio?.notify(event, payload);
      page?.send(event, payload);
    },
    settled: () => stdio?.settled() ?? Promise.resolve(),
    close: () => page?.close(),
  };
}

function openStdio(parts: OutletParts): StdioServer {
  return serveStdio(parts.streams, parts.commands, { ended: () => parts.inputEnded() });
}

async function openPage(given: HeadlessArguments, parts: OutletParts): Promise<BrowserHost> {
  const { output, errors } = parts.streams;
  const page = await startPage(parts, given.port);
  // Nothing but JSON-RPC goes to standard output where it is spoken.
  (given.stdio ? errors : output).write(`${page.address}\n`);
  return page;
}

async function startPage(parts: OutletParts, port: number): Promise<BrowserHost> {
  try {
    const dispatch = withoutExport(parts.dispatch);
    return await startBrowserHost({ ...parts, dispatch, port, files: loadPageFiles(parts.renderer) });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT')
      throw new StartError('disk-error', 'The page is not built: npm run build.', { cause: error });
    if (code === 'EADDRINUSE' || code === 'EACCES') {
      throw new StartError('bad-arguments', 'The port cannot be had.', { cause: error });
    }
    throw error;
  }
}

/** S-143, S-144: the key leaves only after a question that no page can answer, and there is none to ask it here. */
function withoutExport(dispatch: Dispatch): Dispatch {
  return (name, params) =>
    name === 'keys.export'
      ? Promise.resolve(failure('not-available', 'A key is not taken out by way of a page.'))
      : dispatch(name, params);
}
