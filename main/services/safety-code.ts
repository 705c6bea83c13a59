/**
 * The safety code of a key: its SHA-256 fingerprint as a big-endian number modulo 10^60, padded on the
 * left with zeros, as 12 groups of 5 digits with one space between.
 *
 * @param fingerprint - 64 hexadecimal digits.
 */
export function safetyCodeOf(fingerprint: string): string {
  const digits = (BigInt(`0x${fingerprint}`) % 10n ** 60n).toString().padStart(60, '0');
  return digits.match(/\d{5}/g)?.join(' ') ?? '';
}
