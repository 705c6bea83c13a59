/** Whom the product talks to in a complete run, in the window and beneath it (security.md S-108). */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../main/hosts/page-policy.ts';
import { startDnsResponder, type DnsResponder } from '../support/dns-responder.ts';
import { recordEgress, type Egress } from '../support/egress.ts';
import { ALICE, BOB, passwordOf, TwoPeople } from '../support/two-people.ts';
import { HAS_CHROMIUM } from '../support/window-browser.ts';

/** Everything a program could do by which something leaves the computer. */
const TALKATIVE = `
  import { spawn } from 'node:child_process';
  import { createSocket } from 'node:dgram';
  import dns, { Resolver } from 'node:dns';
  import { resolveSrv } from 'node:dns/promises';
  import { connect } from 'node:net';
  import { Worker } from 'node:worker_threads';
  const quiet = () => undefined;
  await Promise.allSettled([
    fetch('http://127.0.0.1:4/fetched'),
    new Promise((resolve) => connect(2, '127.0.0.1').on('error', resolve)),
    new Promise((resolve) => dns.lookup('looked.invalid', resolve)),
    resolveSrv('_srv.example.invalid'),
    new Promise((resolve) => new Resolver({ timeout: 100, tries: 1 }).resolve4('resolved.invalid', resolve)),
    new Promise((resolve) => { const socket = createSocket('udp4'); socket.send('x', 5, '127.0.0.1', () => socket.close(resolve)); }),
    new Promise((resolve) => spawn('/bin/true').on('exit', resolve)),
    new Promise((resolve) => new Worker(new URL('./talkative-worker.mjs', import.meta.url)).on('exit', resolve)),
  ]);
  process.exit(0);
`;

describe('the recorder', () => {
  it('S-108 misses nothing: sockets, names, datagrams, programs, workers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nightlatch-egress-'));
    const resolver = await startDnsResponder({});
    const inWorker = "import net from 'node:net'; net.connect(3, '127.0.0.1').on('error', () => undefined);";
    await writeFile(join(folder, 'talkative-worker.mjs'), inWorker);
    const egress = recordEgress(folder, 'talkative', resolver.address);
    await writeFile(join(folder, 'talkative.mjs'), TALKATIVE);
    await promisify(execFile)(process.execPath, [...egress.nodeArguments, join(folder, 'talkative.mjs')]);

    expect(egress.seen()).toEqual([
      ...['connect 127.0.0.1:2', 'connect 127.0.0.1:3', 'connect 127.0.0.1:4'],
      'datagram 127.0.0.1:5',
      ...['name _srv.example.invalid', 'name looked.invalid', 'name resolved.invalid'],
      'program /bin/true',
    ]);
    await resolver.stop();
    await rm(folder, { recursive: true });
  });
});

describe.skipIf(!HAS_CHROMIUM)('a complete run of two people', () => {
  const NAMES = ['_xmpp-client._tcp.example.org', '_xmpps-client._tcp.example.org'];
  let people: TwoPeople;
  let resolver: DnsResponder | undefined;
  const recorded = new Map<string, Egress>();

  beforeAll(async () => {
    people = await TwoPeople.meet(['alice', 'bob'], async (name, folder, { port, tlsPort }) => {
      resolver ??= await startDnsResponder({
        '_xmpp-client._tcp.example.org': [{ host: 'localhost', port }],
        '_xmpps-client._tcp.example.org': [{ host: 'localhost', port: tlsPort }],
      });
      const egress = recordEgress(folder, name, resolver.address);
      recorded.set(name, egress);
      return { findsServer: true, nodeArguments: egress.nodeArguments };
    });
    people.page.on('response', (response) => {
      policies.add(response.headers()['content-security-policy'] ?? `none for ${response.url()}`);
    });
    await people.page.reload();
    await people.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
  afterAll(async () => {
    await people.part();
    await resolver?.stop();
  });
  const policies = new Set<string>();

  it('S-108 goes through everything that talks', async () => {
    people.explainFailure();
    await people.becomeContacts();
    await people.row(BOB).click();
    await people.bob.call('sessions.start', { address: ALICE });
    await people.bobSends('Live: https://mallory.example/page and //mallory.example/picture.png');
    await people.bubble('Live: https').waitFor();
    await people.bob.call('sessions.end', { address: ALICE });
    await people.aliceLeaves();
    await people.bobSends('![picture](https://mallory.example/away.png) <img src="https://mallory.example/tag.png">');
    await people.aliceComesBack();
    await people.bubble('away.png').waitFor();
    await people.composer().fill('Look: https://mallory.example/mine');
    await people.page.keyboard.press('Enter');
    await people.bob.waitUntil('messages.list', { with: ALICE }, (list) =>
      list.some(({ text }) => text?.startsWith('Look')),
    );
    for (const command of ['keys.own', 'diagnostics.report', 'settings.state'] as const)
      await people.alice.call(command, {});
    await people.alice.call('messages.search', { query: 'mallory' });
    await people.alice.call('account.signOut', {});
    await people.alice.call('account.signIn', { address: ALICE, password: passwordOf('alice') });
    await people.row(BOB).waitFor();
    await people.alice.quit();
    await people.bob.quit();
  });

  it.each(['alice', 'bob'])('S-108 connects %s to the account’s server and to nothing else', (name) => {
    const { tlsPort } = people.server;
    // The host of the record is a name here, which the platform looks up.
    const expected = [`connect localhost:${tlsPort}`, ...NAMES.map((asked) => `name ${asked}`), 'name localhost'];
    expect(recorded.get(name)?.seen()).toEqual(expected);
  });

  it('S-108 asks the name service for the account’s two records and for nothing else', () => {
    expect([...new Set(resolver?.asked)].sort()).toEqual(NAMES);
  });

  it('S-108 S-142 lets the window ask its own host, under a policy that allows no other', () => {
    const { host } = new URL(people.alice.address ?? '');
    expect([...people.origins].sort()).toEqual([`http://${host}`, `ws://${host}`]);
    expect([...policies]).toEqual([contentSecurityPolicy('self')]);
  });
});
