/**
 * What of a received text could deceive the eye (security.md S-140): characters that turn the direction of writing or
 * that are invisible are shown as marks, everything else stays text.
 */
import { linksIn } from './links.ts';

/** A run of ordinary text, one character that is shown by its name instead of acting, or an address that can be opened. */
export type TextRun =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'link'; readonly text: string; readonly target: string };

/** Elements cost far more than letters: a letter made of nothing else must not hold the window up. */
export const MOST_MARKS = 100;
export const MOST_LINKS = 100;

/** Flags of England, Scotland and Wales are written in tag characters. */
const TAGGED_FLAG = /\u{1f3f4}[\u{e0020}-\u{e007e}]{2,6}\u{e007f}/u;
/** Controls but line end and tab, direction embeddings, overrides and isolates, invisible operators, tags; not the marks that scripts need. */
const DECEIVING =
  /(?![\n\t])\p{Cc}|[\u00ad\u180e\u200b\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
/** A joiner between letters or emoji shapes them; anywhere else it only hides. */
const STRAY_JOINER =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{Extended_Pictographic}])/u;
/** No language puts more marks on a letter than Unicode's stream-safe format does (UAX #15). */
const TOO_MANY_MARKS = /(?<=\p{M}{30})\p{M}+/u;
const MARKED = new RegExp(
  [TAGGED_FLAG, DECEIVING, STRAY_JOINER, TOO_MANY_MARKS].map(({ source }) => source).join('|'),
  'gu',
);

interface Marked {
  readonly at: number;
  readonly character: string;
}

/**
 * Splits a text into runs; every character of it is in one. Where there are more than a hundred to be marked, the rest
 * are named within the text.
 */
export function runsOf(text: string): readonly TextRun[] {
  const runs: TextRun[] = [];
  const marked = markedIn(text);
  let end = 0;
  for (const { at, character } of marked.slice(0, MOST_MARKS)) {
    if (at > end) runs.push({ kind: 'text', text: text.slice(end, at) });
    runs.push({ kind: 'mark', name: nameOf(character) });
    end = at + character.length;
  }
  if (end < text.length) runs.push({ kind: 'text', text: namedWithin(text, end, marked.slice(MOST_MARKS)) });
  return runs;
}

/** The same, with addresses of the web as runs of their own, a hundred at most; only for what people wrote to each other. */
export function runsWithLinks(text: string): readonly TextRun[] {
  const runs: TextRun[] = [];
  let left = MOST_LINKS;
  for (const run of runsOf(text)) {
    const parts = run.kind === 'text' && left > 0 ? linkRunsOf(run.text, left) : [run];
    left -= parts.filter(({ kind }) => kind === 'link').length;
    runs.push(...parts);
  }
  return runs;
}

/** @returns a beginning of the text that fits into a line, with an ellipsis where something follows. */
export function beginningOf(text: string, most = 200): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;
}

const LONG_CHARACTERS = 3_000;
const LONG_LINES = 40;

/** @returns what of a very long text is shown until somebody asks for all of it; undefined for an ordinary one. */
export function openingOf(text: string): string | undefined {
  const lines = text.split('\n', LONG_LINES + 1);
  const opening = lines.slice(0, LONG_LINES).join('\n');
  if (lines.length <= LONG_LINES && text.length <= LONG_CHARACTERS) return undefined;
  return beginningOf(opening.length < text.length ? `${opening}…` : opening, LONG_CHARACTERS);
}

function linkRunsOf(text: string, most: number): readonly TextRun[] {
  const runs: TextRun[] = [];
  let end = 0;
  for (const link of linksIn(text).slice(0, most)) {
    if (link.start > end) runs.push({ kind: 'text', text: text.slice(end, link.start) });
    runs.push({ kind: 'link', text: text.slice(link.start, link.end), target: link.target });
    end = link.end;
  }
  if (end < text.length) runs.push({ kind: 'text', text: text.slice(end) });
  return runs;
}

function markedIn(text: string): readonly Marked[] {
  return [...text.matchAll(MARKED)]
    .filter(([found]) => !TAGGED_FLAG.test(found))
    .map((match) => ({ at: match.index, character: match[0] }));
}

/** What follows upon each other without a letter between is named once and counted. */
function namedWithin(text: string, from: number, marked: readonly Marked[]): string {
  const parts: string[] = [];
  let end = from;
  for (let index = 0; index < marked.length;) {
    const { at } = marked[index] as Marked;
    parts.push(text.slice(end, at));
    end = at;
    while (marked[index]?.at === end) end += marked[index++]?.character.length ?? 0;
    parts.push(`[${nameOf(text.slice(at, end))}]`);
  }
  return [...parts, text.slice(end)].join('');
}

/** `U+202E`; of several, `U+202E +2`. */
function nameOf(characters: string): string {
  const [first = '', ...others] = characters;
  const name = `U+${(first.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return others.length === 0 ? name : `${name} +${others.length}`;
}
