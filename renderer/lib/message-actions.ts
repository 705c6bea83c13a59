/** What can be done with a message, in its foot and in its menu. */
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

/** The menu can also take back what waits for a connection; in the foot that would flicker with each message sent. */
export function menuActionsOf(message: Pick<Message, 'state' | 'badge'>): readonly MessageAction[] {
  return message.state === 'waiting' ? [...actionsOf(message), 'discard'] : actionsOf(message);
}
