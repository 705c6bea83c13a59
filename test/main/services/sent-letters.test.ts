import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SentLetters } from '../../../main/services/sent-letters.ts';
import type { StoredMessage } from '../../../main/stores/messages.ts';
import type { OpenedStores } from '../../../main/stores/opened-stores.ts';
import { StoreError } from '../../../main/stores/store-error.ts';
import type { Stores } from '../../../main/stores/stores.ts';
import { element } from '../../../main/wire/element.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { openOverDatabase } from '../stores/shelf.ts';

const WRITTEN: StoredMessage = {
  ...{ id: 'a1', contact: parseBareJid('bob@example.com'), direction: 'out', text: 'hello', innerId: 'a1' },
  ...{ writtenAt: '2026-11-22T08:00:00.000Z', timeCertain: true, unread: false, state: 'waiting' },
  facts: { kind: 'held', reason: 'not-checked' },
};

describe('SentLetters', () => {
  let directory: string;
  let stores: OpenedStores;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nightlatch-sent-'));
    ({ stores } = openOverDatabase(directory));
    stores.messages.add(WRITTEN);
  });
  afterEach(async () => {
    stores.close();
    await rm(directory, { recursive: true });
  });

  it.each(['waiting', 'delivered'] as const)(
    'L-003 keeps how a letter was sealed if it is %s by then',
    async (state) => {
      const acknowledged = Promise.withResolvers<undefined>();
      const sent = Promise.withResolvers<StoredMessage>();
      const letters = new SentLetters({
        stores,
        sent: sent.resolve,
        lost: sent.reject,
        failed: sent.reject,
        isLive: () => false,
      });
      const sealed = { ...WRITTEN, facts: { kind: 'sealed', session: 'live' } };
      const link = { send: () => acknowledged.promise } as never;
      letters.hand(link, element('message', NS.client), sealed, undefined);
      stores.messages.update({ ...WRITTEN, state });
      acknowledged.resolve(undefined);
      expect((await sent.promise).state).toBe(state === 'waiting' ? 'sent' : 'delivered');
      expect(stores.messages.get('a1')).toMatchObject({ facts: sealed.facts });
    },
  );

  it('L-003 L-021 keeps what the server has, until there is room to store it', async () => {
    const failed = Promise.withResolvers<unknown>();
    const sent: StoredMessage[] = [];
    let isFull = true;
    const letters = new SentLetters({
      stores: {
        messages: stores.messages,
        transaction: (run: () => unknown) => {
          if (isFull) throw new StoreError('store-full', 'no room');
          return stores.transaction(run);
        },
      } as unknown as Stores,
      sent: (message) => sent.push(message),
      lost: failed.reject,
      failed: failed.resolve,
      isLive: () => false,
    });
    letters.hand({ send: () => Promise.resolve() } as never, element('message', NS.client), WRITTEN, undefined);
    expect(await failed.promise).toMatchObject({ code: 'store-full' });
    expect(sent).toEqual([]);
    isFull = false;
    letters.storeAgain();
    expect(sent).toMatchObject([{ id: 'a1', state: 'sent' }]);
    expect(stores.messages.get('a1')).toMatchObject({ state: 'sent' });
  });
});
