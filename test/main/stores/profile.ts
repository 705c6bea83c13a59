/** A profile in a directory of its own, and values to put into it. */
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { utf8 } from '../../../main/base/bytes.ts';
import { open, seal } from '../../../main/crypto/aead.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { DatabaseReader } from '../../../main/stores/database.ts';
import type { StoredAccount } from '../../../main/stores/accounts.ts';
import type { ContactKey } from '../../../main/stores/keys.ts';
import type { StoredContact } from '../../../main/stores/contacts.ts';
import type { StoredMessage } from '../../../main/stores/messages.ts';
import type { OfflineRecord, StoredSession } from '../../../main/stores/offline-secrets.ts';
import type { KeyProtector } from '../../../main/stores/seal.ts';
import { StoreError } from '../../../main/stores/store-error.ts';
import { openStores } from '../../../main/stores/stores.ts';
import type { Stores, StoresOptions } from '../../../main/stores/stores.ts';
import type { BareJid, FullJid } from '../../../main/wire/jid.ts';
import { parseBareJid, withResource } from '../../../main/wire/jid.ts';

export const NOW = new Date('2026-11-22T08:00:00.000Z');
export const ALICE = parseBareJid('alice@example.org');
export const BOB = parseBareJid('bob@example.com');
export const MALLORY = parseBareJid('mallory@example.net');

/** Guards keys with a key of its own; another key is another desktop. */
export function protectorWith(key: Uint8Array, name = 'test'): KeyProtector {
  const associated = utf8('test protector');
  return {
    name,
    protects: true,
    wrap: (plain) => Promise.resolve(seal(key, plain, associated, systemRandom)),
    unwrap: (wrapped) => {
      const plain = open(key, wrapped, associated);
      return plain ? Promise.resolve(plain) : Promise.reject(new StoreError('locked', 'wrong key'));
    },
  };
}

export const PROTECTOR = protectorWith(new Uint8Array(32).fill(7));

const made: string[] = [];
const opened: Stores[] = [];

afterEach(() => {
  for (const stores of opened.splice(0)) closeQuietly(stores);
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function closeQuietly(stores: Stores): void {
  try {
    stores.close();
  } catch {
    // The test closed it.
  }
}

/** A directory that is removed after the test. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'nightlatch-'));
  made.push(directory);
  return directory;
}

export async function openProfile(directory: string, options: Partial<StoresOptions> = {}): Promise<Stores> {
  const stores = await openStores({
    directory,
    protector: PROTECTOR,
    random: systemRandom,
    now: () => NOW,
    ...options,
  });
  opened.push(stores);
  return stores;
}

/** An open profile with Alice's account. */
export async function aliceProfile(directory = makeDirectory(), options: Partial<StoresOptions> = {}): Promise<Stores> {
  const stores = await openProfile(directory, options);
  if (stores.account.get() === undefined) stores.account.put(ACCOUNT);
  return stores;
}

/** As `aliceProfile`, with the offline records loaded. */
export async function loadedProfile(
  directory = makeDirectory(),
  options: Parameters<typeof aliceProfile>[1] = {},
): Promise<Stores> {
  const stores = await aliceProfile(directory, options);
  await stores.offlineSecrets.load();
  return stores;
}

export const ACCOUNT: StoredAccount = {
  address: ALICE,
  resource: '00112233aabbccdd',
  deviceId: 'd0d1d2d3d4d5d6d7d8d9dadbdcdddedf',
  remember: true,
  password: 'correct horse',
  policy: { awayKeyDays: 3, backupKeyDays: 7, whoMayWrite: 'contacts' },
  olderEncryption: false,
};

export function contact(address: BareJid, more: Partial<StoredContact> = {}): StoredContact {
  return { address, subscription: 'both', ask: false, blocked: false, inRoster: true, optionsSeen: [], ...more };
}

export function contactKey(address: BareJid, more: Partial<ContactKey> = {}): ContactKey {
  const modulus = new Uint8Array(384).fill(0xc5);
  const exponent = Uint8Array.of(1, 0, 1);
  return { fingerprint: 'ab'.repeat(32), modulus, exponent, address, state: 'known', firstSeenAt: NOW, ...more };
}

export function message(id: string, more: Partial<StoredMessage> = {}): StoredMessage {
  return {
    id,
    contact: BOB,
    direction: 'in',
    text: `text of ${id}`,
    writtenAt: '2026-11-22T08:01:00.000Z',
    timeCertain: true,
    unread: true,
    innerId: `inner ${id}`,
    facts: { badge: 'I1' },
    ...more,
  };
}

export function offlineRecord(more: Partial<OfflineRecord> = {}): OfflineRecord {
  return {
    id: '0123456789abcdef0123456789abcdef',
    node: 'presence',
    state: 'prepared',
    nonce: new Uint8Array(16).fill(0xa1),
    form: '<x xmlns="jabber:x:data" type="form"/>',
    secrets: [{ modp: 15, exponent: new Uint8Array(40).fill(0xe7), publicValue: new Uint8Array(384).fill(0x3c) }],
    createdAt: NOW,
    expiresAt: new Date('2026-11-25T08:00:00.000Z'),
    connectedMs: 0,
    confirmed: false,
    received: 0,
    ...more,
  };
}

export const BOB_LAPTOP: FullJid = withResource(BOB, 'laptop');

export function session(key: string, more: Partial<Extract<StoredSession, { state: 'open' }>> = {}): StoredSession {
  return {
    state: 'open',
    key,
    from: BOB_LAPTOP,
    thread: 'ffd7076498744578d10edabfe7f4a866',
    otr: false,
    peerFingerprint: 'ab'.repeat(32),
    lastActivityAt: NOW,
    damaged: false,
    session: {
      direction: 'receive',
      modp: 15,
      cipher: 'aes256-ctr',
      hash: 'sha256',
      cipherKey: new Uint8Array(32).fill(0x11),
      macKey: new Uint8Array(32).fill(0x22),
      counter: new Uint8Array(16).fill(0x33),
      blocks: 5,
    },
    ...more,
  };
}

/** How many rows of a table are committed. */
export function rowsIn(directory: string, table: string): number {
  const reader = new DatabaseReader(join(directory, 'nightlatch.db'));
  try {
    return reader.all<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)[0]?.n ?? -1;
  } finally {
    reader.close();
  }
}

/** The profile's files, by their path within it. */
export function filesOf(directory: string): ReadonlyMap<string, Uint8Array> {
  const names = readdirSync(directory, { recursive: true }) as string[];
  const files = names.filter((name) => statSync(join(directory, name)).isFile());
  return new Map(files.map((name) => [name, new Uint8Array(readFileSync(join(directory, name)))]));
}

/** Names of the profile's files that hold these octets, as they are, in hex or in Base64 at any of its three offsets. */
export function filesHolding(directory: string, planted: Uint8Array): readonly string[] {
  const forms = writtenForms(Buffer.from(planted));
  return [...filesOf(directory)]
    .filter(([, octets]) => forms.some((form) => Buffer.from(octets).includes(form)))
    .map(([name]) => name);
}

function writtenForms(planted: Buffer): readonly Buffer[] {
  const base64 = [0, 1, 2].map((offset) => {
    const whole = planted.subarray(offset, planted.length - ((planted.length - offset) % 3));
    return Buffer.from(whole.toString('base64'));
  });
  return [planted, Buffer.from(planted.toString('hex')), ...base64];
}
