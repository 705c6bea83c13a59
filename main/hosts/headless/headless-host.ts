/** The main process without a desktop, from its arguments to its exit code. What it is made of comes as a parameter. */
import { certificateFingerprints } from '../../crypto/certificate.ts';
import type { ModpEngine } from '../../crypto/modp.ts';
import type { RandomSource } from '../../crypto/random.ts';
import type { LinkFactory } from '../../protocol/xmpp/link.ts';
import { createDispatch, type Dispatch } from '../dispatch.ts';
import { HostClock } from '../host-clock.ts';
import { createHostLog, type HostLog } from '../host-log.ts';
import type { ComposeMessenger, Messenger } from '../messenger.ts';
import type { ProgramFiles } from '../program-files.ts';
import type { Settings } from '../settings.ts';
import { readArguments, type HeadlessArguments } from './arguments.ts';
import { explainStart } from './explain-start.ts';
import { createLinkFreezer } from './freezable-link.ts';
import { createHostDispatch, exceptWhileFrozen, type HostDispatch } from './host-commands.ts';
import { openOutlets, type HeadlessStreams, type Outlets } from './outlets.ts';
import { openProfile, type OpenProfile } from './profile.ts';
import { quitMessenger } from './quit.ts';
import { QuitRequest, type SignalSource } from './quit-request.ts';
import { Sleep } from './sleep.ts';

export interface HeadlessParts extends HeadlessStreams {
  readonly signals: SignalSource;
  readonly random: RandomSource;
  readonly files: ProgramFiles;
  readonly createLink: LinkFactory;
  readonly compose: ComposeMessenger;
  startModpEngine(worker: URL): ModpEngine;
  openSettings(directory: string): Settings;
}

/** Everything that lives from the start to the quit. */
interface Run {
  readonly given: HeadlessArguments;
  readonly profile: OpenProfile;
  readonly parts: HeadlessParts;
  readonly quit: QuitRequest;
  readonly log: HostLog;
}

/** @returns the exit code (docs/contract.md), once there is nothing left to wait for. Never rejects. */
export async function startHeadless(argv: readonly string[], parts: HeadlessParts): Promise<number> {
  const log = createHostLog((line) => void parts.errors.write(line));
  const quit = new QuitRequest(parts.signals);
  try {
    await Promise.race([runProfile(argv, parts, quit, log), quit.forced]);
    return 0;
  } catch (error) {
    return explainStart(error, parts.errors, log);
  } finally {
    quit.dispose();
  }
}

async function runProfile(
  argv: readonly string[],
  parts: HeadlessParts,
  quit: QuitRequest,
  log: HostLog,
): Promise<void> {
  const given = readArguments(argv);
  const profile = await openProfile(given.profile, given.passphraseFile, parts.random);
  try {
    if (!profile.protector.protects) parts.errors.write(UNPROTECTED);
    for (const print of given.ca === undefined ? [] : certificateFingerprints(given.ca)) {
      parts.errors.write(`nightlatch: one more authority may vouch for servers, SHA-256 ${print}\n`);
    }
    await runMessenger({ given, profile, parts, quit, log });
  } finally {
    profile.release();
  }
}

async function runMessenger(run: Run): Promise<void> {
  const clock = new HostClock();
  const links = createLinkFreezer();
  const modp = run.parts.startModpEngine(run.parts.files.modpWorker);
  try {
    const messenger = await composeOver(run, clock, modp, links.wrap(run.parts.createLink));
    const sleep = new Sleep({ messenger, clock, links, setTimer, log: run.log });
    await serveUntilQuit(run, messenger, clock, sleep);
  } finally {
    modp.close();
  }
}

function composeOver(run: Run, clock: HostClock, modp: ModpEngine, createLink: LinkFactory): Promise<Messenger> {
  const { given, parts } = run;
  return parts.compose({
    directory: given.profile,
    protector: run.profile.protector,
    mayKeepOfflineKeys: true, // docs/contract.md: away keys work here whatever protects them
    clock,
    timers: clock,
    random: parts.random,
    createLink,
    modp,
    searchWorker: parts.files.searchWorker,
    linkSettings: {
      ...(given.server === undefined ? {} : { server: given.server }),
      ...(given.ca === undefined ? {} : { ca: given.ca }),
    },
    settings: parts.openSettings(given.profile),
  });
}

async function serveUntilQuit(run: Run, messenger: Messenger, clock: HostClock, sleep: Sleep): Promise<void> {
  const { quit, log } = run;
  const outlets = await openOutletsOver(run, messenger, clock, sleep).catch(async (error: unknown) => {
    await messenger.close();
    throw error;
  });
  const unsubscribe = messenger.on((event, payload) => outlets.announce(event, payload));
  log('started');
  await quit.asked;
  await quitMessenger({ messenger, setTimer, log }, shortly(outlets.settled()));
  unsubscribe();
  outlets.close();
}

function openOutletsOver(run: Run, messenger: Messenger, clock: HostClock, sleep: Sleep): Promise<Outlets> {
  const report = (command: string, error: unknown): void => run.log('command-failed', { command, error });
  const dispatch: Dispatch = exceptWhileFrozen(createDispatch(messenger.api, report), sleep);
  const commands: HostDispatch = createHostDispatch({
    messenger: dispatch,
    sleep,
    setClockOffset: (ms, elapsed) => clock.setOffset(ms, elapsed),
    quit: () => run.quit.ask(),
    report,
  });
  return openOutlets(run.given, {
    streams: run.parts,
    random: run.parts.random,
    renderer: run.parts.files.renderer,
    commands,
    dispatch,
    elapsedMs: () => performance.now(),
    inputEnded: () => run.quit.ask(),
    log: run.log,
  });
}

/** What was asked just before the end of input is answered, if that is quick. */
const LAST_ANSWERS_MS = 500;

function shortly(work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = setTimer(LAST_ANSWERS_MS, resolve);
    void work.then(() => {
      cancel();
      resolve();
    });
  });
}

function setTimer(delayMs: number, run: () => void): () => void {
  const handle = setTimeout(run, delayMs);
  return () => clearTimeout(handle);
}

const UNPROTECTED =
  "nightlatch: no passphrase file: the profile's keys are sealed with a passphrase that lies in the profile, which " +
  'protects nothing against whoever can read the profile.\n';
