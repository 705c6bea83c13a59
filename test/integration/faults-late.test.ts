import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostedAccount, hostWith, startAliceAndBob } from '../support/hosted-account.ts';
import { sendAll, textsFor } from '../support/letters.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const DAY_MS = 86_400_000;

describe.each(BOTH_SERVERS)(
  'letters that come too late, or to another computer (profile 6.1) on %s',
  (_name, start) => {
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

    /** Bob writes two letters while Alice's program is closed. */
    async function writeTwo(name: string): Promise<void> {
      await alice.readyToLeave();
      await alice.host.quit();
      await bob.seesAway(alice);
      await sendAll(bob, alice.address, textsFor(name, 2));
    }

    async function shownBy(account: HostedAccount): Promise<readonly string[]> {
      const messages = await account.messagesWith(bob.address);
      return messages.map(({ text, badge, details }) => `${text ?? 'nothing'} ${badge} ${details.reason ?? ''}`);
    }

    it('R-279 tell in three different notices that the key was deleted, that it expired, and that it is elsewhere', async () => {
      const keepIn = join(folder, 'letters');
      await writeTwo('lost');
      await alice.startAndSignIn(hostWith({ letters: { 1: 'lost', 2: 'lost' }, keepIn }));
      await alice.backlogEnded();
      await alice.drained();
      await alice.host.quit();
      await alice.startAndSignIn(hostWith({ replay: keepIn }));
      await alice.backlogEnded();
      expect((await shownBy(alice)).at(-1)).toBe('nothing I10 key-deleted');

      await writeTwo('late');
      await alice.start();
      await alice.call('host.setClockOffset', { ms: 4 * DAY_MS });
      await alice.signIn();
      await alice.backlogEnded();
      expect((await shownBy(alice)).at(-1)).toBe('nothing I8 expired');
      await alice.host.quit('command');
      await alice.startAndSignIn();
      await alice.backlogEnded();

      await writeTwo('elsewhere');
      const laptop = new HostedAccount(server, 'alice', await mkdtemp(join(tmpdir(), 'nightlatch-host-')));
      await laptop.startAndSignIn();
      await laptop.backlogEnded();
      expect(await shownBy(laptop)).toEqual(['nothing I9 other-device']);
      await laptop.remove();
    });
  },
);
