import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inlineModpEngine } from '../../main/crypto/modp-engine.ts';
import { fetchItems } from '../../main/protocol/xmpp/xep0163-pep.ts';
import type { LinkFactory } from '../../main/protocol/xmpp/link.ts';
import { elements, serialize, type Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { buildConfigureRequest, buildCreate, buildPublish, readConfigure } from '../../main/wire/xep0060-pubsub.ts';
import { fieldOf } from '../../main/wire/xep0004-data-form.ts';
import { connectBareClient, type BareClient } from '../support/bare-client.ts';
import { PASSWORD, leave, startMessenger, type TestMessenger } from '../support/messengers.ts';
import { valuesOf } from '../support/offline-exchange.ts';
import { isAboutNode, silentAbout } from '../support/silent-server.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const DAY = 86_400_000;

describe.each(BOTH_SERVERS)('leaving and coming back (XEP-0187 §3.1 and §3.4, profile 6.2) on %s', (_name, start) => {
  let server: TestServer;
  let accounts = 0;
  const open: TestMessenger[] = [];
  const clients: BareClient[] = [];

  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    for (const messenger of open) await messenger.remove();
    await server.stop();
  });

  async function newAlice(wrapLink?: (factory: LinkFactory) => LinkFactory): Promise<TestMessenger> {
    accounts += 1;
    const alice = await startMessenger(server, `alice${accounts}`, wrapLink === undefined ? {} : { wrapLink });
    open.push(alice);
    await alice.signIn();
    return alice;
  }

  /** Another client of the same account, which is not available. */
  async function owner(alice: TestMessenger, resource = 'look'): Promise<BareClient> {
    const [name = ''] = alice.address.split('@');
    const client = await connectBareClient(server, name, { password: PASSWORD, resource });
    clients.push(client);
    return client;
  }

  async function formAt(alice: TestMessenger, node: string): Promise<Element | undefined> {
    const client = await owner(alice);
    const items = await fetchItems(client.link, undefined, node);
    await client.close();
    return items.kind === 'items' ? items.items[0]?.payload : undefined;
  }

  async function configOf(client: BareClient, node: string, field: string): Promise<string | undefined> {
    const answer = await client.request({ type: 'get', payload: buildConfigureRequest(node) });
    return fieldOf(readConfigure(elements(answer)[0]), field)?.values[0];
  }

  it('R-002 R-012 R-013 R-014 R-015 S-045 S-093 publishes the backup set for contacts, at a node that is as wanted', async () => {
    const alice = await newAlice();
    await alice.until(
      'the backup key',
      async () => (await alice.call('leaving.state', {})).backupKey?.confirmed === true,
    );
    expect(await formAt(alice, NS.esession)).toBeDefined();
    expect(await formAt(alice, NS.offline)).toBeUndefined();
    await leave(alice);
    const client = await owner(alice);
    for (const node of [NS.esession, NS.offline]) {
      expect(await configOf(client, node, 'pubsub#access_model')).toBe('presence');
      expect(['0', 'false']).toContain(await configOf(client, node, 'pubsub#deliver_notifications'));
      expect(await configOf(client, node, 'pubsub#send_last_published_item')).toBe('never');
    }
  });

  it('R-003 R-004 R-005 R-006 R-008 R-009 R-049 R-052 S-009 makes a new set at every leaving, for three days, for its own resource', async () => {
    const alice = await newAlice();
    await leave(alice);
    const first = await formAt(alice, NS.offline);
    await alice.call('leaving.comeBack', {});
    await alice.until(
      'the next set',
      async () => (await alice.call('leaving.state', {})).awayKey?.state === 'withdrawn',
    );
    await leave(alice);
    const second = await formAt(alice, NS.offline);
    if (first === undefined || second === undefined) throw new Error('no form');
    expect(valuesOf(first, 'my_nonce')).not.toEqual(valuesOf(second, 'my_nonce'));
    const keys = [...valuesOf(first, 'dhkeys'), ...valuesOf(second, 'dhkeys')];
    expect(new Set(keys).size).toBe(6);
    const { resource } = await alice.call('account.state', {});
    expect(valuesOf(second, 'match_resource')).toEqual([resource]);
    expect(valuesOf(second, 'stanzas')).toEqual(['message']);
    expect(valuesOf(second, 'accept')).toEqual([]);
    const life = Date.parse(valuesOf(second, 'expires')[0] ?? '') - Date.now();
    expect(life).toBeGreaterThan(2.9 * DAY);
    expect(life).toBeLessThanOrEqual(3 * DAY);
  });

  it('R-238 R-032 R-267 withdraws by retract, and reads back, before initial presence', async () => {
    const order: string[] = [];
    const alice = await newAlice((factory) => (options, handlers) => {
      const link = factory(options, handlers);
      const [send, request] = [link.send.bind(link), link.request.bind(link)];
      link.send = (stanza) => {
        order.push(serialize(stanza));
        return send(stanza);
      };
      link.request = async (asked) => {
        const answer = await request(asked);
        order.push(serialize(asked.payload));
        return answer;
      };
      return link;
    });
    await leave(alice);
    order.length = 0;
    await alice.call('leaving.comeBack', {});
    const at = (part: string): number => order.findIndex((text) => text.includes(part));
    expect(at('<retract')).toBeGreaterThanOrEqual(0);
    expect(at('<items')).toBeGreaterThan(at('<retract'));
    expect(at('<presence')).toBeGreaterThan(at('<items'));
    expect(order.some((text) => text.includes('<purge') || text.includes('<delete'))).toBe(false);
    expect(await formAt(alice, NS.offline)).toBeUndefined();
  });

  it('R-248 R-266 S-094 waits for the answer and for the form to be seen before it is unavailable', async () => {
    const alice = await newAlice();
    const mark = alice.mark();
    await leave(alice);
    expect((await alice.call('leaving.state', {})).awayKey).toMatchObject({ state: 'published', confirmed: true });
    const kinds = alice.sent.slice(mark.sent).map(({ name, attrs }) => `${name} ${attrs['type'] ?? ''}`);
    expect(kinds.at(-1)).toBe('presence unavailable');
  });

  it('R-291 publishes nothing while another client of the account is available', async () => {
    const alice = await newAlice();
    const other = await owner(alice, 'phone');
    await other.comeOnline();
    await alice.until('keys', async () => (await alice.call('leaving.state', {})).backupKey?.confirmed === true);
    await alice.call('leaving.leaveNow', {});
    const { status, awayKey } = await alice.call('leaving.state', {});
    expect(awayKey).toBeUndefined();
    expect(status).toBe('S5');
  });

  it('R-002 R-054 keeps both sets back, and the key to contacts, where nobody may write', async () => {
    const alice = await newAlice();
    await alice.until('keys', async () => (await alice.call('leaving.state', {})).backupKey?.confirmed === true);
    await alice.call('leaving.setPolicy', { whoMayWrite: 'nobody' });
    await alice.call('leaving.leaveNow', {});
    expect(await formAt(alice, NS.offline)).toBeUndefined();
    expect(await formAt(alice, NS.esession)).toBeUndefined();
    const client = await owner(alice);
    expect(await configOf(client, NS.pubkey, 'pubsub#access_model')).toBe('presence');
    expect((await alice.call('leaving.state', {})).status).toBe('S6');
  });

  it('R-054 follows at sign-in what was chosen while away, and takes back what nobody may use any more', async () => {
    const alice = await newAlice();
    await alice.until('keys', async () => (await alice.call('leaving.state', {})).backupKey?.confirmed === true);
    await leave(alice);
    await alice.call('leaving.setPolicy', { backupKeyDays: 7 });
    await alice.call('leaving.comeBack', {});
    await alice.until('the shorter life', async () => {
      const { backupKey } = await alice.call('leaving.state', {});
      return backupKey !== undefined && Date.parse(backupKey.expiresAt) < Date.now() + 8 * DAY;
    });
    await leave(alice);
    await alice.call('leaving.setPolicy', { whoMayWrite: 'nobody' });
    await alice.call('leaving.comeBack', {});
    await alice.until('nothing out', async () => (await formAt(alice, NS.esession)) === undefined);
    expect((await alice.call('leaving.state', {})).backupKey).toBeUndefined();
  });

  it('does one after another what is asked for at once while its keys are still going out', async () => {
    const alice = await newAlice();
    await Promise.all([
      alice.call('leaving.setPolicy', { backupKeyDays: 7 }),
      alice.call('leaving.renewBackupKey', {}),
      alice.call('leaving.setPolicy', { awayKeyDays: 7 }),
      alice.call('leaving.renewBackupKey', {}),
    ]);
    // Each set is read back before the next one goes out.
    const steps = alice.asked
      .map(({ payload }) => serialize(payload))
      .filter((text) => text.includes(`node='${NS.esession}'`) || text.includes(`node="${NS.esession}"`))
      .flatMap((text) => (text.includes('<publish ') ? ['publish'] : text.includes('<items ') ? ['read'] : []));
    expect(steps.filter((step) => step === 'publish').length).toBeGreaterThanOrEqual(4);
    expect(steps.join(' ')).not.toContain('publish publish');
    const { backupKey } = await alice.call('leaving.state', {});
    expect(backupKey?.confirmed).toBe(true);
    expect(Date.parse(backupKey?.expiresAt ?? '')).toBeLessThan(Date.now() + 8 * DAY);
    const renewed = alice.call('leaving.renewBackupKey', {});
    await alice.call('leaving.destroyKeys', {});
    await renewed;
    await leave(alice);
    expect((await alice.call('leaving.state', {})).awayKey?.confirmed).toBe(true);
  });

  it('S-093 does not publish to a node that somebody left open, until it is closed', async () => {
    accounts += 1;
    const name = `alice${accounts}`;
    await server.addUser(name, PASSWORD);
    const client = await connectBareClient(server, name, { password: PASSWORD });
    clients.push(client);
    await client.request({ type: 'set', payload: buildCreate(NS.offline, { 'pubsub#access_model': 'open' }) });
    const alice = await startMessenger(server, name, { hasAccount: true });
    open.push(alice);
    await alice.signIn();
    await leave(alice);
    expect(await configOf(client, NS.offline, 'pubsub#access_model')).toBe('presence');
  });

  it('R-301 goes online although the old set cannot be withdrawn, says so, and tries again', async () => {
    const [silence, wrapLink] = silentAbout(isAboutNode(NS.offline), false);
    const alice = await newAlice(wrapLink);
    await leave(alice);
    silence.isSilent = true;
    await alice.call('leaving.comeBack', {});
    const state = await alice.call('leaving.state', {});
    expect(state.status).toBe('S7');
    expect((await alice.call('account.state', {})).state).toBe('online');
    silence.isSilent = false;
    alice.clock.setOffset(61_000, true);
    await alice.until(
      'the withdrawal',
      async () => (await alice.call('leaving.state', {})).awayKey?.state === 'withdrawn',
    );
    expect(await formAt(alice, NS.offline)).toBeUndefined();
  });

  it('S-052 has everything ready beforehand: leaving at sleep computes nothing, marks once and writes once', async () => {
    let powers = 0;
    const engine = inlineModpEngine();
    accounts += 1;
    const alice = await startMessenger(server, `alice${accounts}`, {
      modp: {
        power: (...args) => {
          powers += 1;
          return engine.power(...args);
        },
        close: () => engine.close(),
      },
    });
    open.push(alice);
    await alice.signIn();
    await alice.until('the set made ahead', async () => {
      const { text } = await alice.call('diagnostics.report', {});
      return text.includes('presence prepared');
    });
    const [mark, before] = [alice.mark(), powers];
    alice.messenger.suspend();
    // On return of the synchronous call everything was handed over, the end of the stream included.
    const names = alice.sent.slice(mark.sent).map(({ name, attrs }) => `${name} ${attrs['type'] ?? ''}`);
    expect(names).toEqual(['iq set', 'presence unavailable']);
    expect(alice.asked.length).toBe(mark.asked);
    expect(powers).toBe(before);
  });

  it('R-266 H-25 leaves in one write at sleep: the set counts as published without an answer, and is withdrawn on return', async () => {
    const alice = await newAlice();
    await alice.until('keys', async () => (await alice.call('leaving.state', {})).backupKey?.confirmed === true);
    await alice.until('the set made ahead', async () => {
      const { text } = await alice.call('diagnostics.report', {});
      return text.includes('presence prepared');
    });
    alice.messenger.suspend();
    expect((await alice.call('leaving.state', {})).awayKey).toMatchObject({ state: 'publishing', confirmed: false });
    await alice.until('the form', async () => (await formAt(alice, NS.offline)) !== undefined);
    alice.messenger.resume();
    await alice.until('being back', async () => (await alice.call('account.state', {})).state === 'online');
    expect(await formAt(alice, NS.offline)).toBeUndefined();
    expect((await alice.call('leaving.state', {})).awayKey?.state).toBe('withdrawn');
  });

  it('sleeps while the former key drains, and destroys it in its time after waking', async () => {
    const alice = await newAlice();
    await leave(alice);
    await alice.call('leaving.comeBack', {});
    await alice.until('the drain', async () => (await alice.call('leaving.state', {})).awayKey?.state === 'withdrawn');
    const { text } = await alice.call('diagnostics.report', {});
    expect(text).toContain('presence draining');
    alice.messenger.suspend();
    alice.messenger.resume();
    await alice.until('being back', async () => (await alice.call('account.state', {})).state === 'online');
    alice.clock.setOffset(3 * DAY + 1000, true);
    await alice.until('the end of the key', async () => {
      const report = await alice.call('diagnostics.report', {});
      return !report.text.includes('presence draining');
    });
  });

  it('S-055 R-282 destroys keys at their expiry, while the program runs', async () => {
    const alice = await newAlice();
    await leave(alice);
    alice.clock.setOffset(3 * DAY + 1000, true);
    await alice.until(
      'the end of the key',
      async () => (await alice.call('leaving.state', {})).awayKey?.deletedAt !== undefined,
    );
  });

  it('S-094 L-032 tells the user when the node still shows the old set, and destroys its keys on schedule', async () => {
    // A server that answers the retract and keeps the item: it is put back before anyone can look.
    const kept: { form?: Element } = {};
    const alice = await newAlice((factory) => (options, handlers) => {
      const link = factory(options, handlers);
      const ask = link.request.bind(link);
      link.request = async (request) => {
        const answer = await ask(request);
        if (kept.form !== undefined && serialize(request.payload).includes('<retract')) {
          await ask({ type: 'set', payload: buildPublish(NS.offline, 'current', kept.form) });
        }
        return answer;
      };
      return link;
    });
    await leave(alice);
    const shown = await formAt(alice, NS.offline);
    if (shown === undefined) throw new Error('no form');
    kept.form = shown;
    await alice.call('leaving.comeBack', {});
    expect((await alice.call('leaving.state', {})).status).toBe('S7');
    let minutes = 0;
    await alice.until('the alert', () => {
      minutes += 1;
      alice.clock.setOffset(minutes * 61_000, true);
      return alice.payloads('alerts.raised').some(({ code }) => code === 'withdraw-failed');
    });
    alice.clock.setOffset(DAY / 24, true);
    await alice.until(
      'the end of the key',
      async () => (await alice.call('leaving.state', {})).awayKey?.deletedAt !== undefined,
    );
    expect(await formAt(alice, NS.offline)).toBeDefined();
  });
});
