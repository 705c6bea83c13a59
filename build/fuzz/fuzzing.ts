/** Feeds mutated streams to the link in a process of its own, over a real socket and real TLS, and watches it (S-101). */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import { honest } from '../../test/support/scripted-server.ts';
import { makeCertificate } from '../../test/support/servers/certificates.ts';
import { Dice, nextStanza } from './mutations.ts';
import type { TargetReport } from './target.ts';

export interface FuzzResult extends TargetReport {
  /** Stanzas and other elements that were handed to the socket, of mutated streams. */
  readonly fed: number;
  /** The first exception that nobody caught, with what the last stream had said. */
  readonly uncaught?: { readonly error: string; readonly stream: Buffer };
  /** What the stream had said on which the loop stood still for longer than `HANG_MS`, if any did. */
  readonly hung?: Buffer;
}

/** S-101, S-103: longer than this no turn may take, and more memory than this must not be in use. */
export const HANG_MS = 100;
export const MOST_MEMORY = 300 * 1024 * 1024;

/**
 * The platform collects when it has to, not when it could: with 24 GiB in the machine 230 MiB of dead objects lay about in
 * the old generation and 128 MiB were set aside for the young one, where 10 to 30 MiB were alive. Bounded, what the
 * process takes says what it needs, and whatever fills the old generation for good ends it.
 */
const HEAP = ['--max-old-space-size=128', '--max-semi-space-size=16'];
/** Written in one piece at most so much, so that a stream that was found guilty is short. */
const STANZAS_PER_STREAM = 20_000;
const PIECE = 64;

/** The next that is said, in the parts in which it is written; undefined when nothing more is to be said. */
type Speech = (taken: number) => readonly Buffer[] | undefined;

/** @param seed - Decides everything that is said. @param inTime - Whether to go on, given how many were taken. */
export function fuzz(seed: number, inTime: (taken: number) => boolean): Promise<FuzzResult> {
  const dice = new Dice(seed);
  return say((taken) => {
    if (!inTime(taken)) return undefined;
    const piece = Buffer.concat(Array.from({ length: PIECE }, () => nextStanza(dice)));
    // Once in a while it is cut between any two octets.
    const at = dice.below(4) === 0 ? dice.below(piece.length + 1) : piece.length;
    return [piece.subarray(0, at), piece.subarray(at)];
  });
}

/** Says once what an earlier run kept. */
export function replay(stream: Buffer): Promise<FuzzResult> {
  const left = [[stream]];
  return say(() => left.shift());
}

async function say(speech: Speech): Promise<FuzzResult> {
  const folder = mkdtempSync(join(tmpdir(), 'nightlatch-fuzz-'));
  try {
    const { caFile, certFile, keyFile } = await makeCertificate(folder, 'example.org');
    return await new Fuzzing(speech).run(caFile, { cert: readFileSync(certFile), key: readFileSync(keyFile) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Fuzzing {
  readonly #speech: Speech;
  #fed = 0;
  #stream: Buffer[] = [];
  #report: TargetReport = { stanzas: 0, streams: 0, slowestTurn: 0, peakMemory: 0 };
  #uncaught: FuzzResult['uncaught'];
  #hung: Buffer | undefined;

  constructor(speech: Speech) {
    this.#speech = speech;
  }

  async run(caFile: string, files: { readonly cert: Buffer; readonly key: Buffer }): Promise<FuzzResult> {
    const over = Promise.withResolvers<undefined>();
    const server = createServer(files, (socket) => {
      this.#serve(socket, () => {
        over.resolve(undefined);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const target = this.#startTarget(port, caFile, () => {
      over.resolve(undefined);
    });
    await over.promise;
    await this.#lastReport(target);
    target.kill('SIGKILL');
    server.close();
    return {
      ...this.#report,
      fed: this.#fed,
      ...(this.#uncaught !== undefined && { uncaught: this.#uncaught }),
      ...(this.#hung !== undefined && { hung: this.#hung }),
    };
  }

  #startTarget(port: number, caFile: string, ended: () => void): ChildProcess {
    const target = fork(join(import.meta.dirname, 'target.ts'), [String(port), caFile], {
      stdio: 'inherit',
      execArgv: HEAP,
    });
    target.on('message', (said: TargetReport & { readonly uncaught?: string }) => {
      if (said.slowestTurn > HANG_MS && this.#report.slowestTurn <= HANG_MS) this.#hung = Buffer.concat(this.#stream);
      this.#report = said;
      if (said.uncaught !== undefined) {
        this.#uncaught = { error: said.uncaught, stream: Buffer.concat(this.#stream) };
      }
    });
    target.once('exit', (code) => {
      if (code !== null) this.#uncaught ??= { error: `exit code ${code}`, stream: Buffer.concat(this.#stream) };
      ended();
    });
    return target;
  }

  /** What the target made of the last pieces. */
  async #lastReport(target: ChildProcess): Promise<void> {
    for (let reports = 0; reports < 2 && target.connected; reports += 1) {
      await Promise.race([once(target, 'message'), once(target, 'exit')]);
    }
  }

  #serve(socket: Socket, over: () => void): void {
    const login = honest();
    let heard = '';
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (octets) => {
      heard += octets.toString('latin1');
      const answer = login(heard, { socket } as never);
      if (answer === undefined) return;
      heard = '';
      socket.write(answer);
      if (answer.startsWith('<enabled')) {
        socket.removeAllListeners('data').resume();
        void this.#feed(socket, over);
      }
    });
  }

  async #feed(socket: Socket, over: () => void): Promise<void> {
    this.#stream = [];
    for (let said = 0; said < STANZAS_PER_STREAM && socket.writable; said += PIECE) {
      const parts = this.#speech(this.#report.stanzas);
      if (parts === undefined) {
        over();
        return;
      }
      this.#fed += PIECE;
      this.#stream.push(...parts);
      for (const part of parts) if (!socket.write(part)) await this.#drained(socket);
    }
    socket.end('</stream:stream>');
  }

  async #drained(socket: Socket): Promise<void> {
    if (socket.destroyed) return;
    const enough = new AbortController();
    const { signal } = enough;
    const either = ['drain', 'close'].map((event) => once(socket, event, { signal }).catch(() => undefined));
    await Promise.race(either);
    enough.abort();
  }
}
