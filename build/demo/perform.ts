/** One performance: the play with everything around it, and what came of it. */
import type { Message } from '../../preload/contract.ts';
import type { DemoArguments } from './arguments.ts';
import { Checks } from './checks.ts';
import { Interrupted } from './cleanup.ts';
import type { Cleanup } from './cleanup.ts';
import { play, playLive } from './play.ts';
import { proveClean, troublesOf } from './scenes/ending.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { Transcript } from './transcript.ts';
import { count, seconds } from './wording.ts';

/** What `--json` prints as its one line. */
export interface Outcome {
  readonly ok: boolean;
  readonly server: DemoArguments['server'];
  readonly durationMs: number;
  readonly messages: readonly Message[];
  readonly checks: Checks['all'];
  readonly screenshots: readonly string[];
}

/** @throws Interrupted when `cleanup` was closed before the end */
export async function perform({ server, live, json }: DemoArguments, cleanup: Cleanup): Promise<Outcome> {
  const started = performance.now();
  const transcript = new Transcript(json ? process.stderr : process.stdout);
  const checks = new Checks();
  transcript.title(
    live ? 'Nightlatch: two people who are both there' : 'Nightlatch: letters to someone who is away',
    `A throw-away ${server} on 127.0.0.1 with a test certificate, two accounts, two programs in plain Node.`,
  );
  const programme: Programme = { stage: undefined, messages: [] };
  try {
    programme.stage = await openStage({ server, transcript, checks, cleanup });
    programme.messages = await (live ? playLive : play)(programme.stage);
  } catch (error) {
    // What broke because everything is being ended is no news.
    if (cleanup.isClosed) throw new Interrupted();
    reportFailure(error, programme.stage, checks);
  }
  await cleanup.close();
  if (programme.stage !== undefined) proveClean(programme.stage);
  const durationMs = Math.round(performance.now() - started);
  const screenshots = programme.stage?.windows?.files ?? [];
  transcript.table(checks.all);
  transcript.ending(endingOf(checks, durationMs, screenshots));
  return { ok: checks.allHold, server, durationMs, messages: programme.messages, checks: checks.all, screenshots };
}

interface Programme {
  stage: Stage | undefined;
  messages: readonly Message[];
}

/** The whole error, with the programs' logs, goes to standard error; the table gets its first line. */
function reportFailure(error: unknown, stage: Stage | undefined, checks: Checks): void {
  const message = error instanceof Error ? error.message : String(error);
  checks.add('The play went on to its end', false, message.split('\n', 1).join(''));
  process.stderr.write(`\n${error instanceof Error ? error.stack : message}\n`);
  if (stage === undefined) return;
  for (const trouble of [stage.publisher, stage.sender].flatMap(troublesOf)) process.stderr.write(`${trouble}\n`);
}

function endingOf(checks: Checks, durationMs: number, screenshots: readonly string[]): string {
  const failed = checks.all.filter(({ ok }) => !ok).length;
  const result =
    failed === 0 ? `All ${checks.all.length} checks hold` : `${failed} of ${checks.all.length} checks failed`;
  const pictures =
    screenshots.length === 0 ? '' : ` ${count(screenshots.length, 'picture')} of the windows in demo-output/.`;
  return `${result}, after ${seconds(durationMs)}.${pictures}`;
}
