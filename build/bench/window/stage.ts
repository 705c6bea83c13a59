/** One Chromium with everything that is looked at in it: our window over a real host and over fixtures, and Converse.js. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startHost, type HeadlessClient } from '../../../test/support/headless-client.ts';
import type { TestServer } from '../../../test/support/servers/test-server.ts';
import { launchChromium } from '../../../test/support/window-browser.ts';
import { startGallery, type Gallery } from '../../../test/support/window-gallery.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import type { Figures } from '../bench-case.ts';
import { serveConverse, startWebServer } from './converse.ts';
import { ConversePerson } from './converse-person.ts';
import { layDown } from './kept-conversations.ts';
import type { StaticServer } from './static-server.ts';
import { visit, type Visit } from './visit.ts';

/** Conversations of these lengths wait for both. */
export const LENGTHS = [5_000, 10_000, 50_000] as const;
export type Length = (typeof LENGTHS)[number];
const PASSWORD = 'secret';
/** Names of one length, so that both windows are sent the same. `later` is signed in when messages wait for it. */
export const ACCOUNTS = { ours: 'alice', theirs: 'plain', theirsLater: 'later' } as const;
/** Of each there is one message, and in each round another one has written. */
export const WRITERS = ['bob1', 'bob2', 'bob3'].map((name) => parseBareJid(`${name}@example.org`));

export interface Stage {
  readonly server: TestServer;
  readonly browser: Browser;
  readonly gallery: Gallery;
  readonly converse: StaticServer;
  /** With the conversations of `LENGTHS`. */
  readonly person: ConversePerson;
  /** Nobody has ever signed in there. */
  readonly fresh: HeadlessClient;
  /** Signed in, with the conversations of `LENGTHS` and `WRITERS`. */
  readonly alice: HeadlessClient;
  close(): Promise<void>;
}

export function addressOf(length: Length): string {
  return `of${length}@example.org`;
}

/** What was begun ends in the reverse order, also where a later beginning fails. */
export async function setStage(): Promise<Stage> {
  const endings: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const end of endings.splice(0).reverse()) await Promise.resolve(end()).catch(() => undefined);
  };
  try {
    return { ...(await begin(endings)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function begin(endings: (() => unknown)[]): Promise<Omit<Stage, 'close'>> {
  const folder = await mkdtemp(join(tmpdir(), 'nightlatch-bench-window-'));
  endings.push(() => rm(folder, { recursive: true }));
  const { server, webSocket } = await startWebServer();
  endings.push(() => server.stop());
  for (const name of Object.values(ACCOUNTS)) await server.addUser(name, PASSWORD);
  const gallery = await startGallery();
  endings.push(() => gallery.close());
  const converse = await serveConverse(webSocket, [ACCOUNTS.theirs, ACCOUNTS.theirsLater], PASSWORD);
  endings.push(() => converse.close());
  const browser = await launchChromium();
  endings.push(() => browser.close());
  const fresh = await startHost({ profile: join(folder, 'fresh'), server, browser: true });
  endings.push(() => fresh.quit());
  const alice = await startReader(join(folder, 'alice'), server);
  endings.push(() => alice.quit());
  const person = await ConversePerson.arrive(browser, converse.origin, ACCOUNTS.theirs);
  for (const length of LENGTHS) await person.lay(addressOf(length), length);
  return { server, browser, gallery, converse, person, fresh, alice };
}

/** A profile begins with a first sign-in; only then has it somebody whose messages it may keep. */
async function startReader(profile: string, server: TestServer): Promise<HeadlessClient> {
  const credentials = { address: `${ACCOUNTS.ours}@example.org`, password: PASSWORD };
  const first = await startHost({ profile, server });
  await first.call('account.signIn', credentials);
  await first.call('settings.change', { isSetUp: true });
  await first.quit();
  const long = LENGTHS.map((length) => [addressOf(length), length] as const);
  await layDown(profile, new Map([...long, ...WRITERS.map((writer) => [writer, 1] as const)]));
  const alice = await startHost({ profile, server, browser: true });
  await alice.call('account.signIn', credentials);
  return alice;
}

/** A page in a context of its own, which goes with it. */
export async function within(browser: Browser, run: (seen: Visit) => Promise<Figures>): Promise<Figures> {
  return closing(await visit(browser), run);
}

export async function closing(seen: Visit, run: (seen: Visit) => Promise<Figures>): Promise<Figures> {
  try {
    return await run(seen);
  } finally {
    await seen.close();
  }
}
