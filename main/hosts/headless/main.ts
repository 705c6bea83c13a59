/** The headless host's process: what is the platform's is done here, everything else in `runHeadless`. */
import { Console } from 'node:console';
import process from 'node:process';
import { createHostLog } from '../host-log.ts';
import { takeQuitSignals } from '../quit-signals.ts';
import { runHeadless } from './run-headless.ts';

// Before any file is made (S-072).
process.umask(0o077);
takeQuitSignals(process);

// Nothing but JSON-RPC goes to standard output, whatever a library wants to say.
globalThis.console = new Console(process.stderr, process.stderr);
// Whoever listened may be gone; that is no reason to end without leaving.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const log = createHostLog((line) => void process.stderr.write(line));
// Nothing from outside may end the process (S-100): what was not caught is our mistake, said and survived.
process.on('unhandledRejection', (error) => log('program-error', { error }));
process.on('uncaughtException', (error) => log('program-error', { error }));

// Started by the launcher of an older Node, this process dies with it, and as hard.
if (process.env['NIGHTLATCH_LAUNCHED'] === '1') {
  const die = (): void => void process.kill(process.pid, 'SIGKILL');
  if (process.connected) process.once('disconnect', die);
  else die();
}

process.exit(await runHeadless(process.argv.slice(2), {}, import.meta.url));
