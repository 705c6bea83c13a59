/** The process of a headless host: its lines, its log, its end. It cannot outlive ours. */
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { atExit } from './servers/at-exit.ts';

export interface HostProcessHandlers {
  /** A line of standard output, without its end. */
  line(line: string): void;
  /** Something was added to `log`. */
  logged(): void;
}

export class HostProcess {
  /** Resolves with the exit code, -1 if a signal ended it, when its output has been read to the end. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcessWithoutNullStreams;
  #exitCode: number | undefined;
  #log = '';
  #rest = '';

  /** @param args - Node's own arguments, the program, and the program's arguments. */
  constructor(args: readonly string[], handlers: HostProcessHandlers) {
    // In a group of its own: Ctrl-C at the terminal is for us, who then end it in order. If we are killed, the end of
    // its input makes it leave.
    this.#child = spawn(process.execPath, args, { detached: true, stdio: 'pipe' });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#split(text, handlers));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text;
      handlers.logged();
    });
    this.#child.stdin.on('error', () => undefined); // it ended before it read everything: `ended` says so
    this.ended = this.#watch();
    void this.ended.then(atExit(() => this.signal('SIGKILL')));
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Undefined while it runs. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  get log(): string {
    return this.#log;
  }

  write(text: string): void {
    this.#child.stdin.write(text);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #watch(): Promise<number> {
    return new Promise((resolve) => {
      const end = (code: number): void => {
        this.#exitCode = code;
        resolve(code);
      };
      this.#child.once('error', () => end(-1));
      this.#child.once('close', (code) => end(code ?? -1));
    });
  }

  #split(text: string, handlers: HostProcessHandlers): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) handlers.line(line);
  }
}
