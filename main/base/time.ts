/** Time as the rest of the program sees it. No module reads the platform's clock or sets its timers directly. */

/** Ends what `Timers.after` started; calling it twice or too late does nothing. */
export type Cancel = () => void;

export interface Clock {
  /** The time to write down and to compare with an expiry, never going backwards (L-030). */
  now(): Date;
  /** Milliseconds since some fixed moment of this run; unaffected by changes of the wall clock. */
  elapsedMs(): number;
}

export interface Timers {
  /** Runs `run` once, `delayMs` from now, unless cancelled. Errors thrown by it are the caller's own mistake. */
  after(delayMs: number, run: () => void): Cancel;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** XEP-0082 section 3.2: `CCYY-MM-DDThh:mm:ssZ`, whole seconds, UTC. */
export function formatDateTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/**
 * Reads a XEP-0082 DateTime: seconds mandatory, fractions and numeric offsets accepted.
 *
 * @returns undefined for anything else, a date that does not exist (30 February) included.
 */
export function parseDateTime(text: string): Date | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '', fraction = '', zone = ''] = match;
  return existingDate(day, time, fraction.slice(0, 4), zone);
}

/**
 * Reads the legacy `CCYYMMDDThh:mm:ss` of XEP-0091, which is UTC.
 *
 * @returns undefined for anything else.
 */
export function parseLegacyDateTime(text: string): Date | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2}:\d{2}:\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', dayOfMonth = '', time = ''] = match;
  return existingDate(`${year}-${month}-${dayOfMonth}`, time, '', 'Z');
}

const SHORTEST_MONTH = 28;

function existingDate(day: string, time: string, fraction: string, zone: string): Date | undefined {
  const date = new Date(`${day}T${time}${fraction}${zone}`);
  if (Number.isNaN(date.getTime())) return undefined;
  // The platform rolls 2026-02-30 over to March; reading the day back shows it. It has no month 13 and no day 32.
  if (Number(day.slice(-2)) <= SHORTEST_MONTH) return date;
  const midnight = new Date(`${day}T00:00:00Z`);
  return midnight.getUTCDate() === Number(day.slice(-2)) ? date : undefined;
}
