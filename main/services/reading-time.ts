/** Times as people read them (ux.md 0): absolute, with the day when it is not today. */
import { DAY_MS } from '../base/time.ts';

/** Where and when something is read. */
export interface Reader {
  readonly now: Date;
  /** BCP 47, such as `en-GB`. */
  readonly locale: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** `14:30`; `Tue 14:30` within six days; `29 Nov 14:30` beyond; with the year if it is another one. */
export function dayAndTime(at: Date, reader: Reader): string {
  const time = formatsOf(reader).time.format(at);
  const days = daysFromToday(at, reader);
  if (days === 0) return time;
  return `${Math.abs(days) <= 6 ? formatsOf(reader).weekday.format(at) : date(at, reader)} ${time}`;
}

/** `29 Nov`, or the time if that is today: for what lasts days. */
export function dayOnly(at: Date, reader: Reader): string {
  return daysFromToday(at, reader) === 0 ? formatsOf(reader).time.format(at) : date(at, reader);
}

/** As part of a sentence about the past: `at 08:07`, `on Mon 09:10`. */
export function whenIn(at: Date, reader: Reader): string {
  return `${daysFromToday(at, reader) === 0 ? 'at' : 'on'} ${dayAndTime(at, reader)}`;
}

/** As part of a sentence about a change: `today 10:02`, `on Mon 09:10`. */
export function sinceWhen(at: Date, reader: Reader): string {
  return `${daysFromToday(at, reader) === 0 ? 'today' : 'on'} ${dayAndTime(at, reader)}`;
}

/** As part of a sentence about a day: `today`, `on 29 Nov`. */
export function onDay(at: Date, reader: Reader): string {
  return daysFromToday(at, reader) === 0 ? 'today' : `on ${date(at, reader)}`;
}

/** `today`, or `29 Nov`. */
export function dayName(at: Date, reader: Reader): string {
  return daysFromToday(at, reader) === 0 ? 'today' : date(at, reader);
}

interface Formats {
  readonly time: Intl.DateTimeFormat;
  readonly weekday: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly dayOfYear: Intl.DateTimeFormat;
  readonly iso: Intl.DateTimeFormat;
  /** The number of the day that a quarter of an hour lies in: messages of one backlog ask for the same few. */
  readonly days: Map<number, number>;
}

/** Making a format costs more than using it, and a list of messages uses hundreds. */
const made = new Map<string, Formats>();

function formatsOf({ locale, timeZone }: Reader): Formats {
  const key = `${locale} ${timeZone}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const format = (options: Intl.DateTimeFormatOptions, language = locale): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(language, { ...options, timeZone });
  const formats = {
    time: format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    weekday: format({ weekday: 'short' }),
    day: format({ day: 'numeric', month: 'short' }),
    dayOfYear: format({ day: 'numeric', month: 'short', year: 'numeric' }),
    iso: format({ year: 'numeric', month: '2-digit', day: '2-digit' }, 'sv-SE'),
    days: new Map<number, number>(),
  };
  made.set(key, formats);
  return formats;
}

function date(at: Date, reader: Reader): string {
  const { day, dayOfYear, iso } = formatsOf(reader);
  const isThisYear = iso.format(at).slice(0, 4) === iso.format(reader.now).slice(0, 4);
  return (isThisYear ? day : dayOfYear).format(at);
}

function daysFromToday(at: Date, reader: Reader): number {
  const formats = formatsOf(reader);
  return dayNumber(at, formats) - dayNumber(reader.now, formats);
}

/** Days since 1970 on the reader's calendar. */
function dayNumber(at: Date, { iso, days }: Formats): number {
  const quarter = Math.floor(at.getTime() / QUARTER_MS);
  const known = days.get(quarter);
  if (known !== undefined) return known;
  if (days.size >= MOST_DAYS) days.clear();
  const number = Math.round(Date.parse(iso.format(at)) / DAY_MS);
  days.set(quarter, number);
  return number;
}

/** Days begin at a full quarter of an hour, in every time zone since 1972. */
const QUARTER_MS = DAY_MS / 96;
const MOST_DAYS = 1_000;
