/** A conversation as it is read: days, groups by author within five minutes, copies folded (ux.md 3.3). */
import type { Message } from '../../preload/contract.ts';
import { dayOf, isSameDay } from './format.ts';

const GROUP_MS = 5 * 60_000;

export type TimelineRow =
  | { readonly kind: 'day'; readonly id: string; readonly label: string }
  | { readonly kind: 'new'; readonly id: string; readonly count: number; readonly isWhileAway: boolean }
  | { readonly kind: 'copies'; readonly id: string; readonly message: Message; readonly count: number }
  | { readonly kind: 'message'; readonly id: string; readonly message: Message; readonly startsGroup: boolean };

/** Where the reader had not been when the conversation was opened. */
export interface NewFrom {
  readonly id: string;
  readonly count: number;
}

/** @param messages - oldest first, in the order they are shown. */
export function timelineOf(messages: readonly Message[], newFrom?: NewFrom, now = new Date()): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  let before: Message | undefined;
  for (const message of messages) {
    const startsDay = before === undefined || !isSameDay(before.writtenAt, message.writtenAt);
    if (startsDay) rows.push({ kind: 'day', id: `day ${message.id}`, label: dayOf(message.writtenAt, now) });
    const startsNew = message.id === newFrom?.id;
    if (startsNew) rows.push(newRow(message, newFrom.count));
    pushMessage(rows, message, startsDay || startsNew || !continuesGroup(before, message));
    before = message;
  }
  return rows;
}

/** The rows from what is new on, and at least so many at the end: what is read first. */
export function lastPartOf(rows: readonly TimelineRow[], count: number): readonly TimelineRow[] {
  const firstNew = rows.findIndex(({ kind }) => kind === 'new');
  const last = rows.length - count;
  return rows.slice(Math.max(0, firstNew < 0 ? last : Math.min(last, firstNew)));
}

function newRow(message: Message, count: number): TimelineRow {
  const isWhileAway = message.details.session === 'away' || message.details.session === 'backup';
  return { kind: 'new', id: `new ${message.id}`, count, isWhileAway };
}

/** I11 stands folded, counted where it is repeated. */
function pushMessage(rows: TimelineRow[], message: Message, startsGroup: boolean): void {
  if (message.badge !== 'I11') return void rows.push({ kind: 'message', id: message.id, message, startsGroup });
  const last = rows.at(-1);
  if (last?.kind !== 'copies') return void rows.push({ kind: 'copies', id: message.id, message, count: 1 });
  rows[rows.length - 1] = { ...last, message, count: last.count + 1 };
}

function continuesGroup(before: Message | undefined, message: Message): boolean {
  if (before?.direction !== message.direction || before.badge === 'I11') return false;
  return Math.abs(Date.parse(message.writtenAt) - Date.parse(before.writtenAt)) <= GROUP_MS;
}
