/** Octet strings: joining, comparing, encoding, wiping. Everything here is synchronous and pure but for `wipe`. */

/** Joins octet strings in order into a new array. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/**
 * Compares two octet strings in time that depends on their lengths only (S-019).
 *
 * @returns false at once when the lengths differ: lengths of MACs and keys are public.
 */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let i = 0; i < left.length; i += 1) difference |= (left[i] ?? 0) ^ (right[i] ?? 0);
  return difference === 0;
}

/** Overwrites octet strings with zeros. Ignores undefined so that a `finally` need not ask what exists. */
export function wipe(...secrets: readonly (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

/** UTF-8 octets of a text. (The platform's encoder for this takes five times as long.) */
export function utf8(text: string): Uint8Array {
  const octets = Buffer.from(text);
  return new Uint8Array(octets.buffer, octets.byteOffset, octets.length);
}

/**
 * Reads UTF-8.
 *
 * @throws TypeError on octets that are not UTF-8; nothing is replaced silently. A byte order mark is kept.
 */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Base64 on one line, standard alphabet, padded (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64');
}

/**
 * Reads Base64 strictly (profile 2.2, S-001): ASCII white space is removed, then the text must be exactly what
 * `toBase64` would write, so a foreign character, wrong padding or stray bits are refused.
 *
 * @returns undefined when the text is not Base64. The empty text gives no octets.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/[ \t\r\n]+/g, '');
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.toString('base64') !== compact) return undefined;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('hex');
}

/** Reads hexadecimal of even length. @throws TypeError if it is anything else. */
export function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) throw new TypeError('hexadecimal of even length expected');
  return new Uint8Array(Buffer.from(text, 'hex'));
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
