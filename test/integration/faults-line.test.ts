import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../preload/contract.ts';
import { hostWith, startAliceAndBob, type HostedAccount } from '../support/hosted-account.ts';
import type { HostFaults } from '../support/faulty-host.ts';
import { sendAll, textsFor } from '../support/letters.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe.each(BOTH_SERVERS)('letters over a line that fails (profile 6.3) on %s', (_name, start) => {
  let server: TestServer;
  let alice: HostedAccount;
  let bob: HostedAccount;
  let folder: string;

  beforeAll(async () => {
    server = await start();
    folder = await mkdtemp(join(tmpdir(), 'nightlatch-letters-'));
    [alice, bob] = await startAliceAndBob(server);
  });
  afterAll(async () => {
    await alice.remove();
    await bob.remove();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  /** What Alice shows of Bob's since that many. */
  async function shownSince(count: number): Promise<readonly string[]> {
    return (await alice.messagesWith(bob.address)).slice(count).map(brief);
  }

  /** Bob writes that many letters while Alice is away, and she comes back over that line. */
  async function exchange(name: string, count: number, faults: HostFaults): Promise<readonly string[]> {
    const before = (await alice.messagesWith(bob.address)).length;
    await alice.readyToLeave();
    await alice.host.quit();
    await bob.seesAway(alice);
    await sendAll(bob, alice.address, textsFor(name, count));
    await alice.startAndSignIn(hostWith(faults));
    await alice.backlogEnded();
    const shown = await shownSince(before);
    const unread = (await alice.conversationWith(bob.address))?.unread;
    expect(unread).toBe(before + shown.length);
    return shown;
  }

  it('R-287 L-004 a lost letter costs only itself, and the next one shows the gap', async () => {
    const shown = await exchange('lost', 6, { letters: { 3: 'lost', 5: 'lost' } });
    expect(shown).toEqual(['lost 1 I4', 'lost 2 I4', 'lost 4 I4 after a gap', 'lost 6 I4 after a gap']);
    const codes = alice.host.events.flatMap((one) => (one.event === 'alerts.raised' ? [one.payload.code] : []));
    expect(codes).toContain('messages-missing');
  });

  it('R-285 L-002 a doubled letter is shown once, the opening one too', async () => {
    const shown = await exchange('doubled', 5, { letters: { 1: 'doubled', 3: 'doubled', 5: 'doubled' } });
    expect(shown).toEqual(textsFor('doubled', 5).map((text) => `${text} I4`));
  });

  it('R-286 L-004 swapped letters are read in order', async () => {
    const shown = await exchange('swapped', 6, { letters: { 2: 'swapped', 4: 'swapped' } });
    expect(shown).toEqual(textsFor('swapped', 6).map((text) => `${text} I4`));
  });

  it('R-286 the opening letter swapped with the next is read in order', async () => {
    const shown = await exchange('upside down', 3, { letters: { 1: 'swapped' } });
    expect(shown).toEqual(textsFor('upside down', 3).map((text) => `${text} I4`));
  });

  it('R-287 a damaged letter is refused, and the ones behind it are read', async () => {
    const shown = await exchange('damaged', 4, { letters: { 2: 'damaged' } });
    expect(shown).toEqual(['damaged 1 I4', 'damaged 3 I4 after a gap', 'damaged 4 I4', 'nothing I12 altered']);
  });

  it('R-287 three damaged letters of one session cost only themselves', async () => {
    const shown = await exchange('thrice', 8, { letters: { 2: 'damaged', 4: 'damaged', 6: 'damaged' } });
    const opened = ['thrice 1 I4', 'thrice 3 I4 after a gap', 'thrice 5 I4 after a gap', 'thrice 7 I4 after a gap'];
    expect(shown).toEqual([...opened, 'thrice 8 I4', ...Array<string>(3).fill('nothing I12 altered')]);
  });

  it('a lost opening makes one notice of its session, and the next session is read', async () => {
    const shown = await exchange('unopened', 3, { letters: { 1: 'lost' } });
    expect(shown).toEqual(['nothing I9 other-device']);
    expect(await exchange('opened', 2, {})).toEqual(['opened 1 I4', 'opened 2 I4']);
  });

  it('R-283 a first stanza that repeats d and N_B with something else is refused as a copy', async () => {
    const shown = await exchange('forged', 3, { letters: { 1: 'forged' } });
    expect([...shown].sort()).toEqual(['forged 1 I4', 'forged 2 I4', 'forged 3 I4', 'nothing I11 copy']);
  });

  it('S-023 R-283 R-285 L-002 letters that come again after SIGTERM, SIGKILL and another SIGKILL show nothing', async () => {
    const keepIn = join(folder, 'letters');
    const count = (await alice.messagesWith(bob.address)).length;
    const shown = await exchange('again', 4, { keepIn });
    expect(shown).toEqual(textsFor('again', 4).map((text) => `${text} I4`));
    for (const end of [() => alice.host.quit(), () => alice.host.kill(), () => alice.host.kill()]) {
      await end();
      await alice.startAndSignIn(hostWith({ replay: keepIn }));
      await alice.backlogEnded();
      expect(await shownSince(count)).toEqual(shown);
      expect(alice.host.events.filter(({ event }) => event === 'alerts.raised')).toEqual([]);
    }
  });
});

function brief({ text, badge, details }: Message): string {
  const reason = details.reason === undefined ? '' : ` ${details.reason}`;
  return `${text ?? 'nothing'} ${badge}${reason}${details.missingBefore ? ' after a gap' : ''}`;
}
