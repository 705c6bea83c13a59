import { describe, expect, it } from 'vitest';
import { MESSAGE_STATES, type Message } from '../../../preload/contract.ts';
import { actionsOf } from '../../../renderer/lib/message-actions.ts';

describe('actionsOf', () => {
  it.each<[NonNullable<Message['state']>, readonly string[]]>([
    ['held', ['discard']],
    ['waiting', []],
    ['sent', []],
    ['delivered', []],
    ['notSent', ['retry', 'discard']],
    ['probablyNeverOpened', ['sendAgain']],
  ])('offers for our own that is %s: %j', (state, actions) => {
    expect(MESSAGE_STATES).toContain(state);
    expect(actionsOf({ state, badge: 'O2' })).toEqual(actions);
  });

  it('offers to open again what failed by our fault, and to ask for what came too late', () => {
    expect(actionsOf({ badge: 'I16' })).toEqual(['retry']);
    expect(actionsOf({ badge: 'I8' })).toEqual(['askAgain']);
    for (const badge of ['I1', 'I7', 'I12'] as const) expect(actionsOf({ badge })).toEqual([]);
  });
});
