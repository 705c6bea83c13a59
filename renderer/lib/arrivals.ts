/** What came for the open conversation, taken in together. */
import type { Message } from '../../preload/contract.ts';

export interface Arrival {
  readonly message: Message;
  /** Otherwise a change of one that may be shown. */
  readonly isNew: boolean;
}

export interface TakenIn {
  /** What is shown, changed where it changed. */
  readonly shown: readonly Message[];
  /** What was not shown before, in the order of arrival. */
  readonly added: readonly Message[];
}

/** Told twice, a message stands once, as it was told last; a change of one that is not shown concerns nobody. */
export function takeIn(messages: readonly Message[], arrived: readonly Arrival[]): TakenIn {
  const latest = new Map(arrived.map(({ message }) => [message.id, message]));
  const known = new Set(messages.map(({ id }) => id));
  const fresh = new Set(arrived.filter(({ isNew, message }) => isNew && !known.has(message.id)).map(idOf));
  return {
    shown: messages.map((message) => latest.get(message.id) ?? message),
    added: [...latest.values()].filter(({ id }) => fresh.has(id)),
  };
}

function idOf({ message }: Arrival): string {
  return message.id;
}
