import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostWith, startAccount, startAliceAndBob, type HostedAccount } from '../support/hosted-account.ts';
import { judge, NOTHING_WRONG } from '../support/letters.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe.each(BOTH_SERVERS)('kill -9 at either end of a letter’s way on %s', (_name, start) => {
  let server: TestServer;
  let alice: HostedAccount;
  let bob: HostedAccount;
  const written: string[] = [];

  beforeAll(async () => {
    // A killed program is away once its session is given up.
    server = await start({ hibernationSeconds: 2 });
    [alice, bob] = await startAliceAndBob(server);
  });
  afterAll(async () => {
    await alice.remove();
    await bob.remove();
    await server.stop();
  });

  async function write(text: string): Promise<string | undefined> {
    written.push(text);
    return (await bob.call('messages.send', { to: alice.address, text })).state;
  }

  async function quitAlice(): Promise<void> {
    await alice.readyToLeave();
    await alice.host.quit('command');
    await bob.seesAway(alice);
  }

  async function comeBackWhole(): Promise<void> {
    await alice.startAndSignIn();
    await alice.backlogEnded();
    expect(await judge(bob, alice, written)).toEqual(NOTHING_WRONG);
    expect((await alice.conversationWith(bob.address))?.unread).toBe(written.length);
  }

  it('P3 a set that was made ahead and never published is destroyed at the next start', async () => {
    const carol = await startAccount(server, 'carol');
    const keyFiles = (): Promise<readonly string[]> => readdir(join(carol.profile, 'offline-keys'));
    await expect.poll(keyFiles, { timeout: 20_000 }).toHaveLength(2); // the backup set and the one made ahead
    await carol.host.kill();
    await carol.start();
    expect(await keyFiles()).toHaveLength(1);
    await carol.remove();
  });

  it('P0 killed as leaving begins: a set was published or not, and what is written to her opens', async () => {
    await alice.readyToLeave();
    const leaving = alice.call('leaving.leaveNow', {}).catch(() => undefined);
    await alice.host.waitFor('leaving.changed', ({ status }) => status === 'S3');
    await alice.host.kill();
    await leaving;
    await bob.seesAway(alice, ['C3', 'C4']);
    expect(await write('P0')).toBe('sent');
    await comeBackWhole();
  });

  it('L-055 killed while online: there is only the backup key, with badges O3 and I5', async () => {
    await alice.readyToLeave();
    await alice.host.kill();
    await bob.seesAway(alice, ['C4']);
    written.push('by the backup key');
    const sent = await bob.call('messages.send', { to: alice.address, text: 'by the backup key' });
    expect(sent).toMatchObject({ state: 'sent', badge: 'O3', details: { session: 'backup' } });
    await comeBackWhole();
    const [last] = (await alice.messagesWith(bob.address)).slice(-1);
    expect(last).toMatchObject({ text: 'by the backup key', badge: 'I5', details: { session: 'backup' } });
  });

  it('B10 killed behind the termination: the session is gone on both sides, and the next one is read', async () => {
    await bob.host.quit();
    await bob.startAndSignIn(hostWith({ crash: { point: 'B10' } }));
    await quitAlice();
    expect(await write('before B10')).toBe('sent');
    await alice.startAndSignIn();
    expect(await bob.host.ended).toBe(-1);
    await alice.backlogEnded();
    await bob.startAndSignIn();
    expect(await bob.call('sessions.of', { address: alice.address })).toBeNull();
    await quitAlice();
    expect(await write('after B10')).toBe('sent');
    await comeBackWhole();
  });

  it('R6 B8 receipts survive a kill on both sides, and each letter is delivered once', async () => {
    await alice.host.kill(); // everything is shown, and no receipt has left
    await alice.startAndSignIn();
    await bob.readyToLeave();
    await bob.host.quit();
    await alice.seesAway(bob);
    expect(await alice.call('messages.send', { to: bob.address, text: 'thank you' })).toMatchObject({ state: 'sent' });
    await bob.start(hostWith({ crash: { point: 'R2' } }));
    await bob.signIn().catch(() => undefined); // it may be gone in the middle of the call
    expect(await bob.host.ended).toBe(-1);
    await bob.startAndSignIn();
    await bob.backlogEnded();
    const mine = (await bob.messagesWith(alice.address)).filter(({ direction }) => direction === 'out');
    expect(mine.map(({ text, state }) => `${text ?? ''} ${state ?? ''}`)).toEqual(
      written.map((text) => `${text} delivered`),
    );
    const changes = bob.announced('messages.changed').filter(({ state }) => state === 'delivered');
    expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
    expect(await judge(alice, bob, ['thank you'])).toEqual(NOTHING_WRONG);
  });
});
