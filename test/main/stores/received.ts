/** One received stanza, and whether a store holds all of it or nothing. */
import type { Stores } from '../../../main/stores/stores.ts';
import type { OfflineRecord, SeenEntry, StoredSession } from '../../../main/stores/offline-secrets.ts';
import { parseBareJid, withResource } from '../../../main/wire/jid.ts';

const BOB = parseBareJid('bob@example.com');
const AT = new Date('2026-11-22T08:00:00.000Z');

export const RECORD: OfflineRecord = {
  id: '0123456789abcdef0123456789abcdef',
  node: 'presence',
  state: 'draining',
  nonce: new Uint8Array(16).fill(0xa1),
  form: '<x xmlns="jabber:x:data" type="form"/>',
  secrets: [{ modp: 15, exponent: new Uint8Array(40).fill(0xe7), publicValue: new Uint8Array(384).fill(0x3c) }],
  createdAt: AT,
  expiresAt: new Date('2026-11-25T08:00:00.000Z'),
  connectedMs: 0,
  confirmed: true,
  received: 0,
};

export function MAC(n: number): Uint8Array {
  return new Uint8Array(32).fill(n + 1);
}

function seenEntry(n: number): SeenEntry {
  return { d: MAC(n), responderNonce: MAC(n), digest: MAC(n), from: BOB, outcome: 'shown' };
}

function sessionAfter(n: number): StoredSession {
  const keys = { cipherKey: new Uint8Array(32), macKey: new Uint8Array(32), counter: new Uint8Array(16).fill(n) };
  const session = { direction: 'receive', modp: 15, cipher: 'aes256-ctr', hash: 'sha256', ...keys, blocks: n } as const;
  const from = withResource(BOB, 'laptop');
  const facts = { key: 's', from, otr: false, peerFingerprint: 'ab', lastActivityAt: AT, damaged: false };
  return { ...facts, state: 'open', session };
}

export function receive(stores: Stores, n: number): void {
  stores.transaction(() => {
    const [row] = stores.journal.pending(1);
    stores.messages.add({
      ...{ id: `m${n}`, innerId: `i${n}`, contact: BOB, direction: 'in', text: `letter ${n}`, unread: true },
      ...{ writtenAt: AT.toISOString(), timeCertain: true, facts: {} },
    });
    stores.offlineSecrets.addSeen(RECORD.id, seenEntry(n));
    stores.offlineSecrets.putSession(RECORD.id, sessionAfter(n));
    stores.offlineSecrets.addMac(RECORD.id, 's', MAC(n));
    stores.offlineSecrets.update({ ...RECORD, received: n + 1 });
    if (row !== undefined) stores.journal.remove(row.seq);
  });
}

/** What of stanza n is there: all parts the same, or the transaction was none. */
export function partsOf(stores: Stores, n: number, journalled: number): readonly boolean[] {
  const { messages, offlineSecrets, journal } = stores;
  const sessions = offlineSecrets.sessions(RECORD.id).map((each) => (each.state === 'open' ? each.session.blocks : -1));
  return [
    messages.get(`m${n}`) !== undefined,
    messages.hasInner(BOB, `i${n}`),
    (messages.conversation(BOB)?.unread ?? 0) > n,
    offlineSecrets.seen(RECORD.id).length > n,
    (sessions[0] ?? -1) >= n,
    offlineSecrets.hasMac(RECORD.id, 's', MAC(n)),
    (offlineSecrets.records()[0]?.received ?? 0) > n,
    journal.count() < journalled - n,
  ];
}
