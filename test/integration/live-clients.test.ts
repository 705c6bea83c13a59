import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importExportedKey } from '../../main/crypto/encrypted-key.ts';
import { importSigningKey } from '../../main/crypto/signature.ts';
import type { LinkFactory } from '../../main/protocol/xmpp/link.ts';
import { buildContent } from '../../main/wire/content.ts';
import { child, type Element } from '../../main/wire/element.ts';
import { parseBareJid, withResource, type FullJid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { connectBareClient } from '../support/bare-client.ts';
import { LetterWriter } from '../support/letter-writer.ts';
import { Announcing, LiveAnswerer } from '../support/live-answerer.ts';
import { LiveWriter } from '../support/live-writer.ts';
import { PASSWORD, befriend, startMessenger, textsOf, type TestMessenger } from '../support/messengers.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const PASSPHRASE = 'correct horse battery';

describe.each(BOTH_SERVERS)('a contact with several clients, on %s', (_name, start) => {
  let server: TestServer;
  let alice: TestMessenger;
  /** Bob's two installations, which share his key; the second came last. */
  let desk: TestMessenger;
  let lap: TestMessenger;
  let exported: string;
  /** Bob's other programs, in the order they come online. */
  const others: LetterWriter[] = [];
  const arrived: Element[] = [];

  beforeAll(async () => {
    server = await start();
    alice = await startMessenger(server, 'alice', { wrapLink: noting(arrived) });
    desk = await startMessenger(server, 'bob');
    lap = await startMessenger(server, 'bob', { hasAccount: true });
    for (const messenger of [alice, desk, lap]) await messenger.signIn();
    ({ text: exported } = await desk.call('keys.export', { passphrase: PASSPHRASE }));
    await lap.call('keys.import', { text: exported, passphrase: PASSPHRASE });
    await befriend(alice, desk);
    const last = await clientOf(lap);
    await seen(last, true);
    await lap.quit();
    await seen(last, false);
    await lap.start();
    await lap.signIn();
    await seen(last, true);
  });
  afterAll(async () => {
    for (const { client } of others) await client.close();
    await Promise.all([alice.remove(), desk.remove(), lap.remove()]);
    await server.stop();
  });

  const clientOf = async (installation: TestMessenger): Promise<FullJid> => {
    const { resource } = await installation.call('account.state', {});
    return withResource(parseBareJid(installation.address), resource ?? '');
  };
  /** Alice was told last that this client is there, or that it is not. */
  const seen = (client: FullJid, isThere: boolean): Promise<void> =>
    alice.until(`${client}: ${String(isThere)}`, () => {
      const last = arrived.findLast(({ name, attrs }) => name === 'presence' && attrs['from'] === client);
      return last !== undefined && (last.attrs['type'] === undefined) === isThere;
    });
  /** Another program of Bob's, with his key. */
  const join = async (resource: string, { iq }: Announcing): Promise<LetterWriter> => {
    const client = await connectBareClient(server, 'bob', { password: PASSWORD, resource, iq });
    const key = importSigningKey(await importExportedKey(exported, PASSPHRASE));
    const other = new LetterWriter(client, key);
    others.push(other);
    await client.comeOnline();
    await seen(withResource(client.address, resource), true);
    return other;
  };
  const startByAlice = () => alice.call('sessions.start', { address: desk.address });
  /** What has no receipt yet goes again when its session ends. */
  const confirmed = (): Promise<void> =>
    alice.until('the receipts', async () => {
      const messages = await alice.call('messages.list', { with: desk.address });
      return messages.every(({ direction, state }) => direction === 'in' || state === 'delivered');
    });
  const endByAlice = async (): Promise<void> => {
    await confirmed();
    await alice.call('sessions.end', { address: desk.address });
  };
  /** Whom Alice sent forms of negotiations to. */
  const formsSince = (mark: { readonly sent: number }): ReadonlySet<string | undefined> =>
    new Set(
      alice.sent
        .slice(mark.sent)
        .filter((stanza) => child(stanza, 'feature', NS.featureNeg) !== undefined)
        .map(({ attrs }) => attrs['to']),
    );
  const hasSession = async (installation: TestMessenger): Promise<boolean> =>
    (await installation.call('sessions.of', { address: alice.address })) !== null;
  const reads = (installation: TestMessenger, text: string): Promise<void> =>
    installation.until(text, async () => (await textsOf(installation, alice.address)).includes(text));
  const write = (text: string) => alice.call('messages.send', { to: desk.address, text });

  it('R-057 R-192 asks one that can, the newest, and the other hears nothing of it or of what is said', async () => {
    const mark = alice.mark();
    expect(await startByAlice()).toMatchObject({ kind: 'live' });
    expect(formsSince(mark)).toEqual(new Set([await clientOf(lap)]));
    await write('for the newest');
    await reads(lap, 'for the newest');
    await confirmed();
    expect([await hasSession(desk), await textsOf(desk, alice.address)]).toEqual([false, []]);
  });

  it('S-040 R-124 gives way to the session that another asks for, and tells the first', async () => {
    expect(await desk.call('sessions.start', { address: alice.address })).toMatchObject({ kind: 'live' });
    await lap.until('the end', async () => !(await hasSession(lap)));
    await write('for the one that asked');
    await reads(desk, 'for the one that asked');
    expect(await hasSession(desk)).toBe(true);
    expect(await textsOf(lap, alice.address)).toEqual(['for the newest']);
    await endByAlice();
  });

  it('R-057 R-060 passes over one that cannot, however new it is', async () => {
    const plain = new Announcing(false);
    const foreign = await join('foreign', plain);
    const mark = alice.mark();
    expect(await startByAlice()).toMatchObject({ kind: 'live' });
    expect(plain.asked.map(({ ns }) => ns)).toContain(NS.discoInfo);
    expect(formsSince(mark)).toEqual(new Set([await clientOf(lap)]));
    expect(foreign.client.messages).toEqual([]);
    await endByAlice();
  });

  it('R-192 is in session with the client that answers first, and takes no second answer', async () => {
    const [quick, late] = [await join('quick', new Announcing()), await join('late', new Announcing())];
    const mark = alice.mark();
    const starting = startByAlice();
    const { request } = await LiveAnswerer.asked(late);
    const answerer = new LiveAnswerer(quick, request);
    await answerer.negotiate();
    expect(await starting).toMatchObject({ kind: 'live' });
    const second = new LiveAnswerer(late, request);
    await second.answer();
    await answerer.say(...said(quick, 'from the quick one'));
    await alice.until('it', async () => (await textsOf(alice, desk.address)).includes('from the quick one'));
    const toLate = alice.sent.slice(mark.sent).filter(({ attrs }) => attrs['to'] === `${late.address}/late`);
    expect(toLate).toHaveLength(1);
    await endByAlice();
  });

  it('R-303 asks the client that wrote in a session that is over, not the newest', async () => {
    const [, quick, late] = others;
    if (quick === undefined || late === undefined) throw new TypeError('nobody joined');
    const former = new LiveWriter(quick, await clientOf(alice));
    await former.negotiate();
    await endByAlice();
    // Until then she waits for an answer, and reads what was under way.
    alice.clock.setOffset(61_000, true);
    const before = late.client.messages.length;
    await former.say(...said(quick, 'into nothing'));
    const answerer = await LiveAnswerer.asked(quick);
    await answerer.negotiate();
    await answerer.say(...said(quick, 'in a new session'));
    await alice.until('it', async () => (await textsOf(alice, desk.address)).includes('in a new session'));
    expect(late.client.messages).toHaveLength(before);
  });

  it('L-001 writes to one that is there what the one in session took away unconfirmed', async () => {
    const [, quick, late] = others;
    await late?.client.close();
    await seen(withResource(parseBareJid(desk.address), 'late'), false);
    await write('unconfirmed');
    await quick?.client.close();
    // ejabberd hands the end of the former session to both, and either may ask for another.
    await alice.until('it elsewhere', async () => {
      const texts = [await textsOf(lap, alice.address), await textsOf(desk, alice.address)];
      return texts.flat().includes('unconfirmed');
    });
    await confirmed();
  });

  it('R-290 holds what is written while only clients are there that cannot', async () => {
    const clients = [await clientOf(desk), await clientOf(lap)];
    for (const installation of [desk, lap]) await installation.call('leaving.leaveNow', {});
    for (const client of clients) await seen(client, false);
    const mark = alice.mark();
    expect(await write('hello?')).toMatchObject({ state: 'held' });
    expect(formsSince(mark)).toEqual(new Set());
  });

  function said(from: LetterWriter, body: string): readonly Element[] {
    const to = parseBareJid(alice.address);
    return buildContent({ createdAt: new Date(), from: from.address, to, id: `${body} `.repeat(4), body });
  }
});

/** A link that keeps what arrives. */
function noting(arrived: Element[]): (factory: LinkFactory) => LinkFactory {
  return (factory) => (options, handlers) =>
    factory(options, {
      ...handlers,
      stanza: (stanza, handled) => {
        handlers.stanza(stanza, handled);
        arrived.push(stanza);
      },
    });
}
