/**
 * Addresses of the web in what people write (security.md S-131, S-140): found by the library's tokens alone, never its
 * markup, and only those that the program would open.
 */
import { find } from 'linkifyjs';

export interface FoundLink {
  readonly start: number;
  readonly end: number;
  /** As the platform reads it: what would be opened. */
  readonly target: string;
}

const MAX_LENGTH = 2_048;

/** @returns links in the order of the text; whatever is no plain https address stays text. */
export function linksIn(text: string): readonly FoundLink[] {
  if (!text.includes('https://')) return [];
  return find(text, 'url').flatMap(({ value, start, end }) => {
    const target = targetOf(value);
    return target === undefined ? [] : [{ start, end, target }];
  });
}

/**
 * What a written address leads to.
 *
 * @returns undefined for anything but an https address with a host, without a name or password in it, of at most 2,048
 * characters.
 */
export function targetOf(written: string): string | undefined {
  if (!written.startsWith('https://') || written.length > MAX_LENGTH) return undefined;
  const url = URL.parse(written);
  if (url === null || url.username !== '' || url.password !== '' || url.href.length > MAX_LENGTH) return undefined;
  return url.href;
}

/** The host in ASCII, so that letters that look alike are told apart: `xn--exmple-cua.org`. */
export function hostOf(target: string): string {
  return new URL(target).host;
}
