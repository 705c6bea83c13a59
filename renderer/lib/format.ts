/** Dates, names and codes for reading (ux.md 0: absolute times, with the day when not today). */
import type { Instant } from '../../preload/contract.ts';
import { words } from './catalogue.ts';
import { onFirstUse } from './first-use.ts';

/** The language of the catalogue, not of the system: a sentence is in one language, its dates included. */
const LOCALE = 'en-GB';
const DAY_MS = 86_400_000;

const dateFormat = (options: Intl.DateTimeFormatOptions) => onFirstUse(() => new Intl.DateTimeFormat(LOCALE, options));

const graphemes = onFirstUse(() => new Intl.Segmenter(LOCALE, { granularity: 'grapheme' }));
const formats = {
  time: dateFormat({ hour: '2-digit', minute: '2-digit' }),
  weekday: dateFormat({ weekday: 'short' }),
  date: dateFormat({ day: 'numeric', month: 'short' }),
  dateWithYear: dateFormat({ day: 'numeric', month: 'short', year: 'numeric' }),
  longDay: dateFormat({ weekday: 'long', day: 'numeric', month: 'long' }),
};

/** `10:02`. */
export function timeOf(instant: Instant): string {
  return formats.time().format(new Date(instant));
}

/** `10:02` today, `Tue 14:30` within six days, `29 Nov 14:30` beyond; with the year if it is another one. */
export function dayAndTime(instant: Instant, now = new Date()): string {
  const date = new Date(instant);
  const time = formats.time().format(date);
  const days = Math.abs(daysBetween(now, date));
  if (days === 0) return time;
  return `${days <= 6 ? formats.weekday().format(date) : dateOf(date, now)} ${time}`;
}

/** `29 Nov`, or the time if that is today: for what lasts days. */
export function dayOnly(instant: Instant, now = new Date()): string {
  const date = new Date(instant);
  return daysBetween(now, date) === 0 ? formats.time().format(date) : dateOf(date, now);
}

/** `10:02` today, `Tue 14:30` within six days, `29 Nov` beyond: as short as a row of the list needs it. */
export function whenOf(instant: Instant, now = new Date()): string {
  const days = Math.abs(daysBetween(now, new Date(instant)));
  return days <= 6 ? dayAndTime(instant, now) : dayOnly(instant, now);
}

/** `29 Nov 10:02`: the day and the time, whatever the distance; for panels that state facts. */
export function exactlyWhen(instant: Instant, now = new Date()): string {
  const date = new Date(instant);
  const day =
    daysBetween(now, date) === 0 ? words.days.today : `${formats.weekday().format(date)} ${dateOf(date, now)}`;
  return `${day} ${formats.time().format(date)}`;
}

/** `3 days`. */
export function daysForReading(count: number): string {
  return new Intl.NumberFormat(LOCALE, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(count);
}

/** `65,536`. */
export function countForReading(count: number): string {
  return new Intl.NumberFormat(LOCALE).format(count);
}

/** This moment, as the contract writes it. */
export function instantNow(): Instant {
  return new Date().toISOString();
}

/** The heading of a day in a conversation. */
export function dayOf(instant: Instant, now = new Date()): string {
  const date = new Date(instant);
  const days = daysBetween(date, now);
  if (days === 0) return words.days.todayHeading;
  if (days === 1) return words.days.yesterdayHeading;
  const day = formats.longDay().format(date);
  return date.getFullYear() === now.getFullYear() ? day : `${day} ${date.getFullYear()}`;
}

/** Whether both fall on the same day where this computer is. */
export function isSameDay(one: Instant, other: Instant): boolean {
  return daysBetween(new Date(one), new Date(other)) === 0;
}

/** A hexadecimal fingerprint in groups of eight. */
export function fingerprintGroups(fingerprint: string): readonly string[] {
  return fingerprint.match(/.{1,8}/g) ?? [];
}

/** At most two initials of a name, or the first letter of an address. */
export function initialsOf(name: string): string {
  const parts = name
    .split('@', 1)
    .join('')
    .split(/[\s._-]+/u)
    .filter((part) => part !== '');
  const chosen = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
  return chosen
    .map((part) => firstCharacterOf(part ?? ''))
    .join('')
    .toLocaleUpperCase(LOCALE);
}

/** Octets of the text in UTF-8, the unit of the length limit. */
export function octetsOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Cuts a text into parts of at most `limit` octets, at line ends or spaces where there are any, never in a character. */
export function partsOf(text: string, limit: number): readonly string[] {
  const parts: string[] = [];
  let rest = text;
  while (octetsOf(rest) > limit) {
    const end = endOfPart(rest, limit);
    parts.push(rest.slice(0, end).trim());
    rest = rest.slice(end);
  }
  return [...parts, rest.trim()].filter((part) => part !== '');
}

function firstCharacterOf(text: string): string {
  return graphemes().segment(text)[Symbol.iterator]().next().value?.segment ?? '';
}

function endOfPart(text: string, limit: number): number {
  const fitting = new TextEncoder().encodeInto(text, new Uint8Array(limit)).read;
  const head = text.slice(0, fitting);
  const breakAt = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
  return breakAt > fitting / 2 ? breakAt + 1 : fitting;
}

function dateOf(date: Date, now: Date): string {
  return (date.getFullYear() === now.getFullYear() ? formats.date() : formats.dateWithYear()).format(date);
}

/** Calendar days from one to the other, in local time; a day of 23 or 25 hours counts as one. */
function daysBetween(from: Date, to: Date): number {
  const start = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((start(to) - start(from)) / DAY_MS);
}
