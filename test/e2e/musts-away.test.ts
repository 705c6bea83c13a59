/** ux.md 1, the Musts about being away, each shown in the window over real hosts and a real server. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../preload/contract.ts';
import { ALICE, BOB, TwoPeople } from '../support/two-people.ts';
import { HAS_CHROMIUM } from '../support/window-browser.ts';

const FIRST_KEY_MS = 10_000;
const RETURN_MS = 5_000;

describe.skipIf(!HAS_CHROMIUM)('the Musts of the time away', () => {
  let people: TwoPeople;
  const page = () => people.page;

  beforeAll(async () => {
    people = await TwoPeople.meet();
  });
  afterAll(async () => {
    await people.part();
  });
  beforeEach(() => {
    people.explainFailure();
  });

  it('M6 has the backup key published within 10 s of the first sign-in, readable by contacts', async () => {
    await people.becomeContacts();
    await page().locator('[data-status=S2]', { hasText: 'Backup key ready until' }).waitFor({ timeout: FIRST_KEY_MS });
    await page().locator('[data-status]').click();
    const panel = page().getByRole('complementary');
    await panel.getByText('Your server confirmed it').first().waitFor();
    await panel.getByText('Your contacts can leave you encrypted messages while this computer is off.').waitFor();
    await page().keyboard.press('Escape');
  });

  it('M13 is back within 5 s of waking, without a click, in the conversation that was open', async () => {
    await people.row(BOB).click();
    await people.alice.call('host.suspend', { freezeAfterMs: 0 });
    const wokeAt = performance.now();
    await people.alice.call('host.resume', {});
    await people.alice.waitUntil('account.state', {}, ({ state }) => state === 'online');
    expect(performance.now() - wokeAt).toBeLessThan(RETURN_MS);
    await page().locator('[data-status=S1], [data-status=S2]').waitFor();
    expect(await people.composer().isEnabled()).toBe(true);
  });

  it('M7 says until when before a word is typed, and writes to someone who is away, encrypted', async () => {
    await people.bob.call('leaving.leaveNow', {});
    const state = people.header('C3');
    await state.filter({ hasText: 'Away. Can receive encrypted messages until' }).waitFor();
    expect(await people.composer().inputValue()).toBe('');
    expect(await people.composer().getAttribute('placeholder')).toBe('Encrypted message to Bob');
    await people.composer().fill('The contract is signed.');
    await page().getByRole('button', { name: 'Send', exact: true }).click();
    await people.bubble('The contract').locator('[data-badge=O2]', { hasText: 'Can be opened until' }).waitFor();
    const files = await people.server.storedFiles();
    expect(files.some(({ content }) => content.includes('The contract is signed.'))).toBe(false);
  });

  it('M11 is not called sent before the server has it, and becomes delivered by the receipt alone', async () => {
    const mine = people.bubble('The contract');
    await mine.getByText('Sent').waitFor();
    expect(await mine.innerText()).not.toContain('Delivered');
    await people.bob.call('leaving.comeBack', {});
    await people.bob.waitUntil('messages.list', { with: ALICE }, (messages) => messages.length === 1);
    // The receipt comes inside Bob's next session: one for it alone is not made (protocol.md 6.3).
    await people.aliceLeaves();
    await people.bobSends('I have it.');
    await people.aliceComesBack();
    await mine.getByText('Delivered').waitFor();
  });

  it('M5 shows when the away key was published and withdrawn, and the server’s answer to each', async () => {
    await people.aliceLeaves();
    const panel = page().getByRole('complementary');
    const away = panel.locator('section').filter({ has: page().getByRole('heading', { name: 'Away key' }) });
    expect(await away.innerText()).toMatch(/Published\s+Made/);
    await away.getByText('Your server confirmed it').waitFor();
    await people.aliceComesBack();
    await away.getByText('Withdrawn').first().waitFor();
    expect(await away.innerText()).toMatch(/Withdrawn\s+today \d\d:\d\d/);
    await page().keyboard.press('Escape');
  });

  it('M8 opens what waited exactly once, in order, under one line, and sums it up in one notice and one report', async () => {
    await people.aliceLeaves();
    const texts = Array.from({ length: 40 }, (_, index) => `letter ${index + 1} of 40`);
    for (const text of texts) await people.bob.call('messages.send', { to: ALICE, text });
    const areSent = (list: readonly Message[]) =>
      list.filter(({ text, state }) => text?.includes('of 40') && state === 'sent');
    await people.bob.waitUntil('messages.list', { with: ALICE, limit: 200 }, (list) => areSent(list).length === 40);
    await people.aliceComesBack();
    await page().getByText('40 messages: 40 opened.').first().waitFor();
    await people.bubble('letter 40 of 40').waitFor();
    await people.bubble('letter 40 of 40').focus();
    await page().keyboard.press('Home');
    await page().locator('li.new', { hasText: 'New while you were away (40)' }).waitFor();
    await page().keyboard.press('End');
    const kept = await people.alice.call('messages.list', { with: BOB, limit: 200 });
    expect(kept.filter(({ text }) => text?.includes('of 40')).map(({ text }) => text)).toEqual(texts);
    await page().getByRole('list', { name: 'Notices' }).getByRole('button', { name: 'Show' }).last().click();
    const report = page().getByRole('complementary', { name: 'While you were away' });
    expect(await report.innerText()).toMatch(/You were away from .+\.\s+Away key published .+, withdrawn .+\./);
    await report.getByText('40 messages: 40 opened.').waitFor();
    await page().keyboard.press('Escape');
  });

  it('M11 holds what cannot be received, says why, and lets it go by itself when there is a way', async () => {
    await people.bob.call('leaving.setPolicy', { whoMayWrite: 'nobody' });
    await people.bob.call('leaving.leaveNow', {});
    await people.header('C6').filter({ hasText: 'Away. No key published.' }).waitFor();
    await people.composer().fill('For when you can.');
    await page().getByRole('button', { name: 'Hold until they can receive' }).click();
    const held = people.bubble('For when you can.');
    await held.locator('[data-badge=O5]', { hasText: 'Held on this computer' }).waitFor();
    await page().locator('nav').getByText('1 held').waitFor();
    await people.bob.call('leaving.setPolicy', { whoMayWrite: 'contacts' });
    await people.bob.call('leaving.comeBack', {});
    // He is here, so it goes in a live session, or in a letter where his key was read first.
    await held.locator('[data-badge=O1], [data-badge=O2], [data-badge=O3]').waitFor();
    await held.getByText(/^(Sent|Delivered)$/).waitFor();
    await people.bob.waitUntil('messages.list', { with: ALICE }, (list) =>
      list.some(({ text }) => text === 'For when you can.'),
    );
  });

  it('M13 says that the server does not answer, with something to do, and goes on when it does', async () => {
    await people.server.kill();
    await page().locator('[data-problem=E3], [data-problem=E1]').waitFor();
    await page().locator('[data-status=S8]').waitFor();
    await people.composer().fill('Written while nothing answers.');
    await page().keyboard.press('Enter');
    await people.bubble('Written while nothing answers.').waitFor();
    await people.server.restart();
    await page().getByRole('button', { name: 'Try now' }).click();
    await page().locator('[data-problem]').waitFor({ state: 'detached' });
    await page().locator('[data-status=S1], [data-status=S2]').waitFor();
  });

  it('M14 counts what is unread in the title, and stops counting it when it was seen', async () => {
    await people.bob.waitUntil('account.state', {}, ({ state }) => state === 'online');
    await page().evaluate('document.hasFocus = () => false');
    await people.aliceLeaves();
    await people.bobSends('Are you there?');
    await people.aliceComesBack();
    await expect.poll(() => page().title()).toBe('(1) Bob');
    await page().evaluate("delete document.hasFocus, window.dispatchEvent(new Event('focus'))");
    await expect.poll(() => page().title()).toBe('Bob');
  });

  it('S-142 asked nothing of anybody but its own host in all of this', () => {
    const { host } = new URL(people.alice.address ?? '');
    expect([...people.origins].sort()).toEqual([`http://${host}`, `ws://${host}`]);
  });

  it('complained about nothing in all of this', () => {
    expect(people.complaints).toEqual([]);
  });
});
