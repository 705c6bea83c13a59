import { describe, expect, it } from 'vitest';
import { Announcer, type ServiceEvents } from '../../../main/services/events.ts';
import { Receipts } from '../../../main/services/receipts.ts';
import type { Batch } from '../../../main/services/batch.ts';
import { parseBareJid, type BareJid } from '../../../main/wire/jid.ts';

const BOB = parseBareJid('bob@example.org');
const MALLORY = parseBareJid('mallory@example.org');

function receipts(): Receipts {
  const settings = { get: () => undefined, put: () => undefined };
  const contacts = { maySeeUs: (address: BareJid) => address === BOB };
  return new Receipts(settings as never, {} as never, contacts as never, new Announcer<ServiceEvents>());
}
const batch = { writeOnce: () => undefined } as unknown as Batch;

describe('Receipts (XEP-0184)', () => {
  it('R-246 are owed to who may see us, once each, and to nobody else', () => {
    const owed = receipts();
    owed.owe(BOB, 'a', batch);
    owed.owe(MALLORY, 'b', batch);
    expect(owed.creditors).toEqual([BOB]);
    expect(owed.take(MALLORY)).toEqual([]);
    expect(owed.take(BOB)).toEqual(['a']);
    expect(owed.take(BOB)).toEqual([]);
  });
});
