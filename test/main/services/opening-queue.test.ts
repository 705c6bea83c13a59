import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../main/services/arrivals.ts';
import { OpeningQueue } from '../../../main/services/opening-queue.ts';
import type { JournalRow, JournalStore } from '../../../main/stores/journal.ts';
import { element, serialize } from '../../../main/wire/element.ts';
import { NS } from '../../../main/wire/namespaces.ts';

const STANZA = element('message', NS.client);

/** A journal with that many rows, and what was journalled just now, as the queue is told of it. */
function journalled(count: number): { readonly journal: JournalStore; readonly entries: readonly JournalEntry[] } {
  const arrivedAt = new Date(0);
  const seqs = Array.from({ length: count }, (_none, at) => at + 1);
  const rows = seqs.map((seq): JournalRow => ({ seq, xml: serialize(STANZA), arrivedAt }));
  const pending: JournalStore['pending'] = (limit, after = 0) => rows.filter(({ seq }) => seq > after).slice(0, limit);
  const entries = seqs.map((seq): JournalEntry => ({ seq, stanza: STANZA, arrivedAt, isDone: false }));
  return { journal: { pending } as JournalStore, entries };
}

function takeAll(
  queue: OpeningQueue,
  seen: (length: number) => void = () => undefined,
): readonly (number | undefined)[] {
  const taken: (number | undefined)[] = [];
  for (let entry = queue.take(); entry !== undefined; entry = queue.take()) {
    seen(queue.length);
    taken.push(entry.seq);
  }
  return taken;
}

describe('OpeningQueue', () => {
  it('S-106 has no more than a thousand in memory, and gives all of them in order', () => {
    const { journal, entries } = journalled(3_500);
    const queue = new OpeningQueue(journal);
    for (let at = 0; at < entries.length; at += 700) queue.add(entries.slice(at, at + 700));
    const lengths = [queue.length];
    expect(takeAll(queue, (length) => lengths.push(length))).toEqual(entries.map(({ seq }) => seq));
    expect(Math.max(...lengths)).toBe(1_000);
    expect(queue.isEmpty).toBe(true);
  });

  it('L-002 gives nothing twice that is taken up from the journal while some of it is here', () => {
    const { journal, entries } = journalled(1_500);
    const queue = new OpeningQueue(journal);
    queue.add(entries);
    queue.take();
    queue.reload();
    expect(takeAll(queue)).toEqual(entries.slice(1).map(({ seq }) => seq));
  });

  it('comes to an end where less is on the disk than was put there', () => {
    const { journal } = journalled(1_200);
    const queue = new OpeningQueue(journal);
    queue.add(journalled(2_500).entries);
    expect(takeAll(queue)).toHaveLength(1_200);
    expect(queue.isEmpty).toBe(true);
  });
});
