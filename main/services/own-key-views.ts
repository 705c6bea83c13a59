/** Our two published keys as people see them, whatever stage of their life they are in (contract: PublishedKey). */
import type { OfflineRecord, Tombstone } from '../stores/offline-secrets.ts';
import type { KeyDates } from './badge.ts';
import type { OfflineKeys } from './offline-keys.ts';

/** One key and its dates; `state` as the contract has it. */
export interface OwnKeyPicture {
  readonly id: string;
  readonly state: 'publishing' | 'published' | 'withdrawn' | 'failed';
  readonly createdAt: Date;
  readonly publishedAt?: Date;
  readonly withdrawnAt?: Date;
  readonly deletedAt?: Date;
  readonly expiresAt: Date;
  readonly confirmed: boolean;
  readonly received: number;
}

/** The newest away key that was ever to be seen by others; one made ahead is none. */
export function awayKeyOf(keys: OfflineKeys): OwnKeyPicture | undefined {
  const records = keys.records().filter(({ node, state }) => node === 'presence' && state !== 'prepared');
  const record = newest(records);
  if (record !== undefined) return pictureOfRecord(record);
  const tombstone = newest(keys.tombstones().filter(({ node, reason }) => node === 'presence' && wasSeen(reason)));
  return tombstone === undefined ? undefined : pictureOfTombstone(tombstone);
}

/** The backup key that is out; a superseded one is not shown. */
export function backupKeyOf(keys: OfflineKeys): OwnKeyPicture | undefined {
  const record = keys.backup();
  return record === undefined ? undefined : pictureOfRecord(record);
}

/** The dates of the key that a message was sealed for; undefined if nothing is known of it any more. */
export function keyDatesOf(keys: OfflineKeys, keyId: string): KeyDates | undefined {
  const record = keys.records().find(({ id }) => id === keyId);
  const tombstone = keys.tombstones().find(({ id }) => id === keyId);
  const known = record ?? tombstone;
  if (known === undefined) return undefined;
  return {
    createdAt: known.createdAt,
    expiresAt: known.expiresAt,
    ...(known.withdrawnAt === undefined ? {} : { withdrawnAt: known.withdrawnAt }),
    ...(tombstone === undefined ? {} : { deletedAt: tombstone.destroyedAt }),
  };
}

function pictureOfRecord(record: OfflineRecord): OwnKeyPicture {
  return { ...datesOf(record), state: stateOf(record) };
}

function pictureOfTombstone(tombstone: Tombstone): OwnKeyPicture {
  const state = tombstone.reason === 'refused' ? 'failed' : 'withdrawn';
  return { ...datesOf(tombstone), state, deletedAt: tombstone.destroyedAt };
}

function datesOf(known: OfflineRecord | Tombstone): Omit<OwnKeyPicture, 'state' | 'deletedAt'> {
  const { id, createdAt, expiresAt, confirmed, received, publishedAt, withdrawnAt } = known;
  return {
    ...{ id, createdAt, expiresAt, confirmed, received },
    ...(publishedAt === undefined ? {} : { publishedAt }),
    ...(withdrawnAt === undefined ? {} : { withdrawnAt }),
  };
}

function stateOf({ state, withdrawnAt }: OfflineRecord): OwnKeyPicture['state'] {
  if (state === 'draining' || state === 'superseded') return withdrawnAt === undefined ? 'published' : 'withdrawn';
  return state === 'published' ? 'published' : 'publishing';
}

function wasSeen(reason: Tombstone['reason']): boolean {
  return reason !== 'never-published' && reason !== 'replaced';
}

function newest<T extends { readonly createdAt: Date }>(items: readonly T[]): T | undefined {
  return items.reduce<T | undefined>(
    (latest, item) => (latest === undefined || item.createdAt >= latest.createdAt ? item : latest),
    undefined,
  );
}
