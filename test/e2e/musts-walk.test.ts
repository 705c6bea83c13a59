/** ux.md 2: the first sixty seconds, once by mouse and once by keyboard alone. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALICE, answerFirstRun, BOB, passwordOf, TwoPeople } from '../support/two-people.ts';
import { HAS_CHROMIUM } from '../support/window-browser.ts';

const MINUTE_MS = 60_000;
const MANY_PRESSES = 40;

describe.skipIf(!HAS_CHROMIUM)('the first sixty seconds (ux.md 2)', () => {
  let people: TwoPeople;
  const page = () => people.page;
  const press = (key: string) => page().keyboard.press(key);
  const focused = (expression: string) =>
    page().evaluate<string>(`String(document.activeElement?.${expression} ?? '')`);

  beforeEach(async () => {
    people = await TwoPeople.meet();
    people.explainFailure();
    // The account exists, Bob is its contact and away: as for someone who comes from another program.
    await people.bob.call('account.signIn', { address: BOB, password: passwordOf('bob') });
    await people.alice.call('account.signIn', { address: ALICE, password: passwordOf('alice') });
    await people.alice.call('contacts.add', { address: BOB, name: 'Bob' });
    await people.bob.waitFor('contacts.changed', (change) => change.address === ALICE && !('removed' in change));
    await people.bob.call('contacts.accept', { address: ALICE });
    await people.alice.waitUntil('contacts.list', {}, (list) =>
      list.some(({ subscription }) => subscription === 'both'),
    );
    await people.bob.call('leaving.leaveNow', {});
    await people.alice.call('account.signOut', {});
    await page().reload();
    await page().getByRole('heading', { name: 'Sign in' }).waitFor();
  });
  afterEach(async () => {
    expect(people.complaints).toEqual([]);
    await people.part();
  });

  /** Presses Tab until that has the focus. */
  async function tabTo(expression: string, wanted: RegExp): Promise<void> {
    for (let presses = 0; presses < MANY_PRESSES; presses += 1) {
      if (wanted.test(await focused(expression))) return;
      await press('Tab');
    }
    throw new Error(`Tab does not reach ${wanted.source}`);
  }

  it('M3 M9 M15 goes from the form to what protects a sent message, by mouse', async () => {
    const startedAt = performance.now();
    await people.photograph('1-sign-in');
    await people.signIn();
    await people.photograph('2-signing-in');
    await answerFirstRun(page());
    await people.row(BOB).locator('[data-presence=canReceive]').waitFor();
    await people.photograph('3-list');
    await people.row(BOB).click();
    await people.header('C3').waitFor();
    await people.photograph('4-away-until');
    await people.composer().fill('Good morning');
    await page().getByRole('button', { name: 'Send', exact: true }).click();
    const mine = people.bubble('Good morning');
    await mine.getByText('Sent').waitFor();
    await people.photograph('5-sent');
    await mine.locator('[data-badge=O2]').click();
    await page().getByText('What was checked').waitFor();
    await page().locator('[data-status=S1], [data-status=S2]').waitFor();
    await people.photograph('6-what-protects-it');
    expect(performance.now() - startedAt).toBeLessThan(MINUTE_MS);
  });

  it('M3 M9 M15 goes the same way by keyboard alone, and back out of it', async () => {
    const startedAt = performance.now();
    // The account that was here before is in its field already; typing begins at the first empty one.
    expect(await page().getByLabel('Address').inputValue()).toBe(ALICE);
    expect(await focused('id')).toBe('password');
    await page().keyboard.type(passwordOf('alice'));
    await press('Enter');
    await page()
      .getByRole('heading', { name: /^(Your key|When you are away)$/ })
      .waitFor();
    if (await page().getByRole('heading', { name: 'Your key' }).isVisible()) {
      await page().getByRole('button', { name: 'Continue', exact: true }).waitFor();
      await tabTo('textContent', /^Continue$/);
      await press('Enter');
    }
    await tabTo('textContent', /^Done$/);
    await press('Enter');
    await people.row(BOB).waitFor();
    await press('Control+k');
    await page().keyboard.type('bob');
    await tabTo('dataset.address', /^bob@/);
    await press('Enter');
    await people.header('C3').waitFor();
    await tabTo('tagName', /^TEXTAREA$/);
    await page().keyboard.type('Good morning');
    await press('Enter');
    await people.bubble('Good morning').getByText('Sent').waitFor();
    for (let presses = 0; presses < MANY_PRESSES && (await focused('dataset.message')) === ''; presses += 1) {
      await press('Shift+Tab');
    }
    expect(await focused('getAttribute("aria-label")')).toMatch(
      /^You, “Good morning”, today \d\d:\d\d, can be opened until .*, sent\.$/,
    );
    await press('Enter');
    await page().getByText('What was checked').waitFor();
    expect(await focused('textContent')).toBe('Message details');
    await press('Escape');
    await press('F6');
    await press('F6');
    await press('Control+Shift+Q');
    await page().locator('[data-status=S4]', { hasText: 'Ready to leave.' }).waitFor();
    await people.photograph('7-ready-to-leave');
    expect(performance.now() - startedAt).toBeLessThan(MINUTE_MS);
  });
});
