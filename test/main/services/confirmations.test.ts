import { beforeEach, describe, expect, it } from 'vitest';
import { Confirmations } from '../../../main/services/confirmations.ts';
import type { StoredMessage } from '../../../main/stores/messages.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { ManualTime } from '../../support/manual-time.ts';

const MINUTE_MS = 60_000;
const ALICE = parseBareJid('alice@example.org');

let time: ManualTime;
let outbox: StoredMessage[];
let isHere: boolean;
let again: { readonly minute: number; readonly ids: readonly string[] }[];
let confirmations: Confirmations;

beforeEach(() => {
  time = new ManualTime();
  [outbox, isHere, again] = [[letter('one')], true, []];
  confirmations = new Confirmations({
    timers: time,
    messages: { outbox: () => outbox, get: (id) => outbox.find((message) => message.id === id) },
    isHere: () => isHere,
    again: (_address, messages) => {
      again.push({ minute: time.elapsedMs() / MINUTE_MS, ids: messages.map(({ id }) => id) });
    },
  });
});

function letter(id: string, changed: Partial<StoredMessage> = {}): StoredMessage {
  const facts = { kind: 'sealed' };
  return { id, contact: ALICE, state: 'sent', text: id, facts, ...changed } as StoredMessage;
}

const minutes = () => again.map(({ minute }) => minute);

describe('letters that nobody confirms (L-044)', () => {
  it('L-044 go again after five minutes, and while they find no way ever more slowly, to once an hour', async () => {
    confirmations.expectFrom(ALICE);
    await time.pass(300 * MINUTE_MS);

    expect(minutes()).toEqual([5, 15, 35, 75, 135, 195, 255]);
  });

  it('L-044 go again behind a break of the line, though nobody says anew that the contact is here', async () => {
    confirmations.expectFrom(ALICE);
    await time.pass(4 * MINUTE_MS);
    confirmations.stop();
    confirmations.start();
    await time.pass(6 * MINUTE_MS);

    expect(minutes()).toEqual([9]);
  });

  it('L-044 has one wait for each contact: a stream that begins does not put off what runs', async () => {
    confirmations.expectFrom(ALICE);
    await time.pass(4 * MINUTE_MS);
    confirmations.start();
    await time.pass(2 * MINUTE_MS);

    expect(minutes()).toEqual([5]);
  });

  it('L-044 are expected of someone who is here all along as well, from when the server has them', async () => {
    await time.pass(3 * MINUTE_MS);
    confirmations.sent(letter('one'));
    await time.pass(1 * MINUTE_MS);
    confirmations.sent(letter('one'));
    await time.pass(5 * MINUTE_MS);
    isHere = false;
    confirmations.sent(letter('one'));
    await time.pass(600 * MINUTE_MS);

    expect(minutes()).toEqual([8]);
  });

  it('L-044 have five minutes each: one that was written since then waits for its own', async () => {
    confirmations.sent(letter('one'));
    await time.pass(4 * MINUTE_MS);
    outbox = [letter('one'), letter('two')];
    confirmations.sent(letter('two'));
    await time.pass(12 * MINUTE_MS);

    expect(again).toEqual([
      { minute: 5, ids: ['one'] },
      { minute: 15, ids: ['one', 'two'] },
    ]);
  });

  it('L-044 are not kept waiting by such as were confirmed', async () => {
    confirmations.sent(letter('one'));
    await time.pass(4 * MINUTE_MS);
    outbox = [letter('two')];
    confirmations.sent(letter('two'));
    await time.pass(6 * MINUTE_MS);

    expect(again).toEqual([{ minute: 9, ids: ['two'] }]);
  });

  it('L-044 do not wait for as long as those before them have come to', async () => {
    confirmations.expectFrom(ALICE);
    await time.pass(100 * MINUTE_MS);
    outbox = [letter('two')];
    confirmations.sent(letter('two'));
    await time.pass(6 * MINUTE_MS);

    expect(again.at(-1)).toEqual({ minute: 105, ids: ['two'] });
  });

  it('rest once all are confirmed, and while the contact is not here', async () => {
    confirmations.expectFrom(ALICE);
    isHere = false;
    await time.pass(600 * MINUTE_MS);
    expect(again).toEqual([]);
    isHere = true;
    confirmations.expectFrom(ALICE);
    outbox = [];
    await time.pass(600 * MINUTE_MS);
    expect(again).toEqual([]);
  });

  it('are neither such as wait, are confirmed, or went in clear text', async () => {
    const clear = letter('clear', { facts: { kind: 'clear' } });
    outbox = [letter('one'), letter('waiting', { state: 'waiting' }), letter('settled', { settled: true }), clear];
    confirmations.start();
    await time.pass(5 * MINUTE_MS);

    expect(again).toEqual([{ minute: 5, ids: ['one'] }]);
  });
});
