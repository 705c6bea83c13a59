import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBES, runSelfTest, type AlgorithmName, type SelfTestReport } from '../../main/crypto/self-test.ts';
import { parseForm, type DataForm } from '../../main/wire/xep0004-data-form.ts';
import { Announcing, LiveAnswerer } from '../support/live-answerer.ts';
import { befriendWriter, startWriter, type LetterWriter } from '../support/letter-writer.ts';
import { startMessenger, TestMessenger } from '../support/messengers.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';
import { senderKey } from '../support/test-keys.ts';

/** A runtime in which these give wrong answers. */
function without(...names: readonly AlgorithmName[]): Promise<SelfTestReport> {
  return runSelfTest(PROBES.map((probe) => (names.includes(probe.name) ? { ...probe, isRight: () => false } : probe)));
}

describe.each(BOTH_SERVERS)('what the self test did not prove, on %s', (_name, start) => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: LetterWriter;

  beforeAll(async () => {
    server = await start();
    alice = await startMessenger(server, 'alice', { selfTest: await without('modp16', 'aes192-ctr') });
    await alice.signIn();
    bob = await startWriter(server, 'bob', senderKey, new Announcing().iq);
    await befriendWriter(alice, bob);
  });
  afterAll(async () => {
    await alice.remove();
    await bob.client.close();
    await server.stop();
  });

  const offered = (form: DataForm, name: string): readonly string[] | undefined =>
    form.fields.find((field) => field.name === name)?.options;

  it('S-020 is in no published key', async () => {
    await alice.until('the backup key', async () => {
      const { backupKey } = await alice.call('leaving.state', {});
      return backupKey?.confirmed === true;
    });
    expect(offered(parseForm(await bob.optionsOf(alice.address)), 'modp')).toEqual(['15', '14']);
  });

  it('S-020 is in no request for a session', async () => {
    const starting = alice.call('sessions.start', { address: bob.address }).catch(() => undefined);
    const answerer = await LiveAnswerer.asked(bob);
    expect(offered(parseForm(answerer.requestForm), 'modp')).toEqual(['15', '14']);
    await answerer.negotiate();
    await starting;
  });

  it('S-020 ends the start, with nothing opened, where the program cannot do without it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nightlatch-unfit-'));
    const unfit = new TestMessenger(server, 'mallory', directory, { selfTest: await without('aes256-ctr') });
    await expect(unfit.start()).rejects.toMatchObject({ code: 'unfit-runtime' });
    expect(await readdir(directory)).toEqual([]);
    await unfit.remove();
  });
});
