import { describe, expect, it, vi } from 'vitest';
import type { Batch } from '../../../main/services/batch.ts';
import { Incoming, type JournalEntry } from '../../../main/services/incoming.ts';
import { StoreError } from '../../../main/stores/store-error.ts';
import type { Stores } from '../../../main/stores/stores.ts';
import { element, serialize, textOf } from '../../../main/wire/element.ts';
import { NS } from '../../../main/wire/namespaces.ts';

/** A journal in memory, typed against the real one, with what an earlier run left. */
function storesWith(left: readonly string[]): Stores {
  const rows = left.map((text, seq) => ({ seq: seq + 1, xml: serialize(message(text)), arrivedAt: new Date(0) }));
  const journal: Pick<Stores['journal'], 'append' | 'pending'> = {
    append: (xml, arrivedAt) => rows.push({ seq: rows.length + 1, xml, arrivedAt }),
    pending: () => rows,
  };
  return { journal, transaction: (run: () => unknown) => run() } as unknown as Stores;
}

/** As `storesWith`, noting what happens within brackets for the transaction. */
function noting(stores: Stores, log: string[], fails: () => boolean): Stores {
  const transaction = (run: () => unknown): unknown => {
    log.push('[');
    const result = run();
    if (fails()) throw new StoreError('store-full', 'full');
    log.push(']');
    return result;
  };
  return { ...stores, transaction } as Stores;
}

function message(text: string) {
  return element('message', NS.client, {}, text);
}

interface Watched {
  readonly incoming: Incoming;
  readonly read: string[];
  /** How many were read when the server had to wait, and when it might go on. */
  readonly held: [boolean, number][];
}

function incomingOver(stores: Stores, read: string[] = [], onRead: (batch: Batch) => void = () => undefined): Watched {
  const held: Watched['held'] = [];
  const incoming = new Incoming({
    stores,
    clock: { now: () => new Date(0), elapsedMs: () => 0 },
    timers: {
      after: (_ms, run) => {
        const timer = setImmediate(run);
        return () => clearImmediate(timer);
      },
    },
    reader: {
      read: (entry: JournalEntry, batch: Batch) => {
        read.push(textOf(entry.stanza));
        onRead(batch);
      },
      settle: () => undefined,
      holdsSome: false,
      rollBack: () => undefined,
    },
    addReceived: () => undefined,
    storeFailed: () => void read.push('failed'),
    holdBack: (isHeld) => held.push([isHeld, read.length]),
    progressed: () => undefined,
  });
  return { incoming, read, held };
}

describe('Incoming (profile 6.2 steps 4 and 5)', () => {
  it('L-004 reads what an earlier run journalled before what a server hands over ahead of time', async () => {
    const { incoming, read } = incomingOver(storesWith(['one', 'two']));
    let isHandled = false;
    incoming.receive(message('three'), () => (isHandled = true));
    await incoming.idle();
    expect(isHandled).toBe(true);
    expect(read).toEqual([]);
    incoming.start();
    await incoming.idle();
    expect(read).toEqual(['one', 'two', 'three']);
  });

  it('S-106 has the server wait while more than a thousand are to be opened, and go on below five hundred', async () => {
    const { incoming, read, held } = incomingOver(storesWith([]));
    incoming.start();

    for (let number = 1; number <= 1_000; number += 1) incoming.receive(message(String(number)), () => undefined);
    await incoming.idle();
    expect(held).toEqual([]);
    for (let number = 1; number <= 1_001; number += 1) incoming.receive(message(String(number)), () => undefined);
    await incoming.idle();

    expect(held).toEqual([
      [true, 1_000],
      [false, 1_500],
    ]);
    expect(read).toHaveLength(2_001);
  });

  it('S-106 has nobody wait for what is not opened any more', async () => {
    const { incoming, held } = incomingOver(storesWith([]));
    incoming.start();
    for (let number = 1; number <= 1_001; number += 1) incoming.receive(message(String(number)), () => undefined);
    const idle = incoming.idle();

    incoming.stop();
    await idle;

    expect(held.map(([isHeld]) => isHeld)).toEqual([true, false]);
  });

  it('L-006 calls nothing handled before the transaction that keeps it, nor where that fails', async () => {
    const stores = storesWith([]);
    const log: string[] = [];
    let isFull = false;
    const watched = {
      ...stores,
      transaction: (run: () => unknown) => {
        log.push('kept');
        if (isFull) throw new StoreError('store-full', 'no room');
        return run();
      },
    } as unknown as Stores;
    const { incoming } = incomingOver(watched);

    incoming.receive(message('one'), () => log.push('one handled'));
    await incoming.idle();
    isFull = true;
    incoming.receive(message('two'), () => log.push('two handled'));
    await incoming.idle();

    expect(log).toEqual(['kept', 'one handled', 'kept']);
  });

  it('L-007 commits what a stanza brought in one transaction with what arrived meanwhile, and tells after it', async () => {
    const log: string[] = [];
    const stores = noting(storesWith(['one']), log, () => false);
    const { incoming } = incomingOver(stores, log, (batch) => {
      if (log.at(-1) === 'one') incoming.receive(message('two'), () => log.push('two handled'));
      batch.write(() => log.push('written'));
      batch.afterwards(() => log.push('told'));
    });
    incoming.start();
    await vi.waitFor(() => {
      expect(log.filter((entry) => entry === 'told')).toHaveLength(2);
    });
    expect(log).toEqual(['one', '[', 'written', ']', 'two handled', 'told', 'two', '[', 'written', ']', 'told']);
  });

  it('L-006 L-007 neither tells nor acknowledges what a failed transaction held', async () => {
    const log: string[] = [];
    const stores = noting(storesWith(['one']), log, () => log.includes('written'));
    const { incoming } = incomingOver(stores, log, (batch) => {
      incoming.receive(message('two'), () => log.push('two handled'));
      batch.write(() => log.push('written'));
      batch.afterwards(() => log.push('told'));
    });
    incoming.start();
    await vi.waitFor(() => {
      expect(log).toContain('failed');
    });
    expect(log).toEqual(['one', '[', 'written', 'failed']);
  });
});
