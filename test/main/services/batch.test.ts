import { expect, describe, it } from 'vitest';
import { Batch } from '../../../main/services/batch.ts';
import type { LiveSession } from '../../../main/services/received-sessions.ts';
import type { Stores } from '../../../main/stores/stores.ts';

/** What was done, in order; writes inside a transaction stand between its brackets. */
function recording(fails = false): { readonly stores: Stores; readonly log: string[] } {
  const log: string[] = [];
  const stores = {
    transaction: (run: () => void) => {
      log.push('[');
      run();
      if (fails) throw new Error('full');
      log.push(']');
    },
    offlineSecrets: { putSession: (id: string) => void log.push(`session ${id}`) },
  };
  return { stores: stores as unknown as Stores, log };
}

function fill(batch: Batch, log: string[]): void {
  batch.write(() => log.push('text'));
  batch.write(() => log.push('seen'));
  batch.touch({ recordId: 'r', stored: {} } as LiveSession);
  batch.countReceived('r');
  batch.afterwards(() => log.push('told'));
}

describe('Batch (profile 6.2 step 5)', () => {
  it('L-007 writes text, what was seen, session and count in one transaction, and tells only then', () => {
    const { stores, log } = recording();
    const batch = new Batch(stores);
    fill(batch, log);

    batch.commit((id, count) => log.push(`count ${id} ${count}`));

    expect(log).toEqual(['[', 'text', 'seen', 'session r', 'count r 1', ']', 'told']);
  });

  it('L-007 tells nothing of a transaction that failed', () => {
    const { stores, log } = recording(true);
    const batch = new Batch(stores);
    fill(batch, log);

    expect(() => {
      batch.commit(() => undefined);
    }).toThrow('full');

    expect(log).not.toContain('told');
  });
});
