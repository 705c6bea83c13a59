/** One accessible sentence per message and per contact (ux.md 3.11). */
import type { Contact, Message } from '../../preload/contract.ts';
import { badgeOf } from './badge.ts';
import { words } from './catalogue.ts';
import { exactlyWhen } from './format.ts';

/** *Bob, “text”, today 10:02, encrypted while you were away, verified.* Own: *You, …, delivered.* */
export function messageSentence(message: Message, name: string, now = new Date()): string {
  const author = message.direction === 'out' ? words.you : name;
  const text = message.text === null ? words.list.noText : `“${message.text}”`;
  const badge = badgeOf(message, now).words;
  const state = message.state === undefined ? undefined : words.states[message.state];
  const parts = [author, text, exactlyWhen(message.writtenAt, now), lowered(badge)];
  if (state !== undefined && state !== badge) parts.push(lowered(state));
  return `${parts.join(', ')}.`;
}

/** The contact's presence as words, for the shape's tooltip and accessible name. */
export function presenceWords({ presence, state }: Pick<Contact, 'presence' | 'state'>): string {
  if (presence !== 'away') return words.presence[presence];
  return words.presence[awayShapeOf(state)];
}

/** Which of the three rings of ux.md 3.2 an absent contact has. */
export function awayShapeOf(state: Contact['state']): 'away' | 'canReceive' | 'cannotReceive' {
  if (state === 'C3' || state === 'C4') return 'canReceive';
  return state === 'C5' || state === 'C6' || state === 'C7' ? 'cannotReceive' : 'away';
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
