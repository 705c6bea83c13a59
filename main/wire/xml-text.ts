/** What people write, made fit for XML. */

/**
 * Replaces what XML 1.0 cannot carry or advises against (section 2.2: control characters, non-characters), and lone
 * surrogates, by U+FFFD (S-105). Line ends become LF, as a parser would make them. Idempotent.
 */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(UNFIT, '\ufffd');
}

// eslint-disable-next-line no-control-regex -- these are exactly the characters to replace
const UNFIT = /[\u0000-\u0008\u000b-\u001f\u007f-\u0084\u0086-\u009f\ufdd0-\ufdef]|\p{Noncharacter_Code_Point}/gu;
