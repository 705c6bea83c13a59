import { describe, expect, it } from 'vitest';
import { MESSAGE_STATES, type Message } from '../../../preload/contract.ts';
import { actionsOf, menuActionsOf } from '../../../renderer/lib/message-actions.ts';

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

describe('menuActionsOf', () => {
  it('also takes back what waits for a connection, and is otherwise the same', () => {
    expect(menuActionsOf({ state: 'waiting', badge: 'O2' })).toEqual(['discard']);
    for (const state of ['held', 'sent', 'notSent'] as const) {
      expect(menuActionsOf({ state, badge: 'O2' })).toEqual(actionsOf({ state, badge: 'O2' }));
    }
  });
});
