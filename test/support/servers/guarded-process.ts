/**
 * A child process that cannot outlive us: a shell beside it holds the other end of a pipe and ends it as soon as the
 * pipe closes, whichever way this process goes, SIGKILL included.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { atExit } from './at-exit.ts';

export interface GuardedProcess {
  /** Undefined while it runs. */
  readonly exitCode: number | undefined;
  /** Resolves when it is gone. */
  readonly ended: Promise<void>;
  /** SIGTERM, and SIGKILL to whatever is left after 5 s. */
  terminate(): Promise<void>;
  /** SIGKILL to it and everything it started. */
  kill(): Promise<void>;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The folder everything about it lives in; removed when this process dies without doing so. */
  readonly folder: string;
  /** Default: that folder. */
  readonly cwd?: string;
  /** Standard output and error are appended there. */
  readonly outputFile: string;
}

/** $1 is the folder to remove if our process is gone, the rest is the command. */
const GUARD = `
folder=$1
shift
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
(
  cat
  kill -TERM $child
  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
    kill -0 $child || break
    sleep 0.2
  done
  kill -KILL $child
  kill -0 $PPID || rm -rf "$folder"
) <&3 3<&- >/dev/null 2>&1 &
exec 3<&-
wait $child
`;

/** Starts the command in a process group of its own. */
export function startGuarded(command: Command): GuardedProcess {
  const output = openSync(command.outputFile, 'a');
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', command.folder, command.program, ...command.args], {
    cwd: command.cwd ?? command.folder,
    env: { ...process.env, ...command.env },
    stdio: ['pipe', output, output],
    detached: true,
  });
  closeSync(output);
  return watch(child);
}

function watch(child: ChildProcess): GuardedProcess {
  let exitCode: number | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', (code) => {
      exitCode = code ?? -1;
      signalGroup(child, 'SIGKILL'); // its helpers, and the guard
      resolve();
    });
  });
  void ended.then(atExit(() => signalGroup(child, 'SIGKILL')));
  const kill = async (): Promise<void> => {
    signalGroup(child, 'SIGKILL');
    await ended;
  };
  return {
    get exitCode() {
      return exitCode;
    },
    ended,
    kill,
    terminate: async () => {
      child.stdin?.destroy(); // the guard sees the end of the pipe and sends the signals
      await ended;
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}
