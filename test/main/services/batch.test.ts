import { expect, describe, it } from 'vitest';
import { Batch } from '../../../main/services/batch.ts';
import type { LiveSession } from '../../../main/services/received-sessions.ts';
import type { Stores } from '../../../main/stores/stores.ts';

function recording(): { readonly stores: Stores; readonly log: string[] } {
  const log: string[] = [];
  const stores = { offlineSecrets: { putSession: (id: string) => void log.push(`session ${id}`) } };
  return { stores: stores as unknown as Stores, log };
}

function fill(batch: Batch, log: string[]): void {
  batch.write(() => log.push('text'));
  batch.write(() => batch.countReceived('r'));
  batch.write(() => log.push('seen'));
  batch.touch({ recordId: 'r', stored: {} } as LiveSession);
  batch.afterwards(() => log.push('told'));
}

describe('Batch (profile 6.2 step 5)', () => {
  it('L-007 writes text, what was seen, session and count at once, and tells when it is said to', () => {
    const { stores, log } = recording();
    const batch = new Batch(stores);
    fill(batch, log);

    batch.commit((id, count) => log.push(`count ${id} ${count}`));
    expect(log).toEqual(['text', 'seen', 'session r', 'count r 1']);
    batch.announce();
    expect(log.at(-1)).toBe('told');
  });

  it('writes in the same transaction, and last, what a write asks for', () => {
    const { stores, log } = recording();
    const batch = new Batch(stores);
    batch.write(() => {
      batch.writeOnce('sum', () => log.push('sum'));
    });
    batch.write(() => log.push('text'));
    batch.commit(() => undefined);
    expect(log).toEqual(['text', 'sum']);
    expect(batch.isEmpty).toBe(true);
  });

  it('is empty after a write that failed', () => {
    const { stores, log } = recording();
    const batch = new Batch(stores);
    batch.write(() => {
      throw new Error('full');
    });
    fill(batch, log);

    expect(() => {
      batch.commit(() => undefined);
    }).toThrow('full');
    expect(batch.isEmpty).toBe(true);
    batch.commit((id, count) => log.push(`count ${id} ${count}`));
    expect(log).toEqual([]);
  });
});
