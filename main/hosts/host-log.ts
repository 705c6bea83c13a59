/**
 * What a host writes about itself: one line an entry, of codes only (S-185). There is no free text and no place for a
 * stanza, an address, a path or a secret.
 */

/** Everything a host may say. The list is closed. */
export type LogEvent =
  | 'started'
  | 'quitting'
  | 'quit'
  | 'quit-deadline' // the server took too long; left anyway
  | 'suspended'
  | 'resumed'
  | 'frozen'
  | 'thawed'
  | 'window-connected'
  | 'window-gone'
  | 'window-refused'
  | 'renderer-restarted'
  | 'renderer-given-up'
  | 'command-failed' // our own mistake in a command
  | 'program-error'; // our own mistake elsewhere

export interface LogDetail {
  /** A command's name. */
  readonly command?: string;
  /** An error's code, or its class where it has none, and where in our code it was made. */
  readonly error?: unknown;
}

export type HostLog = (event: LogEvent, detail?: LogDetail) => void;

/** @param write - Gets whole lines; to standard error in either host. */
export function createHostLog(write: (line: string) => void): HostLog {
  return (event, { command, error } = {}) => {
    const parts = [event, command, error === undefined ? undefined : describeError(error)];
    write(`nightlatch: ${parts.filter((part) => part !== undefined).join(' ')}\n`);
  };
}

/** Class and code, and the places in our files: nothing of the message, which may quote what came from outside. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' && /^[\w-]{1,40}$/.test(error.code) ? error.code : '-';
  const cause = error.cause === undefined ? '' : ` caused by ${describeError(error.cause)}`;
  return `${error.name} ${code}${placesOf(error)}${cause}`;
}

function placesOf(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const places = frames.flatMap((line) => /([\w.-]+\.[cm]?[jt]s:\d+:\d+)\)?$/.exec(line)?.[1] ?? []);
  return places.length === 0 ? '' : ` at ${places.slice(0, 4).join(' < ')}`;
}
