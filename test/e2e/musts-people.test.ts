/** ux.md 1, the Musts about people, keys and finding, each shown in the window over real hosts and a real server. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHost, type HeadlessClient } from '../support/headless-client.ts';
import { ALICE, answerFirstRun, BOB, passwordOf, TwoPeople } from '../support/two-people.ts';
import { HAS_CHROMIUM } from '../support/window-browser.ts';

const MALLORY = 'mallory@example.org';

describe.skipIf(!HAS_CHROMIUM)('the Musts of people and keys', () => {
  let people: TwoPeople;
  let mallory: HeadlessClient;
  const page = () => people.page;
  const details = () => page().getByRole('complementary');

  beforeAll(async () => {
    people = await TwoPeople.meet(['alice', 'bob', 'mallory']);
    mallory = await startHost({ profile: join(people.folder, 'mallory'), server: people.server });
    await mallory.call('account.signIn', { address: MALLORY, password: passwordOf('mallory') });
    await people.bob.call('account.signIn', { address: BOB, password: passwordOf('bob') });
  });
  afterAll(async () => {
    await mallory.quit().catch(() => undefined);
    await people.part();
  });
  beforeEach(() => {
    people.explainFailure();
  });

  it('M1 signs in with an address and a password; a wrong one is said under its field, and nothing typed is lost', async () => {
    await people.signIn('not-the-password');
    await page().getByText('Address or password is wrong.').waitFor();
    expect(await page().getByLabel('Address').inputValue()).toBe(ALICE);
    expect(await page().getByLabel('Password', { exact: true }).inputValue()).toBe('not-the-password');
    expect(await page().getByLabel('Password', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    await people.signIn();
    await answerFirstRun(page());
    await page().locator('[data-status]').waitFor();
  });

  it('M2 shows of a stranger the address and no text until accepted; adds, accepts, blocks and removes', async () => {
    await mallory.call('contacts.add', { address: ALICE });
    const request = page().getByRole('listitem', { name: MALLORY });
    await request.waitFor();
    expect((await request.innerText()).split('\n')[0]).toBe(`${MALLORY} wants to be your contact.`);
    expect(await people.row(MALLORY).count()).toBe(0);
    await request.getByRole('button', { name: 'Accept' }).click();
    await people.row(MALLORY).waitFor();
    await people.row(MALLORY).click();
    await page().keyboard.press('Control+i');
    await details().getByRole('button', { name: 'Block' }).click();
    await details().getByText(`Block ${MALLORY}? Nothing from this address will reach you.`).waitFor();
    await details().getByRole('button', { name: 'Block' }).click();
    await details().getByRole('button', { name: 'Unblock' }).waitFor();
    await details().getByRole('button', { name: 'Remove contact' }).click();
    await details().getByRole('button', { name: 'Remove contact' }).click();
    await people.alice.waitUntil('contacts.list', {}, (list) => !list.some(({ address }) => address === MALLORY));

    await page().keyboard.press('Control+n');
    const dialog = page().getByRole('dialog', { name: 'Add a contact' });
    await dialog.getByLabel('Address').fill(BOB);
    await dialog.getByLabel('Name').fill('Bob');
    await page().keyboard.press('Enter');
    await people.bob.waitFor('contacts.changed', (change) => change.address === ALICE && !('removed' in change));
    await people.bob.call('contacts.accept', { address: ALICE });
    await people.row(BOB).locator('[data-presence=here]').waitFor();
    await people.bob.waitUntil('contacts.list', {}, (list) => list.some(({ subscription }) => subscription === 'both'));
  });

  it('M12 finds text inside the conversation by keyboard, goes there, and says when there is nothing', async () => {
    await people.aliceLeaves();
    for (const text of ['The hinge is broken.', 'Bring the long ladder.', 'A new hinge is in the drawer.']) {
      await people.bobSends(text);
    }
    await people.aliceComesBack();
    await people.bubble('A new hinge').waitFor();
    await page().keyboard.press('Escape');
    await page().keyboard.press('Control+f');
    await page().keyboard.type('hinge');
    await page().getByText('1 of 2').waitFor();
    expect(await page().locator('li.found').innerText()).toContain('A new hinge is in the drawer.');
    await page().keyboard.press('Enter');
    await page().getByText('2 of 2').waitFor();
    expect(await page().locator('li.found').innerText()).toContain('The hinge is broken.');
    await page().keyboard.press('Control+a');
    await page().keyboard.type('submarine');
    await page().getByText('Nothing found for “submarine” in this conversation.').waitFor();
    await page().keyboard.press('Escape');
    await page().keyboard.press('Control+Shift+F');
    await page().keyboard.type('ladder');
    await details().getByText('1 message found').waitFor();
    await details()
      .getByRole('button', { name: /ladder/ })
      .click();
    await page().locator('li.found', { hasText: 'Bring the long ladder.' }).waitFor();
    await page().keyboard.press('Escape');
    await page().keyboard.press('Escape');
  });

  it('M10 compares the safety code, and calls it verified once that is read back', async () => {
    await page().keyboard.press('Control+Shift+V');
    const own = await people.bob.call('keys.own', {});
    expect((await details().locator('ol').first().innerText()).split(/\s+/)).toEqual(own.safetyCode.split(' '));
    // The spoken code of a live session, if there is one, stands above it.
    await details().getByRole('button', { name: 'It matches' }).last().click();
    await details()
      .getByText(/^Verified/)
      .waitFor();
    await people.alice.waitUntil('keys.of', { address: BOB }, ([key]) => key?.trust === 'verified');
    await page().keyboard.press('Escape');
  });

  it('M10 stops at a changed key, hides the text, and each of the three ways on leaves a working state', async () => {
    await people.aliceLeaves();
    await people.bob.quit();
    await rm(join(people.folder, 'bob'), { recursive: true });
    people.bob = await startHost({ profile: join(people.folder, 'bob'), server: people.server });
    await people.bob.call('account.signIn', { address: BOB, password: passwordOf('bob') });
    await people.bob.waitUntil('contacts.list', {}, (list) =>
      list.some(({ state }) => state === 'C3' || state === 'C4'),
    );
    await people.bobSends('From my new computer.');
    await people.aliceComesBack();
    await people.header('C8').waitFor();
    const letter = page().locator('[data-badge=I7]').first();
    await letter.waitFor();
    expect(await page().locator('main').innerText()).not.toContain('From my new computer.');
    expect(await people.composer().isDisabled()).toBe(true);
    await page().getByRole('button', { name: 'Not now' }).click();
    await page().getByRole('button', { name: 'Decide…' }).click();
    await page().getByRole('button', { name: 'Compare codes' }).last().click();
    const own = await people.bob.call('keys.own', {});
    await details()
      .getByText(own.safetyCode.split(' ')[0] ?? '')
      .first()
      .waitFor();
    await page().keyboard.press('Escape');
    await page().getByRole('button', { name: 'Use the new code without comparing' }).click();
    await people.bubble('From my new computer.').waitFor();
    await expect.poll(() => people.composer().isEnabled()).toBe(true);
    await people.alice.waitUntil('contacts.list', {}, (list) =>
      list.some(({ address, key }) => address === BOB && key?.trust === 'unverified'),
    );
  });

  it('M18 shows a report to read and to copy, in which there is no address, text, code or password', async () => {
    await page().keyboard.press('Control+,');
    const settings = page().getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('button', { name: 'Help' }).click();
    await settings.getByRole('button', { name: 'Show the report' }).click();
    const report = await settings.locator('pre').innerText();
    expect(report).toContain('account online');
    const { fingerprint, safetyCode } = await people.alice.call('keys.own', {});
    const secrets = [
      'alice',
      'bob',
      'mallory',
      'example.org',
      'hinge',
      'ladder',
      fingerprint,
      ...safetyCode.split(' '),
    ];
    for (const secret of secrets) expect(report.toLowerCase(), secret).not.toContain(secret);
    await settings.getByRole('button', { name: 'Copy' }).click();
    await settings.getByRole('button', { name: 'Copied' }).waitFor();
    await page().keyboard.press('Escape');
    // Closed is one thing; the page has taken note of it when the element is gone.
    await page().locator('dialog').waitFor({ state: 'detached' });
  });

  it('M6 changes who may write and for how long, at once, and keeps the looks over a restart of the program', async () => {
    await page().keyboard.press('Control+,');
    const settings = page().getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('button', { name: 'When I am away' }).click();
    await settings.getByRole('radio', { name: '7 days' }).first().check();
    await people.alice.waitUntil('leaving.state', {}, ({ policy }) => policy.awayKeyDays === 7);
    await settings.getByRole('button', { name: 'Appearance' }).click();
    await settings.getByRole('radio', { name: 'Dark' }).check();
    await people.alice.waitUntil('settings.state', {}, ({ theme }) => theme === 'dark');
    await page().keyboard.press('Escape');
    await people.alice.quit();
    people.alice = await startHost({ ...people.alice.options });
    await page().goto(people.alice.address ?? '');
    await expect.poll(() => page().evaluate('document.documentElement.dataset.theme')).toBe('dark');
  });

  it('S-061 uses the key of another computer under its passphrase; S-143 hands out none to a page', async () => {
    const passphrase = 'correct horse battery';
    const [own, theirs] = [await people.alice.call('keys.own', {}), await mallory.call('keys.own', {})];
    const { text } = await mallory.call('keys.export', { passphrase });
    await page().getByRole('button', { name: 'My address and safety code' }).click();
    await details().getByText('can be made in the desktop program only').waitFor();
    await details().getByRole('button', { name: 'Use a copy…' }).click();
    await details().getByLabel('The copy').fill(text);
    await details().getByLabel('Passphrase').fill('another one');
    await details().getByRole('button', { name: 'Use this key' }).click();
    await details().getByText('This passphrase does not open the copy. Nothing was changed.').waitFor();
    expect(await people.alice.call('keys.own', {})).toEqual(own);
    await details().getByLabel('Passphrase').fill(passphrase);
    await details().getByRole('button', { name: 'Use this key' }).click();
    await details().getByText('This key is used now.').waitFor();
    expect(await people.alice.call('keys.own', {})).toEqual(theirs);
    expect((await details().locator('ol').first().innerText()).split(/\s+/)).toEqual(theirs.safetyCode.split(' '));
  });

  it('complained about nothing in all of this but the host that was stopped', () => {
    expect(people.complaints.filter((complaint) => !complaint.includes('WebSocket'))).toEqual([]);
  });
});
