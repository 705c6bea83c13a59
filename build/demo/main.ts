/**
 * `npm run demo [-- --server prosody|ejabberd] [--json]`: plays what the product is for, on a real server, and checks
 * every step. Exit code 0 if every check holds, 1 if not, 64 for bad arguments, 130 if interrupted. Leaves nothing
 * running and nothing behind but the pictures under demo-output/.
 */
import type { Message } from '../../preload/contract.ts';
import { readArguments, USAGE } from './arguments.ts';
import type { DemoArguments } from './arguments.ts';
import { Checks } from './checks.ts';
import { Cleanup, Interrupted } from './cleanup.ts';
import { play } from './play.ts';
import { proveClean } from './scenes/ending.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { Transcript } from './transcript.ts';
import { seconds } from './wording.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;
const EXIT_INTERRUPTED = 130;
const SAME_SIGNAL_MS = 2_000;

/** What `--json` prints as its one line. */
interface Outcome {
  readonly ok: boolean;
  readonly server: DemoArguments['server'];
  readonly durationMs: number;
  readonly messages: readonly Message[];
  readonly checks: Checks['all'];
  readonly screenshots: readonly string[];
}

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

async function perform(given: DemoArguments, cleanup: Cleanup): Promise<Outcome> {
  const started = performance.now();
  const transcript = new Transcript(given.json ? process.stderr : process.stdout);
  const checks = new Checks();
  const parts = { server: given.server, transcript, checks, cleanup };
  transcript.title(
    'Nightlatch: letters to someone who is away',
    `A throw-away ${given.server} on 127.0.0.1 with a test certificate, two accounts, two programs in plain Node.`,
  );
  let stage: Stage | undefined;
  let messages: readonly Message[] = [];
  try {
    stage = await openStage(parts);
    if (stage.windows === undefined)
      transcript.note('No Chromium was found, so there will be no pictures of the windows.');
    messages = await play(stage);
  } catch (error) {
    // What broke because everything is being ended is no news.
    if (cleanup.isClosed) throw new Interrupted();
    checks.add('The play went on to its end', false, firstLineOf(error));
    process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
  }
  await cleanup.close();
  if (stage !== undefined) proveClean(stage);
  const durationMs = Math.round(performance.now() - started);
  transcript.table(checks.all);
  const screenshots = stage?.windows?.files ?? [];
  transcript.ending(endingOf(checks, durationMs, screenshots));
  return { ok: checks.allHold, server: given.server, durationMs, messages, checks: checks.all, screenshots };
}

function endingOf(checks: Checks, durationMs: number, screenshots: readonly string[]): string {
  const failed = checks.all.filter(({ ok }) => !ok).length;
  const result =
    failed === 0 ? `All ${checks.all.length} checks hold` : `${failed} of ${checks.all.length} checks failed`;
  const pictures = screenshots.length === 0 ? '' : ` Pictures of the windows: ${screenshots.join(', ')}.`;
  return `${result}, after ${seconds(durationMs)}.${pictures}`;
}

function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1).join('');
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
