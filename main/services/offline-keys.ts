/**
 * The life of the published sets of options and of their private keys (profile 6.1, 6.2; S-052 to S-057): made ahead,
 * stored before anything leaves, published, withdrawn, drained, destroyed. Sends nothing itself.
 */
import { toBase64, toHex, wipe } from '../base/bytes.ts';
import { DAY_MS, type Clock } from '../base/time.ts';
import type { ModpEngine } from '../crypto/modp.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { SigningKey } from '../crypto/signature.ts';
import { createOfflineOptions, type OfflineNode } from '../protocol/esession/xep0187-options.ts';
import type { Policy } from '../protocol/esession/policy.ts';
import type { DestroyReason, OfflineRecord, OfflineSecretStore, Tombstone } from '../stores/offline-secrets.ts';
import { serialize } from '../wire/element.ts';
import type { Announcer, ServiceEvents } from './events.ts';

export interface OfflineKeysParts {
  readonly store: OfflineSecretStore;
  readonly modp: ModpEngine;
  readonly random: RandomSource;
  readonly clock: Clock;
  readonly announcer: Announcer<ServiceEvents>;
  readonly policy: () => Policy;
}

/** What a new set is made from. */
export interface NewSet {
  readonly node: OfflineNode;
  readonly days: number;
  readonly signingKeys: readonly SigningKey[];
  /** Written into the presence set only: its keys are on this machine (3.2). */
  readonly matchResource?: string;
}

export class OfflineKeys {
  readonly #parts: OfflineKeysParts;
  #unreadable: readonly string[] = [];
  /** What is shown of the records while they are closed: everything but their keys. */
  #shown: readonly OfflineRecord[] | undefined;
  /** Opened once; dropped at every change. */
  #records: readonly OfflineRecord[] | undefined;
  #tombstones: readonly Tombstone[] | undefined;

  constructor(parts: OfflineKeysParts) {
    this.#parts = parts;
  }

  /**
   * Opens the sealed records at start, before any network: what was never published and what has expired is destroyed
   * (S-055 b, f).
   *
   * @throws StoreError `locked` when the secret store does not open; nothing is lost then.
   */
  async load(): Promise<void> {
    const { records, unreadable } = await this.#parts.store.load();
    this.#shown = undefined;
    this.#forget();
    this.#unreadable = unreadable;
    for (const record of records) if (record.state === 'prepared') this.destroy(record, 'never-published');
    this.destroyExpired();
  }

  /** Ids of records whose keys another secret store holds (L-061): the messages for them cannot be opened here. */
  get unreadable(): readonly string[] {
    return this.#unreadable;
  }

  /** The records; without their keys while they are closed. */
  records(): readonly OfflineRecord[] {
    if (this.#shown !== undefined) return this.#shown;
    this.#records ??= this.#parts.store.records();
    return this.#records;
  }

  /** Closes the sealed records for a sleep: only what is on disk remains (S-059). `load` opens them again. */
  close(): void {
    const records = this.records();
    this.#shown = records.map((record) => ({ ...record, secrets: [] }));
    for (const record of records) wipeSecrets(record);
    this.#forget();
    this.#parts.store.closeOpened();
  }

  tombstones(): readonly Tombstone[] {
    this.#tombstones ??= this.#parts.store.tombstones();
    return this.#tombstones;
  }

  /** The one live record that a response names (S-022); a prepared one was never seen by anyone. */
  byNonce(nonce: Uint8Array): OfflineRecord | undefined {
    const wanted = toBase64(nonce);
    return this.records().find((record) => record.state !== 'prepared' && toBase64(record.nonce) === wanted);
  }

  tombstoneOf(nonce: Uint8Array): Tombstone | undefined {
    const wanted = toBase64(nonce);
    return this.tombstones().find((tombstone) => toBase64(tombstone.nonce) === wanted);
  }

  /** Whether this set is still what it was made as: neither published nor destroyed since. */
  isPrepared({ id }: OfflineRecord): boolean {
    return this.records().some((record) => record.id === id && record.state === 'prepared');
  }

  /** The presence set made ahead, if there is one. */
  prepared(): OfflineRecord | undefined {
    return this.records().find((record) => record.node === 'presence' && record.state === 'prepared');
  }

  /** The presence set that others may have read and that is not yet withdrawn. */
  published(): OfflineRecord | undefined {
    return this.records().find((record) => record.node === 'presence' && isOut(record));
  }

  /** The open set that is out now. */
  backup(): OfflineRecord | undefined {
    return this.records().find((record) => record.node === 'open' && isOut(record));
  }

  draining(): readonly OfflineRecord[] {
    return this.records().filter((record) => record.state === 'draining');
  }

  /** Makes keys and a signed form and seals them durably, in state `prepared` (R-007, S-054). */
  async make(set: NewSet): Promise<OfflineRecord> {
    const { clock, random, modp, policy, store } = this.#parts;
    const createdAt = clock.now();
    const expiresAt = new Date(Math.floor(createdAt.getTime() / 1000) * 1000 + set.days * DAY_MS);
    const options = await createOfflineOptions({
      expires: expiresAt,
      signingKeys: set.signingKeys,
      policy: policy(),
      random,
      modp,
      ...(set.matchResource === undefined ? {} : { matchResource: set.matchResource }),
    });
    const record: OfflineRecord = {
      id: toHex(random.bytes(16)),
      node: set.node,
      state: 'prepared',
      nonce: options.nonce,
      form: serialize(options.form),
      secrets: options.secrets,
      createdAt,
      expiresAt,
      connectedMs: 0,
      confirmed: false,
      received: 0,
    };
    await store.create(record);
    this.#forget();
    return record;
  }

  /**
   * The publish is about to leave: from now on someone may have read the form (P3, P4). Durable on return.
   *
   * @returns undefined if the set was destroyed meanwhile: then it must not leave.
   */
  startPublishing(record: OfflineRecord): OfflineRecord | undefined {
    return this.#change(record, { state: 'publishing' });
  }

  /** The server took the form; `confirmed` when the node was read back and showed it. */
  markPublished(record: OfflineRecord, confirmed: boolean): void {
    this.#change(record, { state: 'published', publishedAt: this.#parts.clock.now(), confirmed });
  }

  /**
   * No open set is out any more but this one, if any; the others' keys stay until they expire, since senders may have
   * read them (6.2).
   */
  supersedeBackups(by?: OfflineRecord): void {
    const others = this.records().filter((record) => record.node === 'open' && isOut(record) && record.id !== by?.id);
    for (const record of others) this.#change(record, { state: 'superseded' });
  }

  /**
   * Coming online, after the presence set was withdrawn or given up for now: what was out is read from now on and
   * then destroyed. The moment is kept if it was noted before (U5: the time is not reset).
   */
  startDraining(): void {
    this.destroyExpired();
    const now = this.#parts.clock.now();
    for (const record of this.records()) {
      if (record.node !== 'presence') continue;
      if (record.state === 'prepared') this.destroy(record, 'never-published');
      else if (isOut(record)) this.#change(record, { state: 'draining', onlineAt: record.onlineAt ?? now });
    }
  }

  /** The node was read back and holds no form any more. */
  markWithdrawn(): void {
    const now = this.#parts.clock.now();
    for (const record of this.draining()) {
      if (record.withdrawnAt === undefined) this.#change(record, { withdrawnAt: now });
    }
  }

  /** Adds time spent connected to every draining set (24 h of it end a drain, 6.2 step 6). */
  addConnected(ms: number): void {
    for (const record of this.draining()) this.#change(record, { connectedMs: record.connectedMs + ms });
  }

  /** Counts messages that came for a set; inside the transaction that stores them. */
  addReceived(id: string, count: number): void {
    const record = this.records().find((one) => one.id === id);
    if (record === undefined) return;
    this.#parts.store.update({ ...record, received: record.received + count });
    this.#forget();
  }

  /** Destroys what is past its expiry (S-057). @returns how many sets that were. */
  destroyExpired(): number {
    const now = this.#parts.clock.now();
    const expired = this.records().filter((record) => record.expiresAt <= now);
    for (const record of expired) this.destroy(record, record.state === 'prepared' ? 'never-published' : 'expired');
    return expired.length;
  }

  /** Shreds the keys of a set for good, leaving the tombstone (S-056). */
  destroy(record: OfflineRecord, reason: DestroyReason): void {
    const cached = this.#records?.find(({ id }) => id === record.id);
    this.#forget();
    this.#parts.store.destroy(record.id, reason);
    wipeSecrets(record);
    if (cached !== undefined) wipeSecrets(cached);
    this.#parts.announcer.announce('leavingChanged', undefined);
  }

  #forget(): void {
    this.#records = undefined;
    this.#tombstones = undefined;
  }

  /**
   * Changes a set as it is now, whatever it was when the caller read it: letters may have come for it meanwhile.
   *
   * @returns undefined, and changes nothing, if it was destroyed meanwhile or its keys were closed for a sleep.
   */
  #change({ id }: OfflineRecord, changes: Partial<OfflineRecord>): OfflineRecord | undefined {
    const present = this.#shown === undefined ? this.records().find((record) => record.id === id) : undefined;
    if (present === undefined) return undefined;
    const changed = { ...present, ...changes };
    this.#forget();
    this.#parts.store.update(changed);
    this.#parts.announcer.announce('leavingChanged', undefined);
    return changed;
  }
}

/** The store's destruction does not reach copies (S-058). */
function wipeSecrets(record: OfflineRecord): void {
  for (const { exponent } of record.secrets) wipe(exponent);
}

function isOut(record: OfflineRecord): boolean {
  return record.state === 'publishing' || record.state === 'published';
}
