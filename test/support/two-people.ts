/** Alice in a real window over a real host, Bob in a host without one, on one real server: what the Musts are shown on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { onTestFailed } from 'vitest';
import type { Contact, Message } from '../../preload/contract.ts';
import { startHost, type HeadlessClient, type HostOptions } from './headless-client.ts';
import { startProsody } from './servers/prosody.ts';
import type { TestServer } from './servers/test-server.ts';
import { launchChromium, noteComplaints } from './window-browser.ts';

export const ALICE = 'alice@example.org';
export const BOB = 'bob@example.org';
export const passwordOf = (name: string): string => `${name}-password`;

/** As a person's window is by default (ux.md 3.2). */
const WINDOW: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' };
/** What the walk looks like: artefacts of the test run. */
const PICTURES = join(import.meta.dirname, '../../test-output/walk');

/** What else the host of one of them is started with; `folder` is there until they part. */
export type MoreOptions = (name: string, folder: string, server: TestServer) => Promise<Partial<HostOptions>>;

const none: MoreOptions = () => Promise.resolve({});

export class TwoPeople {
  readonly server: TestServer;
  readonly folder: string;
  readonly browser: Browser;
  readonly page: Page;
  readonly complaints: string[] = [];
  /** Origins that the window asked anything of. */
  readonly origins = new Set<string>();
  alice: HeadlessClient;
  bob: HeadlessClient;

  private constructor(parts: Pick<TwoPeople, 'server' | 'folder' | 'browser' | 'page' | 'alice' | 'bob'>) {
    Object.assign(this, parts);
    this.server = parts.server;
    this.folder = parts.folder;
    this.browser = parts.browser;
    this.page = parts.page;
    this.alice = parts.alice;
    this.bob = parts.bob;
    noteComplaints(this.page, this.complaints);
    this.page.on('request', (request) => this.origins.add(new URL(request.url()).origin));
    this.page.on('websocket', (socket) => this.origins.add(new URL(socket.url()).origin));
  }

  /** Nobody is signed in yet; Alice's window shows the form. */
  static async meet(names: readonly string[] = ['alice', 'bob'], more: MoreOptions = none): Promise<TwoPeople> {
    const folder = await mkdtemp(join(tmpdir(), 'nightlatch-musts-'));
    const [server, browser] = await Promise.all([startProsody(), launchChromium()]);
    for (const name of names) await server.addUser(name, passwordOf(name));
    const [ofAlice, ofBob] = [await more('alice', folder, server), await more('bob', folder, server)];
    const [alice, bob] = await Promise.all([
      startHost({ profile: join(folder, 'alice'), server, browser: true, ...ofAlice }),
      startHost({ profile: join(folder, 'bob'), server, ...ofBob }),
    ]);
    const page = await (await browser.newContext(WINDOW)).newPage();
    const people = new TwoPeople({ server, folder, browser, page, alice, bob });
    await page.goto(alice.address ?? '');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    return people;
  }

  /** Both signed in, each the other's contact, the questions of the first run answered. */
  async becomeContacts(): Promise<void> {
    const { alice, bob } = this;
    await this.bob.call('account.signIn', { address: BOB, password: passwordOf('bob') });
    await this.signIn();
    await answerFirstRun(this.page);
    await alice.call('contacts.add', { address: BOB, name: 'Bob' });
    await bob.waitFor('contacts.changed', (change) => change.address === ALICE && !('removed' in change));
    await bob.call('contacts.accept', { address: ALICE });
    await Promise.all([alice, bob].map((host) => host.waitUntil('contacts.list', {}, (list) => list.some(isMutual))));
    await this.row(BOB).waitFor();
  }

  /** By mouse and by the form, as Alice. */
  async signIn(password = passwordOf('alice')): Promise<void> {
    await this.page.getByLabel('Address').fill(ALICE);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  row(address: string): Locator {
    return this.page.locator(`[data-address="${address}"]`);
  }

  bubble(text: string): Locator {
    return this.page.locator('li[data-message]').filter({ hasText: text });
  }

  composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Message to/ });
  }

  header(state: Contact['state']): Locator {
    return this.page.locator(`header .state[data-state=${state}]`);
  }

  async bobSees(state: Contact['state']): Promise<void> {
    await this.bob.waitUntil('contacts.list', {}, (list) => list.some((contact) => contact.state === state));
  }

  /** Resolves when the server has it: coming back would otherwise change how it goes. */
  async bobSends(text: string): Promise<Message> {
    const message = await this.bob.call('messages.send', { to: ALICE, text });
    const isSent = (list: readonly Message[]) => list.some((each) => each.id === message.id && each.state === 'sent');
    await this.bob.waitUntil('messages.list', { with: ALICE }, isSent);
    return message;
  }

  /** By the Leaving panel: the status line, then the button. */
  async aliceLeaves(): Promise<void> {
    await this.page.locator('[data-status]').click();
    await this.page.getByRole('button', { name: 'Leave now' }).click();
    await this.page.locator('[data-status=S4]', { hasText: 'Ready to leave.' }).waitFor();
    await this.bobSees('C3');
  }

  async aliceComesBack(): Promise<void> {
    await this.page.getByRole('button', { name: 'Come back' }).click();
    await this.page.locator('[data-status=S1]').waitFor();
  }

  /** What the window showed goes into the report of a test that fails. */
  explainFailure(): void {
    onTestFailed(async () => {
      console.log(await this.page.locator('body').innerText());
      console.log(this.complaints.join('\n'), this.alice.log);
    });
  }

  /** Keeps what is to be seen under test-output/walk/, for somebody to open. */
  async photograph(name: string): Promise<void> {
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
  }

  async part(): Promise<void> {
    await Promise.allSettled([this.alice.quit(), this.bob.quit(), this.browser.close()]);
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The page of the key comes first where making it takes more than a second, which is a matter of luck. */
export async function answerFirstRun(page: Page): Promise<void> {
  const onward = page.getByRole('button', { name: 'Continue', exact: true });
  const done = page.getByRole('button', { name: 'Done' });
  await onward.or(done).waitFor();
  if (await onward.isVisible()) await onward.click();
  await done.click();
}

function isMutual({ subscription }: Contact): boolean {
  return subscription === 'both';
}
