import { describe, expect, it } from 'vitest';
import type { Reader } from '../../../main/services/reading-time.ts';
import { statusOf } from '../../../main/services/status.ts';
import type { LeavingStanding, LeavingStatus, OwnKeyStanding, Status } from '../../../main/services/status.ts';
import { LEAVING_STATUSES } from '../../../preload/contract.ts';
import { neverSaid } from './words.ts';

const READER: Reader = { now: new Date('2026-11-22T08:02:00Z'), locale: 'en-GB', timeZone: 'UTC' };
const AWAY: OwnKeyStanding = { state: 'published', expiresAt: new Date('2026-11-25T18:00:00Z') };
const WITHDRAWN: OwnKeyStanding = { ...AWAY, state: 'withdrawn', withdrawnAt: new Date('2026-11-22T08:01:00Z') };
const BACKUP: OwnKeyStanding = { state: 'published', expiresAt: new Date('2026-11-29T08:00:00Z') };
const ONLINE: LeavingStanding = {
  account: 'online',
  hasProtectedStorage: true,
  isPublishing: false,
  hasLeft: false,
  withdrawFailed: false,
  backupKey: BACKUP,
};
const LEFT: LeavingStanding = { ...ONLINE, account: 'offline', hasLeft: true };
const expired = (key: OwnKeyStanding): OwnKeyStanding => ({ ...key, expiresAt: READER.now });

const read = (standing: LeavingStanding): Status => statusOf(standing, READER);

describe('statusOf (ux.md 3.2)', () => {
  it.each<[LeavingStatus, string, LeavingStanding]>([
    ['S1', 'Online. Away key withdrawn 08:01.', { ...ONLINE, awayKey: WITHDRAWN }],
    ['S2', 'Online. Backup key ready until 29 Nov.', ONLINE],
    ['S3', 'Publishing your away key…', { ...ONLINE, isPublishing: true }],
    ['S4', 'Ready to leave. Away key until Wed 18:00.', { ...LEFT, awayKey: AWAY }],
    ['S5', 'Away key could not be published. Backup key until 29 Nov.', LEFT],
    ['S6', 'Not ready to leave. Nobody could write to you encrypted.', { ...LEFT, backupKey: expired(BACKUP) }],
    ['S7', 'Your old away key could not be withdrawn. Retrying.', { ...ONLINE, withdrawFailed: true }],
    ['S8', 'Offline. Trying again in 20 s.', { ...LEFT, hasLeft: false, retryAt: new Date('2026-11-22T08:02:20Z') }],
    [
      'S9',
      'Opening messages that arrived while you were away, 42 of 120.',
      { ...ONLINE, backlog: { done: 42, total: 120 } },
    ],
    ['S10', 'Away keys are off. This computer has no protected storage.', { ...ONLINE, hasProtectedStorage: false }],
  ])('is %s: %s', (status, text, standing) => {
    expect(read(standing)).toEqual({ status, text });
  });

  it('counts without a total, and says the day of a withdrawal that was not today', () => {
    expect(read({ ...ONLINE, backlog: { done: 42 } }).text).toBe(
      'Opening messages that arrived while you were away, 42 so far.',
    );
    const yesterday = { ...WITHDRAWN, withdrawnAt: new Date('2026-11-21T23:00:00Z') };
    expect(read({ ...ONLINE, awayKey: yesterday }).text).toBe('Online. Away key withdrawn Sat 23:00.');
  });

  it('goes from S1 to S2 when the withdrawn key is deleted', () => {
    expect(read({ ...ONLINE, awayKey: { ...WITHDRAWN, deletedAt: READER.now } }).status).toBe('S2');
  });

  it.each<[string, OwnKeyStanding | undefined, string]>([
    ['failed', { ...AWAY, state: 'failed' }, 'Away key could not be published.'],
    ['got no answer', { ...AWAY, state: 'publishing' }, 'No answer from your server about your away key.'],
    ['has expired', expired(AWAY), 'Your away key has expired.'],
    ['was never made', undefined, 'Away key could not be published.'],
  ])('never says ready to leave when the away key %s', (_name, awayKey, text) => {
    const standing = { ...LEFT, ...(awayKey === undefined ? {} : { awayKey }) };
    expect(read(standing)).toEqual({ status: 'S5', text: `${text} Backup key until 29 Nov.` });
    const { backupKey: _none, ...without } = standing;
    expect(read(without).status).toBe('S6');
  });

  it('takes a backup key that is gone for none, and one without an answer for one', () => {
    expect(read({ ...ONLINE, backupKey: { ...BACKUP, deletedAt: READER.now } }).status).toBe('S6');
    expect(read({ ...ONLINE, backupKey: { ...BACKUP, state: 'withdrawn' } }).status).toBe('S6');
    expect(read({ ...ONLINE, backupKey: { ...BACKUP, state: 'failed' } }).status).toBe('S6');
    expect(read({ ...ONLINE, backupKey: { ...BACKUP, state: 'publishing' } }).status).toBe('S2');
  });

  it('is offline while it connects and when the time to try has come', () => {
    expect(read({ ...ONLINE, account: 'connecting' })).toEqual({ status: 'S8', text: 'Offline. Trying again now.' });
    expect(read({ ...ONLINE, account: 'offline', retryAt: READER.now }).text).toBe('Offline. Trying again now.');
  });

  it('uses the codes of the contract and no word that is not said, in any standing', () => {
    const flags = [true, false];
    const keys = [
      undefined,
      AWAY,
      WITHDRAWN,
      expired(AWAY),
      { ...AWAY, state: 'failed' as const },
      { ...AWAY, state: 'publishing' as const },
    ];
    const seen = new Set<string>();
    for (const account of ['signedOut', 'connecting', 'online', 'offline'] as const) {
      for (const [isPublishing, hasLeft, withdrawFailed] of flags.flatMap((a) =>
        flags.flatMap((b) => flags.map((c) => [a, b, c] as const)),
      )) {
        for (const awayKey of keys) {
          const standing: LeavingStanding = {
            ...ONLINE,
            account,
            isPublishing,
            hasLeft,
            withdrawFailed,
            ...(awayKey === undefined ? {} : { awayKey }),
          };
          const { status, text } = read(standing);
          seen.add(status);
          expect(LEAVING_STATUSES).toContain(status);
          expect(neverSaid(text)).toEqual([]);
          if (status === 'S4') expect(standing.hasLeft && awayKey === AWAY).toBe(true);
        }
      }
    }
    expect([...seen].sort()).toEqual(['S1', 'S2', 'S3', 'S4', 'S5', 'S7', 'S8']);
  });
});
