import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import type { Element } from '../../main/wire/element.ts';
import type { Message } from '../../preload/contract.ts';
import { befriendWriter, startWriter, type LetterWriter } from '../support/letter-writer.ts';
import { leave, startMessenger, type TestMessenger } from '../support/messengers.ts';
import { startProsody } from '../support/servers/prosody.ts';
import type { TestServer } from '../support/servers/test-server.ts';
import { senderKey } from '../support/test-keys.ts';

const DAY = 86_400_000;

describe('letters that come too late (XEP-0187 §3.4, profile H-2 and 6.1) on Prosody', () => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: LetterWriter;

  beforeAll(async () => {
    server = await startProsody();
    alice = await startMessenger(server, 'alice');
    await alice.signIn();
    bob = await startWriter(server, 'bob', senderKey);
    await befriendWriter(alice, bob);
  });
  afterAll(async () => {
    await bob.client.close();
    await alice.remove();
    await server.stop();
  });

  async function messages(): Promise<readonly Message[]> {
    return alice.call('messages.list', { with: bob.address });
  }

  async function awayForm(): Promise<Element> {
    return bob.optionsOf(alice.address, NS.offline);
  }

  it('R-279 says that a key was deleted where a letter comes after its drain, and folds the rest of its session in', async () => {
    await leave(alice);
    const { resource } = await alice.call('account.state', {});
    const written = await bob.start(parseJid(`${alice.address}/${resource ?? ''}`), await awayForm());
    await alice.call('leaving.comeBack', {});
    await alice.until('the end of the backlog', () =>
      alice.payloads('backlog.progress').some(({ finished }) => finished),
    );
    let passed = 0;
    await alice.until('the end of the drain', async () => {
      passed += 11 * 60_000;
      alice.clock.setOffset(passed, true);
      return (await alice.call('leaving.state', {})).awayKey?.deletedAt !== undefined;
    });
    await bob.send(bob.letter(written, 'too late', true));
    await bob.send(bob.letter(written, 'later still', false));
    await alice.until('the notice', async () => (await messages()).length > 0);
    const [notice] = await messages();
    expect(notice).toMatchObject({ badge: 'I10', text: null, details: { reason: 'key-deleted' } });
    await bob.send(
      bob.letter(await bob.start(parseJid(alice.address), await bob.optionsOf(alice.address)), 'in time', true),
    );
    await alice.until('the good one', async () => (await messages()).some(({ text }) => text === 'in time'));
    expect(await messages()).toHaveLength(2);
  });

  it('R-035 S-057 discards, with a notice, what comes one second after the expiry', async () => {
    await leave(alice);
    const { resource } = await alice.call('account.state', {});
    const form = await awayForm();
    const written = await bob.start(parseJid(`${alice.address}/${resource ?? ''}`), form);
    await bob.send(bob.letter(written, 'expired', true));
    await bob.send(bob.letter(written, 'expired too', false));
    const { awayKey } = await alice.call('leaving.state', {});
    const late = Date.parse(awayKey?.expiresAt ?? '') - Date.now() + 1000;
    expect(late).toBeGreaterThan(2 * DAY);
    const before = (await messages()).length;
    alice.clock.setOffset(late, true);
    await alice.call('leaving.comeBack', {});
    await alice.until('the notice', async () => (await messages()).length > before);
    await alice.until(
      'the end of the backlog',
      () => alice.payloads('backlog.progress').filter(({ finished }) => finished).length > 1,
    );
    const added = (await messages()).slice(before);
    expect(added).toHaveLength(1);
    expect(added[0]).toMatchObject({ badge: 'I8', text: null, details: { reason: 'expired' } });
  });
});
