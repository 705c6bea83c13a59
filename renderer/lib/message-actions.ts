/** What can be done with a message: one list for its foot and its menu. */
import type { Message } from '../../preload/contract.ts';

export type MessageAction = 'retry' | 'sendAgain' | 'discard' | 'askAgain';

/** @returns those that change something or prepare it, in the order they are shown. */
export function actionsOf({ state, badge }: Pick<Message, 'state' | 'badge'>): readonly MessageAction[] {
  const actions: MessageAction[] = [];
  if (state === 'probablyNeverOpened') actions.push('sendAgain');
  else if (state === 'notSent' || badge === 'I16') actions.push('retry');
  if (state === 'held' || state === 'notSent') actions.push('discard');
  if (badge === 'I8') actions.push('askAgain');
  return actions;
}
