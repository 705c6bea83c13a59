/** The window in a real Chromium over the real headless host and a real server: issue 2, as a person sees it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../preload/contract.ts';
import { startHost, type HeadlessClient } from '../support/headless-client.ts';
import { startProsody } from '../support/servers/prosody.ts';
import type { TestServer } from '../support/servers/test-server.ts';
import { answerFirstRun } from '../support/two-people.ts';
import { HAS_CHROMIUM, launchChromium, noteComplaints } from '../support/window-browser.ts';

const ALICE = 'alice@example.org';
const BOB = 'bob@example.org';
const MALLORY = 'mallory@example.org';

describe.skipIf(!HAS_CHROMIUM)('the window over the headless host', () => {
  let folder: string;
  let server: TestServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let alice: HeadlessClient;
  let bob: HeadlessClient;
  const complaints: string[] = [];
  const foreignRequests: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightlatch-window-'));
    [server, browser] = await Promise.all([startProsody(), launchChromium()]);
    for (const name of ['alice', 'bob', 'mallory']) await server.addUser(name, `${name}-password`);
    [alice, bob] = await Promise.all([
      startHost({ profile: join(folder, 'alice'), server, browser: true }),
      startHost({ profile: join(folder, 'bob'), server }),
    ]);
    await bob.call('account.signIn', { address: BOB, password: 'bob-password' });
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    noteComplaints(page, complaints);
    const origin = new URL(alice.address ?? '').origin;
    page.on('request', (request) => {
      if (!request.url().startsWith(origin)) foreignRequests.push(request.url());
    });
    await page.goto(alice.address ?? '');
  });
  afterAll(async () => {
    await Promise.allSettled([alice.quit(), bob.quit(), browser.close()]);
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const row = (address: string) => page.locator(`[data-address="${address}"]`);
  const composer = () => page.getByRole('textbox', { name: /^Message to/ });
  const bubble = (text: string) => page.locator('li[data-message]').filter({ hasText: text });

  /** Resolves when the server has it: Alice's return would otherwise change how it goes. */
  async function bobSends(text: string): Promise<void> {
    const { id } = await bob.call('messages.send', { to: ALICE, text });
    const isSent = (messages: readonly Message[]) => messages.some((each) => each.id === id && each.state === 'sent');
    await bob.waitUntil('messages.list', { with: ALICE }, isSent);
  }

  it('S-161 keeps its token out of the address and of the history, and works on after a reload', async () => {
    const token = new URL(alice.address ?? '').hash.slice(1);
    expect(token).toHaveLength(64);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(page.url()).not.toContain(token);
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(page.url()).not.toContain(token);
  });

  it('says under the field that the password is wrong, keeps what was typed, and then signs in', async () => {
    await page.getByLabel('Address').fill(ALICE);
    await page.getByLabel('Password', { exact: true }).fill('not-the-password');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('alert').first().textContent()).toContain('Address or password is wrong.');
    expect(await page.getByLabel('Address').inputValue()).toBe(ALICE);
    await page.getByLabel('Password', { exact: true }).fill('alice-password');
    await page.keyboard.press('Enter');
    await answerFirstRun(page);
    await page.locator('[data-status=S2]', { hasText: 'Backup key ready until' }).waitFor();
  });

  it('adds a contact, and shows that they are here', async () => {
    await page.getByRole('button', { name: 'Add a contact' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add a contact' });
    await dialog.getByLabel('Address').fill(BOB);
    await dialog.getByLabel('Name').fill('Bob');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await bob.waitFor('contacts.changed', (change) => change.address === ALICE && !('removed' in change));
    await bob.call('contacts.accept', { address: ALICE });
    await bob.waitUntil('contacts.list', {}, (list) => list.some((contact) => contact.subscription === 'both'));
    await row(BOB).waitFor();
    await row(BOB).locator('[data-presence=here]').waitFor();
  });

  it('sends to one who is away, and says until when it can be opened', async () => {
    await bob.call('leaving.leaveNow', {});
    await page.locator('.state[data-state=C3]', { hasText: 'Away. Can receive encrypted messages until' }).waitFor();
    await composer().fill('The contract is signed.');
    await page.keyboard.press('Enter');
    await bubble('The contract is signed.').locator('[data-badge=O2]', { hasText: 'Can be opened until' }).waitFor();
    expect(await bubble('The contract is signed.').textContent()).toContain('Sent');
    await bob.call('leaving.comeBack', {});
    const [received] = await bob.waitUntil('messages.list', { with: ALICE }, (messages) => messages.length === 1);
    expect(received).toMatchObject({ text: 'The contract is signed.', badge: 'I4' });
  });

  it('leaves by its button, comes back, and shows what came meanwhile with the window of its key', async () => {
    await page.locator('[data-status]').click();
    await page.getByRole('button', { name: 'Leave now' }).click();
    await page.locator('[data-status=S4]', { hasText: 'Ready to leave.' }).waitFor();
    await bob.waitUntil('contacts.list', {}, (list) => list.some((contact) => contact.state === 'C3'));
    for (const number of [1, 2, 3]) await bobSends(`letter ${number}`);
    await page.getByRole('button', { name: 'Come back' }).click();
    await bubble('letter 3').locator('[data-badge=I4]').waitFor();
    await page.getByText('3 messages: 3 opened.').first().waitFor();
    // The receipt came inside the session of these letters: one for it alone is not made (protocol.md 6.3).
    await bubble('The contract is signed.').locator('[data-badge=O2]', { hasText: 'Delivered' }).waitFor();
    const texts = await page.locator('li[data-message] p[dir]').allTextContents();
    expect(texts).toEqual(['The contract is signed.', 'letter 1', 'letter 2', 'letter 3']);
    await bubble('letter 1').locator('[data-badge=I4]').click();
    const details = page.getByRole('complementary');
    await details.getByText('Key withdrawn').waitFor();
    for (const part of ['Key made', 'Message written', 'What was checked', 'What was not checked']) {
      expect(await details.getByText(part, { exact: false }).count(), part).toBeGreaterThan(0);
    }
    await page.keyboard.press('Escape');
    expect(await details.count()).toBe(0);
  });

  it('S-140 shows hostile text from the other side as text', async () => {
    const hostile = '<img src=x onerror="document.title=\'owned\'"> \u202egpj.exe';
    await page.locator('[data-status]').click();
    await page.getByRole('button', { name: 'Leave now' }).click();
    await page.locator('[data-status=S4]').waitFor();
    await bob.waitUntil('contacts.list', {}, (list) => list.some((contact) => contact.state === 'C3'));
    await bobSends(hostile);
    await page.getByRole('button', { name: 'Come back' }).click();
    await bubble('<img src=x').waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await bubble('<img src=x').locator('.mark').textContent()).toBe('U+202E');
    expect(await page.title()).not.toContain('owned');
  });

  it('verifies a code and shows it afterwards', async () => {
    await page.getByRole('button', { name: 'Details of Bob' }).click();
    const panel = page.getByRole('complementary');
    await panel.getByRole('button', { name: 'Compare codes' }).click();
    const own = await bob.call('keys.own', {});
    expect((await panel.locator('ol').first().innerText()).split(/\s+/)).toEqual(own.safetyCode.split(' '));
    // The spoken code of a live session, if there is one, stands above it.
    await panel.getByRole('button', { name: 'It matches' }).last().click();
    await panel.getByText(/^Verified/).waitFor();
  });

  it('shows of a stranger the address alone, and lets them in or keeps them out', async () => {
    const mallory = await startHost({ profile: join(folder, 'mallory'), server });
    await mallory.call('account.signIn', { address: MALLORY, password: 'mallory-password' });
    await mallory.call('contacts.add', { address: ALICE });
    const request = page.getByRole('listitem', { name: MALLORY });
    await request.waitFor();
    expect(await request.innerText()).toContain(`${MALLORY} wants to be your contact.`);
    await request.getByRole('button', { name: 'Block' }).click();
    await request.waitFor({ state: 'detached' });
    const contacts = await alice.call('contacts.list', {});
    expect(contacts.find((contact) => contact.address === MALLORY)?.subscription ?? 'none').toBe('none');
    await mallory.quit();
  });

  it('goes on where it was after a reload: the host is signed in, the page only shows it', async () => {
    await page.reload();
    await row(BOB).click();
    await bubble('letter 3').waitFor();
  });

  it('says that the program has stopped when it has', async () => {
    expect(complaints).toEqual([]);
    expect(foreignRequests).toEqual([]);
    await alice.quit();
    await page.getByRole('heading', { name: 'The program behind this window has stopped.' }).waitFor();
  });
});
