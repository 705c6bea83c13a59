import { describe, expect, it } from 'vitest';
import { spanOf, windowBarOf } from '../../../renderer/lib/window-bar.ts';
import { local, messageWith } from '../support/samples.ts';

const now = new Date(2026, 10, 22, 12, 0);
const key = {
  keyCreatedAt: local(2026, 11, 21, 18, 2),
  keyWithdrawnAt: local(2026, 11, 22, 8, 1),
  keyDeletedAt: local(2026, 11, 22, 8, 7),
  keyExpiresAt: local(2026, 11, 24, 18, 2),
};
const writtenAt = local(2026, 11, 21, 20, 0);

describe('windowBarOf (ux.md 3.4, details 2)', () => {
  it('shows made, withdrawn and deleted around the message, in the order of time, each with its words', () => {
    const ticks = windowBarOf(messageWith({ writtenAt }, key), now);
    expect(ticks.map(({ label, when }) => `${label} ${when}`)).toEqual([
      'Key made Sat 21 Nov 18:02',
      'Message written Sat 21 Nov 20:00',
      'Key withdrawn today 08:01',
      'Key deleted today 08:07',
    ]);
    expect(ticks.filter((tick) => tick.kind === 'key')).toHaveLength(3);
  });

  it('has an open end while the key still exists', () => {
    const { keyDeletedAt: _, ...existing } = key;
    const ticks = windowBarOf(messageWith({ writtenAt }, existing), now);
    expect(ticks.at(-1)).toMatchObject({ label: 'Key still exists until', when: 'Tue 24 Nov 18:02', kind: 'open' });
  });

  it('says of our own message until when it can be opened, and then that it is over', () => {
    const out = messageWith({ direction: 'out', badge: 'O2', writtenAt }, { keyExpiresAt: key.keyExpiresAt });
    expect(windowBarOf(out, now).at(-1)).toMatchObject({ label: 'Can be opened until', kind: 'open' });
    expect(windowBarOf(out, new Date(2026, 10, 25)).at(-1)).toMatchObject({ label: 'Key expired', kind: 'key' });
  });

  it('draws the life of the key, and of our own message, whose key was made elsewhere, the time from then on', () => {
    const { keyDeletedAt: _, ...existing } = key;
    expect(spanOf(windowBarOf(messageWith({ writtenAt }, existing), now))).toMatchObject({ from: 0, isOpen: true });
    const out = messageWith({ direction: 'out', badge: 'O2', writtenAt }, { keyExpiresAt: key.keyExpiresAt });
    expect(spanOf(windowBarOf(out, now))).toEqual({ from: 0, to: 100, isOpen: true });
  });

  it('keeps ticks apart however close their times are, and inside the bar', () => {
    const positions = windowBarOf(messageWith({ writtenAt }, key), now).map((tick) => tick.position);
    const gaps = positions.slice(1).map((position, index) => position - (positions[index] ?? 0));
    expect(positions[0]).toBe(0);
    expect(positions.at(-1)).toBeCloseTo(100);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(12);
  });

  it('is empty for a message without a key of its own', () => {
    expect(windowBarOf(messageWith({}, { ...key, session: 'none' }), now)).toEqual([]);
    expect(windowBarOf(messageWith({}, { ...key, session: 'live' }), now)).toEqual([]);
  });
});
