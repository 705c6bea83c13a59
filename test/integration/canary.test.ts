import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { inlineModpEngine } from '../../main/crypto/modp-engine.ts';
import type { ModpEngine } from '../../main/crypto/modp.ts';
import { systemRandom } from '../../main/crypto/random.ts';
import type { KeyProtector } from '../../main/stores/seal.ts';
import { openStores } from '../../main/stores/stores.ts';
import { canaryText, findCanaries, type Canary, type Haystack } from '../support/canaries.ts';
import { befriend, leave, seesAway, startMessenger, textsOf, type TestMessenger } from '../support/messengers.ts';
import { overhear } from '../support/overheard.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe.each(BOTH_SERVERS)('what the wire to %s and its files may not hold', (_name, start) => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: TestMessenger;
  let said: readonly Uint8Array[];
  const files: Haystack[] = [];
  /** Exponents and shared secrets as they are used, and what both profiles keep. */
  const secrets: Canary[] = [];
  const publicValues: Canary[] = [];
  const marks = Array.from({ length: 4 }, randomText);
  const texts = marks.map((mark, index) => `${mark}${'.'.repeat(index * 2_000)} 🌍 \u202Eשלום ${mark}`);
  const [held, clear] = [randomText(), randomText()];

  beforeAll(async () => {
    said = overhear();
    server = await start();
    alice = await startMessenger(server, 'alice', { modp: listeningTo('Alice', secrets) });
    bob = await startMessenger(server, 'bob', { modp: listeningTo('Bob', secrets) });
    await alice.signIn();
    await bob.signIn();
    await befriend(alice, bob);
    await leave(alice);
    await seesAway(bob, alice);
    for (const text of texts) await bob.call('messages.send', { to: alice.address, text });
    await bob.call('messages.send', { to: alice.address, text: clear, unencrypted: true });
    await bob.call('messages.send', { to: `nobody@${server.domain}`, text: held });
    await bob.crash(); // the session stays open on her side, and its keys with it
    await keepFiles('while the letters wait');
    await alice.call('leaving.comeBack', {});
    await alice.until('the letters', async () => (await textsOf(alice, bob.address)).length === texts.length + 1);
    await alice.quit();
    await keepFiles('in the end');
    for (const { directory, address } of [alice, bob]) {
      const kept = await readProfile(directory, address);
      secrets.push(...kept.secrets);
      publicValues.push(...kept.publicValues);
    }
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await alice.remove();
    await bob.remove();
    await server.stop();
  });

  async function keepFiles(when: string): Promise<void> {
    await server.restart(); // ejabberd writes much of it only when it ends
    for (const { path, content } of await server.storedFiles()) files.push({ name: `${path} ${when}`, content });
  }

  function wire(): Haystack {
    return { name: 'the wire', content: Buffer.concat(said) };
  }

  it('the search finds what is public, in the wire and in the files', () => {
    expect(new Set(publicValues.map(({ name }) => name.split(' of ')[0]))).toEqual(new Set(['modulus', 'nonce']));
    for (const canary of [...publicValues, canaryText('the clear text', clear)]) {
      expect(findCanaries([canary], [wire()])).not.toEqual([]);
      expect(findCanaries([canary], files)).not.toEqual([]);
    }
  });

  it('no text of a letter, and none of one that was held', () => {
    const canaries = [...marks, held].map((mark, index) => canaryText(`text ${index}`, mark));
    expect(findCanaries(canaries, [wire(), ...files])).toEqual([]);
  });

  it('no exponent, no shared secret, no key', () => {
    const kinds = new Set(secrets.map(({ name }) => name.split(' ').slice(1).join(' ')));
    expect([...kinds].sort()).toEqual(KINDS);
    expect(findCanaries(secrets, [wire(), ...files])).toEqual([]);
  });
});

const KINDS = [
  'KC of a session',
  'KM of a session',
  'exponent in use',
  'exponent on file',
  'shared secret',
  ...['d', 'dp', 'dq', 'p', 'q', 'qi'].map((part) => `signing key ${part}`),
].sort();

function randomText(): string {
  return Buffer.from(systemRandom.bytes(24)).toString('base64url');
}

/** Notes every exponent, and every power of someone else's value: Z of a session. */
function listeningTo(name: string, secrets: Canary[]): ModpEngine {
  const engine = inlineModpEngine();
  return {
    ...engine,
    power: async (group, exponent, base) => {
      secrets.push({ name: `${name} exponent in use`, octets: exponent.slice() });
      const result = await engine.power(group, exponent, base);
      if (base !== undefined) secrets.push({ name: `${name} shared secret`, octets: result.slice() });
      return result;
    },
  };
}

interface ProfileSecrets {
  readonly secrets: readonly Canary[];
  readonly publicValues: readonly Canary[];
}

/** What a closed profile keeps: the signing key, the exponents of published sets, the keys of sessions on them. */
async function readProfile(directory: string, address: string): Promise<ProfileSecrets> {
  const searchWorker = new URL('../../main/stores/search-worker.ts', import.meta.url);
  const options = { directory, protector: UNPROTECTED, random: systemRandom, now: () => new Date(), searchWorker };
  const stores = await openStores(options);
  try {
    const { records } = await stores.offlineSecrets.load();
    const pkcs8 = stores.keys.ownSigningKey()?.pkcs8 ?? new Uint8Array();
    const signing = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }).export({
      format: 'jwk',
    });
    const part = (name: 'd' | 'dp' | 'dq' | 'n' | 'p' | 'q' | 'qi'): Uint8Array =>
      new Uint8Array(Buffer.from(signing[name] ?? '', 'base64url'));
    return {
      publicValues: [
        { name: `modulus of ${address}`, octets: part('n') },
        ...records
          .filter(({ confirmed }) => confirmed)
          .map(({ nonce }) => ({ name: `nonce of ${address}`, octets: nonce.slice() })),
      ],
      secrets: [
        ...(['d', 'dp', 'dq', 'p', 'q', 'qi'] as const).map((name) => ({
          name: `${address} signing key ${name}`,
          octets: part(name),
        })),
        ...records.flatMap(({ id, secrets }) => [
          ...secrets.map(({ exponent }) => ({ name: `${address} exponent on file`, octets: exponent.slice() })),
          ...stores.offlineSecrets.sessions(id).flatMap((stored) =>
            stored.state === 'open'
              ? [
                  { name: `${address} KC of a session`, octets: stored.session.cipherKey.slice() },
                  { name: `${address} KM of a session`, octets: stored.session.macKey.slice() },
                ]
              : [],
          ),
        ]),
      ],
    };
  } finally {
    stores.close();
  }
}

/** As the messengers of these tests are protected: not at all. */
const UNPROTECTED: KeyProtector = {
  name: 'test',
  protects: false,
  wrap: (key) => Promise.resolve(key.slice()),
  unwrap: (wrapped) => Promise.resolve(wrapped.slice()),
};
