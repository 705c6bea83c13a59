import { describe, expect, it, vi } from 'vitest';
import type { Timers } from '../../../main/base/time.ts';
import type { Batch } from '../../../main/services/batch.ts';
import { finish, type JournalEntry } from '../../../main/services/arrivals.ts';
import { Incoming } from '../../../main/services/incoming.ts';
import { StoreError } from '../../../main/stores/store-error.ts';
import type { Stores } from '../../../main/stores/stores.ts';
import { element, serialize, textOf } from '../../../main/wire/element.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { ManualTime } from '../../support/manual-time.ts';

/** A journal in memory, typed against the real one, with what an earlier run left. */
function storesWith(left: readonly string[]): Stores {
  const rows = left.map((text, seq) => ({ seq: seq + 1, xml: serialize(message(text)), arrivedAt: new Date(0) }));
  const journal: Pick<Stores['journal'], 'append' | 'pending'> = {
    append: (xml, arrivedAt) => rows.push({ seq: rows.length + 1, xml, arrivedAt }),
    pending: (limit, after = 0) => rows.filter(({ seq }) => seq > after).slice(0, limit),
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

type OnRead = (batch: Batch, entry: JournalEntry) => Promise<void> | void;

function incomingOver(
  stores: Stores,
  read: string[] = [],
  onRead: OnRead = () => undefined,
  settle: () => Promise<void> | void = () => undefined,
  special: { readonly timers?: Timers; readonly holdsSome?: boolean } = {},
): Watched {
  const held: Watched['held'] = [];
  const incoming = new Incoming({
    stores,
    clock: { now: () => new Date(0), elapsedMs: () => 0 },
    timers: special.timers ?? {
      after: (ms, run) => {
        const timer = setTimeout(run, Math.min(ms, 200));
        return () => clearTimeout(timer);
      },
    },
    reader: {
      read: (entry: JournalEntry, batch: Batch) => {
        read.push(textOf(entry.stanza));
        return onRead(batch, entry);
      },
      settle,
      holdsSome: special.holdsSome ?? false,
      rollBack: () => undefined,
    },
    addReceived: () => undefined,
    storeFailed: () => void read.push('failed'),
    holdBack: (isHeld) => held.push([isHeld, read.length]),
    progressed: () => undefined,
  });
  return { incoming, read, held };
}

const MINUTE_MS = 60_000;
const PATIENCE = { timeout: 15_000 };

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

  it('S-106 reads on while an opening waits for an answer by the stream, and keeps on the disk what comes meanwhile', async () => {
    const stores = storesWith([]);
    const network = Promise.withResolvers<undefined>();
    const { incoming, read, held } = incomingOver(stores, [], () => network.promise);
    const texts = Array.from({ length: 5_000 }, (_none, at) => String(at + 1));
    incoming.start();

    for (const text of texts.slice(0, 1_500)) incoming.receive(message(text), () => undefined);
    await vi.waitFor(
      () =>
        expect(held).toEqual([
          [true, 0],
          [false, 1],
        ]),
      PATIENCE,
    );
    for (const text of texts.slice(1_500)) incoming.receive(message(text), () => undefined);
    await vi.waitFor(() => expect(stores.journal.pending(9_999)).toHaveLength(5_000), PATIENCE);
    expect(held).toHaveLength(2);
    network.resolve(undefined);
    await incoming.idle();

    expect(read).toEqual(texts);
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

  it('L-006 L-007 journals nothing that is done with in the batch that opens it, and whatever has to wait', async () => {
    const stores = storesWith([]);
    const log: string[] = [];
    const { incoming } = incomingOver(stores, [], (batch, entry) => {
      const text = textOf(entry.stanza);
      if (text === 'waits') return;
      batch.write(() => {
        finish(stores.journal, entry);
        log.push(`${text} written`);
      });
    });
    incoming.start();
    for (const text of ['one', 'waits', 'two']) incoming.receive(message(text), () => log.push(`${text} handled`));
    await incoming.idle();
    expect(log).toEqual(['one written', 'two written', 'one handled', 'waits handled', 'two handled']);
    expect(stores.journal.pending(9).map(({ xml }) => xml)).toEqual([serialize(message('waits'))]);
  });

  it('L-006 has in the journal, before anything else happens, what the server has forgotten', async () => {
    const stores = storesWith([]);
    const { incoming, read } = incomingOver(stores);
    incoming.start();
    const handled: string[] = [];
    incoming.receive(message('counted'), () => handled.push('counted'));
    incoming.receive(message('early'), () => handled.push('early'), true);
    incoming.receive(message('early too'), () => handled.push('early too'), true);
    await Promise.resolve();
    expect(handled).toEqual(['counted', 'early', 'early too']);
    expect(stores.journal.pending(9)).toHaveLength(3);
    expect(read).toEqual([]);
    await incoming.idle();
    expect(read).toEqual(['counted', 'early', 'early too']);
  });

  it('decides about what is held in one place at a time, however many ask for it', async () => {
    const decisions: string[] = [];
    const decided = Promise.withResolvers<undefined>();
    const { incoming } = incomingOver(storesWith([]), [], undefined, async () => {
      decisions.push('begun');
      await decided.promise;
      decisions.push('done');
    });
    incoming.start();
    const settled = Promise.all([incoming.settle(), incoming.settle()]);
    setImmediate(() => decided.resolve(undefined));
    await settled;
    expect(decisions).toEqual(['begun', 'done', 'begun', 'done']);
  });

  it('L-006 keeps what arrives in the journal while an opening waits for the network', async () => {
    const stores = storesWith([]);
    const network = Promise.withResolvers<undefined>();
    const handled: string[] = [];
    const { incoming, read } = incomingOver(stores, [], async () => {
      await network.promise;
    });
    incoming.start();
    incoming.receive(message('one'), () => handled.push('one'));
    incoming.receive(message('two'), () => handled.push('two'));
    await vi.waitFor(() => {
      expect(handled).toEqual(['one', 'two']);
    });
    expect(read).toEqual(['one']);
    expect(stores.journal.pending(9)).toHaveLength(2);
    network.resolve(undefined);
    await incoming.idle();
    expect(read).toEqual(['one', 'two']);
  });

  it('decides about what is held a minute after the backlog, and not for a stream that has begun since', async () => {
    const timers = new ManualTime();
    let settled = 0;
    const settle = (): void => void (settled += 1);
    const { incoming } = incomingOver(storesWith([]), [], () => undefined, settle, { timers, holdsSome: true });
    const takeOne = async (): Promise<void> => {
      incoming.receive(message('one'), () => undefined);
      await incoming.idle();
    };
    incoming.start();
    await incoming.settle();
    expect(settled).toBe(1);
    await takeOne();
    await timers.pass(MINUTE_MS);
    expect(settled).toBe(2);
    await takeOne();
    incoming.start();
    await timers.pass(10 * MINUTE_MS);
    expect(settled).toBe(2);
  });

  it('L-002 L-006 reads once what waits for the network while the stream is taken up again', async () => {
    const stores = storesWith([]);
    const network = Promise.withResolvers<undefined>();
    const { incoming, read } = incomingOver(stores, [], async () => {
      await network.promise;
    });
    incoming.start();
    incoming.receive(message('one'), () => undefined);
    await vi.waitFor(() => {
      expect(stores.journal.pending(9)).toHaveLength(1);
    });
    incoming.start();
    network.resolve(undefined);
    await incoming.idle();
    expect(read).toEqual(['one']);
  });

  it('L-006 has what arrived in the journal before it stops for a sleep', async () => {
    const stores = storesWith([]);
    const { incoming, read } = incomingOver(stores);
    incoming.start();
    incoming.receive(message('one'), () => undefined);
    incoming.stop();
    expect(stores.journal.pending(9)).toHaveLength(1);
    await incoming.idle();
    expect(read).toEqual([]);
    incoming.start();
    await incoming.idle();
    expect(read).toEqual(['one']);
  });

  it('L-007 commits what a stanza brought in one transaction with what arrived meanwhile, and tells after it', async () => {
    const log: string[] = [];
    const stores = noting(storesWith(['one']), log, () => false);
    const { incoming } = incomingOver(stores, log, (batch, entry) => {
      if (log.at(-1) === 'one') incoming.receive(message('two'), () => log.push('two handled'));
      batch.write(() => {
        entry.isDone = true;
        log.push('written');
      });
      batch.afterwards(() => log.push('told'));
    });
    incoming.start();
    await vi.waitFor(() => {
      expect(log.filter((entry) => entry === 'told')).toHaveLength(2);
    });
    expect(log).toEqual(['one', 'two', '[', 'written', 'written', ']', 'two handled', 'told', 'told']);
  });

  it('L-006 L-007 neither tells nor acknowledges what a failed transaction held', async () => {
    const log: string[] = [];
    const stores = noting(storesWith(['one']), log, () => log.includes('written'));
    const { incoming } = incomingOver(stores, log, (batch) => {
      if (log.at(-1) === 'one') incoming.receive(message('two'), () => log.push('two handled'));
      batch.write(() => log.push('written'));
      batch.afterwards(() => log.push('told'));
    });
    incoming.start();
    await vi.waitFor(() => {
      expect(log).toContain('failed');
    });
    expect(log).toEqual(['one', 'two', '[', 'written', 'written', 'failed']);
  });
});
