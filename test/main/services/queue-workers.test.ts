import { describe, expect, it, vi } from 'vitest';
import { QueueWorkers } from '../../../main/services/queue-workers.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';

const BOB = parseBareJid('bob@example.com');

function workersOver(work: () => Promise<void>, isNew: () => boolean) {
  const log: string[] = [];
  const workers = new QueueWorkers({
    work: () => {
      log.push('work');
      return work();
    },
    hasNew: isNew,
    done: () => log.push('done'),
    failed: (error) => log.push(String(error)),
  });
  return { workers, log };
}

describe('QueueWorkers', () => {
  it('L-004 has one worker for a contact, who takes up what came meanwhile', async () => {
    const first = Promise.withResolvers<undefined>();
    let news = 1;
    const { workers, log } = workersOver(
      async () => {
        await first.promise;
      },
      () => news-- > 0,
    );
    workers.pump(BOB);
    workers.pump(BOB);
    expect(log).toEqual(['work']);
    first.resolve(undefined);
    await vi.waitFor(() => {
      expect(log).toEqual(['work', 'work', 'done']);
    });
  });

  it('L-021 says that a worker failed, does not try without an end, and tries when asked', async () => {
    let isFull = true;
    const { workers, log } = workersOver(
      () => (isFull ? Promise.reject(new Error('no room')) : Promise.resolve()),
      () => isFull,
    );
    workers.pump(BOB);
    await vi.waitFor(() => {
      expect(log).toEqual(['work', 'done', 'Error: no room']);
    });
    isFull = false;
    workers.pump(BOB);
    await vi.waitFor(() => {
      expect(log.slice(3)).toEqual(['work', 'done']);
    });
  });
});
