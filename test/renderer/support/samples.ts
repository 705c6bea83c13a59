import type { Contact, Conversation, Details, Leaving, Message } from '../../../preload/contract.ts';

export const BOB = 'bob@example.org';

/** A moment of local time, as the contract writes it: tests then read the same in every time zone. */
export function local(year: number, month: number, day: number, hour = 0, minute = 0): string {
  return new Date(year, month - 1, day, hour, minute).toISOString();
}

export function contactWith(more: Partial<Contact> = {}): Contact {
  return {
    address: BOB,
    name: 'Bob',
    subscription: 'both',
    presence: 'away',
    blocked: false,
    state: 'C3',
    sentence: 'Away. Can receive encrypted messages until Tue 14:30.',
    ...more,
  };
}

export function detailsWith(more: Partial<Details> = {}): Details {
  return {
    session: 'away',
    sentence: 'Only you two can read this.',
    checked: [],
    notChecked: [],
    senderVerified: false,
    senderConfirmed: true,
    missingBefore: false,
    ...more,
  };
}

export function messageWith(more: Partial<Message> = {}, details: Partial<Details> = {}): Message {
  return {
    id: 'm1',
    with: BOB,
    direction: 'in',
    text: 'Hello',
    writtenAt: local(2026, 11, 22, 10, 2),
    timeCertain: true,
    badge: 'I4',
    details: detailsWith(details),
    ...more,
  };
}

export function conversationWith(more: Partial<Conversation> = {}): Conversation {
  return { with: BOB, unread: 0, held: 0, ...more };
}

export function leavingWith(more: Partial<Leaving> = {}): Leaving {
  return {
    status: 'S2',
    text: 'Online. Backup key ready until 29 Nov.',
    policy: { awayKeyDays: 3, backupKeyDays: 7, whoMayWrite: 'contacts' },
    ...more,
  };
}

/** So many messages, oldest first, a minute apart. */
export function manyMessages(count: number, from = 0): Message[] {
  return Array.from({ length: count }, (_, index) =>
    messageWith({
      id: `m${from + index}`,
      writtenAt: local(2026, 11, 22, 8, from + index),
      text: `text ${from + index}`,
    }),
  );
}
