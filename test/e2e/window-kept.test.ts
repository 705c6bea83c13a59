/** What the window leaves behind for the next time: drafts and muted conversations, sealed. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHost } from '../support/headless-client.ts';
import { BOB, TwoPeople } from '../support/two-people.ts';
import { HAS_CHROMIUM } from '../support/window-browser.ts';

const DRAFT = 'I was about to say that the ladder';

describe.skipIf(!HAS_CHROMIUM)('what the window keeps', () => {
  let people: TwoPeople;
  const page = () => people.page;
  const isKept = () => expect.poll(() => people.alice.call('drafts.list', {})).toEqual([{ with: BOB, text: DRAFT }]);
  const muted = () => people.row(BOB).getByText('muted');

  beforeAll(async () => {
    people = await TwoPeople.meet();
    await people.becomeContacts();
    await people.bob.call('leaving.leaveNow', {});
    await people.row(BOB).click();
    await people.header('C3').waitFor();
  });
  afterAll(async () => {
    await people.part();
  });
  beforeEach(() => {
    people.explainFailure();
  });

  /** Every octet of Alice's profile. */
  async function profile(): Promise<Buffer> {
    const folder = join(people.folder, 'alice');
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const contents = files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name)));
    return Buffer.concat(await Promise.all(contents));
  }

  it('M3 keeps a draft of its conversation when another is opened and when the page is loaded again', async () => {
    await people.composer().fill(DRAFT);
    await isKept();
    await page().reload();
    await people.row(BOB).click();
    await expect.poll(() => people.composer().inputValue()).toBe(DRAFT);
  });

  it('mutes the open conversation by its keys, and shows it in the list', async () => {
    await people.composer().press('Control+Enter');
    await page().locator('li[data-message]').waitFor();
    await page().keyboard.press('Control+Shift+M');
    await muted().waitFor();
    expect(await people.composer().inputValue()).toBe('');
    await people.composer().fill(DRAFT);
    await isKept();
  });

  it('M12 has drafts and muted conversations again after a restart, and none of them readable on the disk', async () => {
    await people.alice.quit();
    const octets = await profile();
    expect(octets.length).toBeGreaterThan(10_000);
    for (const encoding of ['utf8', 'utf16le'] as const) expect(octets.includes(DRAFT, 0, encoding)).toBe(false);
    people.alice = await startHost({ profile: join(people.folder, 'alice'), server: people.server, browser: true });
    await page().goto(people.alice.address ?? '');
    await muted().waitFor();
    await people.row(BOB).click();
    await expect.poll(() => people.composer().inputValue()).toBe(DRAFT);
    await page().keyboard.press('Control+Shift+M');
    await muted().waitFor({ state: 'detached' });
  });
});
