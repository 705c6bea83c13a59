import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../preload/contract.ts';
import { ALICE, BOB, TwoPeople } from '../support/two-people.ts';
import { HAS_CHROMIUM } from '../support/window-browser.ts';

describe.skipIf(!HAS_CHROMIUM)('a live session and the window over it', () => {
  let people: TwoPeople;
  const session = (): Promise<Session | null> => people.alice.call('sessions.of', { address: BOB });

  beforeAll(async () => {
    people = await TwoPeople.meet();
    await people.becomeContacts();
  });
  afterAll(() => people.part());

  it('R-110 R-139 asks to compare codes in one line, under the name that the user gave', async () => {
    people.explainFailure();
    await people.row(BOB).click();
    await people.alice.call('sessions.start', { address: BOB });
    await people.page.getByText('You and Bob have not compared your codes yet.').waitFor();
    const [key] = await people.alice.call('keys.of', { address: BOB });
    const given = { address: BOB, fingerprint: key?.fingerprint ?? '', petname: 'Bob from the boat' };
    await people.alice.call('keys.setPetname', given);
    await people.page.getByText('You and Bob from the boat have not compared your codes yet.').waitFor();
    expect(await people.row(BOB).locator('.name').innerText()).toBe('Bob from the boat');
    expect(await people.page.locator('header h1').innerText()).toContain(BOB);
  });

  it('R-204 goes on when the conversation is closed, and when the window is', async () => {
    people.explainFailure();
    const before = await session();
    expect(before).toMatchObject({ kind: 'live' });
    await people.page.keyboard.press('Escape');
    await people.page.close();
    await people.bob.call('messages.send', { to: ALICE, text: 'are you still there' });
    await people.alice.waitUntil('messages.list', { with: BOB }, (list) =>
      list.some(({ text }) => text === 'are you still there'),
    );
    const after = await session();
    expect(after?.startedAt).toBe(before?.startedAt);
    expect(after?.spokenCode).toBe(before?.spokenCode);
  });
});
