/** Values to octets and back, for what is sealed: JSON that also carries octet strings and dates. */
import { fromBase64, fromUtf8, toBase64, utf8 } from '../base/bytes.ts';

/** Undefined properties are left out, as JSON does. */
export function pack(value: unknown): Uint8Array {
  return utf8(JSON.stringify(value, mark));
}

/** Undoes `pack`. The caller names the type: what is sealed was written by this program. */
export function unpack(octets: Uint8Array): unknown {
  return JSON.parse(fromUtf8(octets), unmark);
}

/** A NUL and a letter in front of a text say what it was; a text that begins with NUL itself is marked as text. */
const OCTETS = '\u0000o';
const DATE = '\u0000d';
const TEXT = '\u0000t';

function mark(this: unknown, key: string, value: unknown): unknown {
  // A date comes here as the text it turned itself into: only its holder still has it whole.
  const whole = (this as Record<string, unknown>)[key];
  if (whole instanceof Uint8Array) return OCTETS + toBase64(whole);
  if (whole instanceof Date) return DATE + whole.toISOString();
  return typeof value === 'string' && value.startsWith('\u0000') ? TEXT + value : value;
}

function unmark(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith('\u0000')) return value;
  const rest = value.slice(TEXT.length);
  if (value.startsWith(OCTETS)) return fromBase64(rest);
  return value.startsWith(DATE) ? new Date(rest) : rest;
}
