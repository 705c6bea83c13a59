import { describe, expect, it } from 'vitest';
import { Outbox } from '../../../main/services/outbox.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';

const BOB = parseBareJid('bob@example.com');

describe('Outbox', () => {
  it('L-004 puts back in order of queuing, also what was queued a second time', () => {
    const outbox = new Outbox();
    for (const id of ['one', 'two']) outbox.add(BOB, id);
    outbox.remove(BOB, 'one');
    outbox.add(BOB, 'one');
    outbox.add(BOB, 'three');
    outbox.remove(BOB, 'one');
    outbox.putBack(BOB, 'one');
    expect(outbox.of(BOB)).toEqual(['two', 'one', 'three']);
  });
});
