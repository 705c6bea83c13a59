/** Looks for texts in files, in the forms in which a program might have written them down. */
import type { StoredFile } from '../../test/support/servers/test-server.ts';

export interface Found {
  readonly path: string;
  readonly fragment: string;
}

/** Code points of a fragment: long enough never to be met by chance, short enough that a part of a text is found. */
const FRAGMENT = 16;

/** @returns every fragment of a text that stands in a file; none is what one hopes for. */
export function findTexts(texts: readonly string[], files: readonly StoredFile[]): readonly Found[] {
  const needles = texts.flatMap((text) => fragmentsOf(text).flatMap(formsOf));
  return files.flatMap(({ path, content }) =>
    needles.filter(({ octets }) => content.includes(octets)).map(({ fragment }) => ({ path, fragment })),
  );
}

/** The text cut into pieces; every stretch of twice that length holds a whole one. */
export function fragmentsOf(text: string): readonly string[] {
  const points = Array.from(text);
  const count = Math.max(1, Math.floor(points.length / FRAGMENT));
  return Array.from({ length: count }, (_, at) => points.slice(at * FRAGMENT, (at + 1) * FRAGMENT).join(''));
}

interface Needle {
  readonly fragment: string;
  readonly octets: Buffer;
}

/** As UTF-8, UTF-16, hexadecimal, escaped as JSON does it, and inside base64 at each of its three alignments. */
function formsOf(fragment: string): readonly Needle[] {
  const utf8 = Buffer.from(fragment, 'utf8');
  const escaped = JSON.stringify(fragment).slice(1, -1);
  const forms = [
    utf8,
    Buffer.from(fragment, 'utf16le'),
    Buffer.from(utf8.toString('hex')),
    ...(escaped === fragment ? [] : [Buffer.from(escaped)]),
    ...[0, 1, 2].map((shift) => base64Inside(utf8, shift)),
  ];
  return forms.map((octets) => ({ fragment, octets }));
}

/** The characters that stand for these octets wherever they begin in a group of three; the edges depend on neighbours. */
function base64Inside(octets: Buffer, shift: number): Buffer {
  const whole = Buffer.concat([Buffer.alloc(shift), octets]).toString('base64');
  const begin = shift === 0 ? 0 : 4;
  const end = whole.length - (whole.endsWith('=') ? 4 : 0);
  return Buffer.from(whole.slice(begin, end));
}
