/** Times and numbers as the transcript says them. */
import type { Instant } from '../../preload/contract.ts';

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `10:46:42`. */
export function timeOf(instant: Instant): string {
  return TIME.format(new Date(instant));
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** The beginning of a text, on one line. */
export function beginningOf(text: string, length = 60): string {
  const points = Array.from(text.replaceAll(/\s+/g, ' '));
  return points.length <= length ? points.join('') : `${points.slice(0, length).join('')}…`;
}
