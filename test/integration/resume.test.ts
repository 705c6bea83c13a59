import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseBareJid } from '../../main/wire/jid.ts';
import { startCuttingProxy, type CuttingProxy } from '../support/cutting-proxy.ts';
import { befriendWriter, startWriter, type LetterWriter } from '../support/letter-writer.ts';
import { startMessenger, textsOf, type TestMessenger } from '../support/messengers.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';
import { senderKey } from '../support/test-keys.ts';

const HOUR_MS = 3_600_000;
/** The away key's life is three days, the backup key's a week. */
const SLEEPS = [
  ['a second', 1_000, false],
  ['ten minutes', HOUR_MS / 6, false],
  ['eighty hours', 80 * HOUR_MS, true],
] as const;

describe.each(BOTH_SERVERS)('a sleep with a stream that nobody closed (L-053) on %s', (_name, start) => {
  let server: TestServer;
  let proxy: CuttingProxy;
  let alice: TestMessenger;
  let writer: LetterWriter;
  /** How each stream was opened, and whether there was an away key at that moment. */
  let opened: { readonly resume: boolean; readonly hasAwayKey: boolean }[];

  beforeEach(async () => {
    server = await start({ hibernationSeconds: 60 });
    proxy = await startCuttingProxy(server.port);
    writer = await startWriter(server, 'bob', senderKey);
    await server.addUser('alice', 'secret');
    opened = [];
    alice = await startMessenger({ ...server, port: proxy.port }, 'alice', {
      hasAccount: true,
      wrapLink: (factory) => (options, handlers) => {
        const link = factory(options, handlers);
        const open = link.open.bind(link);
        link.open = async (how) => {
          const { awayKey } = await alice.call('leaving.state', {});
          opened.push({ resume: how.resume, hasAwayKey: awayKey !== undefined && awayKey.deletedAt === undefined });
          return open(how);
        };
        return link;
      },
    });
    await alice.signIn();
    await befriendWriter(alice, writer);
    // The backup key, and the away key made ahead.
    const keys = join(alice.directory, 'offline-keys');
    await alice.until('keys made ahead', async () => (await readdir(keys).catch(() => [])).length === 2);
  });
  afterEach(async () => {
    await alice.remove();
    await writer.client.close();
    await proxy.stop();
    await server.stop();
  });

  it.each(SLEEPS)(
    'L-053 of %s: expiry first, a new stream, and what the dead one had accepted is shown once',
    async (_what, asleepMs, isExpired) => {
      proxy.cutNow('silence');
      const session = await writer.start(parseBareJid(alice.address), await writer.optionsOf(alice.address));
      await writer.send(writer.letter(session, 'into the dead stream', true));
      alice.messenger.suspend();
      alice.clock.setOffset(asleepMs, false);
      alice.messenger.resume();
      await alice.until('the letter', async () => (await textsOf(alice, writer.address)).length > 0);
      await writer.send(writer.letter(session, 'behind it', false));
      await alice.until('the next letter', async () => (await textsOf(alice, writer.address)).length > 1);

      expect(opened.slice(1)).toEqual([{ resume: false, hasAwayKey: !isExpired }]);
      expect(await textsOf(alice, writer.address)).toEqual(['into the dead stream', 'behind it']);
      const shown = alice.payloads('messages.added').map(({ text }) => text);
      expect(shown).toEqual(['into the dead stream', 'behind it']);
    },
  );
});
