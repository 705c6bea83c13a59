/** A process of its own that reads what waits for one account: its processor time and memory are nobody else's. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { atExit } from '../../../test/support/servers/at-exit.ts';
import type { TestServer } from '../../../test/support/servers/test-server.ts';
import type { Figures } from '../bench-case.ts';

/** What a reader is told when it begins. */
export interface ReaderSetting {
  readonly server: Pick<TestServer, 'domain' | 'port' | 'caFile'>;
  readonly account: string;
  readonly password: string;
  /** The messenger's profile; the bare library has none. */
  readonly directory: string;
}

/** What a reader process does. */
export interface Reader {
  /** Reads that many waiting messages. Times run from initial presence, which releases them, to the last. */
  read(count: number): Promise<Figures>;
  /** Goes away, so that messages wait again. */
  leave(): Promise<Figures>;
  /** Comes back, with nothing waiting. */
  comeBack(): Promise<void>;
}

export type ReaderRequest =
  | { readonly kind: 'begin'; readonly setting: ReaderSetting }
  | { readonly kind: 'read'; readonly count: number }
  | { readonly kind: 'leave' }
  | { readonly kind: 'comeBack' };

export type ReaderAnswer = { readonly figures: Figures } | { readonly error: string };

export class ReaderProcess implements Reader {
  readonly #child: ChildProcess;
  readonly #notAtExit: () => void;

  /** @param script - Calls `serveReader`. */
  constructor(script: URL) {
    this.#child = fork(script, { execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'] });
    this.#notAtExit = atExit(() => this.#child.kill('SIGKILL'));
  }

  async begin(setting: ReaderSetting): Promise<void> {
    await this.#ask({ kind: 'begin', setting });
  }

  read(count: number): Promise<Figures> {
    return this.#ask({ kind: 'read', count });
  }

  leave(): Promise<Figures> {
    return this.#ask({ kind: 'leave' });
  }

  async comeBack(): Promise<void> {
    await this.#ask({ kind: 'comeBack' });
  }

  end(): void {
    this.#child.kill('SIGKILL');
    this.#notAtExit();
  }

  #ask(request: ReaderRequest): Promise<Figures> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error(`the reader ended during ${request.kind}`));
      this.#child.once('exit', ended);
      this.#child.once('message', (answer: ReaderAnswer) => {
        this.#child.removeListener('exit', ended);
        if ('error' in answer) reject(new Error(answer.error));
        else resolve(answer.figures);
      });
      this.#child.send(request);
    });
  }
}

/** The other end, in the process itself. */
export function serveReader(begin: (setting: ReaderSetting) => Promise<Reader>): void {
  let reader: Reader | undefined;
  const answer = async (request: ReaderRequest): Promise<Figures> => {
    if (request.kind === 'begin') reader = await begin(request.setting);
    else if (request.kind === 'leave') return (await reader?.leave()) ?? {};
    else if (request.kind === 'comeBack') await reader?.comeBack();
    else return (await reader?.read(request.count)) ?? {};
    return {};
  };
  process.on('message', (request: ReaderRequest) => {
    answer(request).then(
      (figures) => process.send?.({ figures } satisfies ReaderAnswer),
      (error: unknown) => process.send?.({ error: String(error) } satisfies ReaderAnswer),
    );
  });
}
