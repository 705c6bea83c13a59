/**
 * `npm run demo [-- --server prosody|ejabberd] [--live] [--json]`: plays what the product is for, on a real server, and checks
 * every step. Exit code 0 if every check holds, 1 if not, 64 for bad arguments, 130 if interrupted. Leaves nothing
 * running and nothing behind but the pictures under demo-output/.
 */
import { readArguments, USAGE } from './arguments.ts';
import { Cleanup } from './cleanup.ts';
import { perform } from './perform.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;
const EXIT_INTERRUPTED = 130;
const SAME_SIGNAL_MS = 2_000;

async function main(): Promise<number> {
  const given = readArguments(process.argv.slice(2));
  if (given === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return EXIT_USAGE;
  }
  const cleanup = new Cleanup();
  const outcome = await Promise.race([perform(given, cleanup), interruption()]);
  await cleanup.close();
  if (outcome === 'interrupted') {
    process.stderr.write('\nInterrupted: server and programs were ended, the folders removed.\n');
    return EXIT_INTERRUPTED;
  }
  if (given.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  return outcome.ok ? 0 : EXIT_FAILED;
}

/**
 * The first signal ends the play in order. One Ctrl-C may reach us twice, from the terminal and from npm; a signal after
 * that ends this process at once, and what it started with it.
 */
function interruption(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        askedAt ??= performance.now();
        if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(EXIT_INTERRUPTED);
        resolve('interrupted');
      });
    }
  });
}

process.exit(await main());
