/** Where the play takes place: a throw-away server, two people, a folder, and perhaps a browser. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBareClient } from '../../test/support/bare-client.ts';
import type { BareClient } from '../../test/support/bare-client.ts';
import { atExit } from '../../test/support/servers/at-exit.ts';
import { startEjabberd } from '../../test/support/servers/ejabberd.ts';
import { startProsody } from '../../test/support/servers/prosody.ts';
import type { TestServer } from '../../test/support/servers/test-server.ts';
import type { DemoArguments } from './arguments.ts';
import type { Checks } from './checks.ts';
import type { Cleanup } from './cleanup.ts';
import { Person } from './person.ts';
import type { Transcript } from './transcript.ts';
import { openWindows } from './windows.ts';
import type { Windows } from './windows.ts';

export interface Stage {
  readonly server: TestServer;
  /** Who goes away and receives: Alice. */
  readonly publisher: Person;
  /** Who stays and writes: Bob. */
  readonly sender: Person;
  /** Undefined where no Chromium is installed. */
  readonly windows: Windows | undefined;
  readonly folder: string;
  readonly transcript: Transcript;
  readonly checks: Checks;
  readonly cleanup: Cleanup;
}

export interface StageParts extends Pick<Stage, 'transcript' | 'checks' | 'cleanup'> {
  readonly server: DemoArguments['server'];
}

const PASSWORDS = { alice: 'a lantern', bob: 'a rope' } as const;

export async function openStage(parts: StageParts): Promise<Stage> {
  const { cleanup, transcript } = parts;
  const folder = await cleanup.own(makeFolder, (made) => made.remove());
  const [windows, server] = await Promise.all([
    openWindows(cleanup),
    cleanup.own(
      () => (parts.server === 'prosody' ? startProsody() : startEjabberd()),
      (started) => started.stop(),
    ),
  ]);
  if (windows === undefined) transcript.note('No Chromium was found, so there will be no pictures of the windows.');
  for (const [user, password] of Object.entries(PASSWORDS)) await server.addUser(user, password);
  const person = (name: string, user: keyof typeof PASSWORDS): Person =>
    new Person({
      name,
      address: `${user}@${server.domain}`,
      password: PASSWORDS[user],
      options: { profile: join(folder.path, user), server, browser: windows !== undefined },
      cleanup,
    });
  return {
    server,
    publisher: person('Alice', 'alice'),
    sender: person('Bob', 'bob'),
    windows,
    folder: folder.path,
    transcript,
    checks: parts.checks,
    cleanup,
  };
}

/** A client that asks the server as Bob's account, past his program: what the server itself answers. */
export function askAsSender({ cleanup, server }: Stage): Promise<BareClient> {
  return cleanup.own(
    () => connectBareClient(server, 'bob', { password: PASSWORDS.bob, resource: 'asking' }),
    (client) => client.close(),
  );
}

interface Folder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Everything temporary that is made from now on, by the server and the browser too, lies in it and goes with it. */
async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'nightlatch-demo-'));
  process.env['TMPDIR'] = path;
  const forget = atExit(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      forget();
    },
  };
}
