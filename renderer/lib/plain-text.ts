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

/** Controls but line end and tab, direction embeddings, overrides and isolates, invisible operators, tags; not the marks that scripts need. */
const DECEIVING =
  /(?![\n\t])\p{Cc}|[\u00ad\u180e\u200b\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
/** A joiner between letters or emoji shapes them; anywhere else it only hides. */
const STRAY_JOINER =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{Extended_Pictographic}])/gu;
/** Flags of England, Scotland and Wales are written in tag characters. */
const TAGGED_FLAG = /\u{1f3f4}[\u{e0020}-\u{e007e}]{2,6}\u{e007f}/gu;

/** Splits a text into runs; joining the runs' text and characters gives the text back, so nothing is dropped. */
export function runsOf(text: string): readonly TextRun[] {
  const runs: TextRun[] = [];
  let end = 0;
  for (const { at, character } of marksIn(text)) {
    if (at > end) runs.push({ kind: 'text', text: text.slice(end, at) });
    runs.push({ kind: 'mark', name: nameOf(character) });
    end = at + character.length;
  }
  if (end < text.length) runs.push({ kind: 'text', text: text.slice(end) });
  return runs;
}

/** The same, with addresses of the web as runs of their own; only for what people wrote to each other. */
export function runsWithLinks(text: string): readonly TextRun[] {
  return runsOf(text).flatMap((run) => (run.kind === 'text' ? linkRunsOf(run.text) : [run]));
}

function linkRunsOf(text: string): readonly TextRun[] {
  const runs: TextRun[] = [];
  let end = 0;
  for (const link of linksIn(text)) {
    if (link.start > end) runs.push({ kind: 'text', text: text.slice(end, link.start) });
    runs.push({ kind: 'link', text: text.slice(link.start, link.end), target: link.target });
    end = link.end;
  }
  if (end < text.length) runs.push({ kind: 'text', text: text.slice(end) });
  return runs;
}

function marksIn(text: string): readonly { at: number; character: string }[] {
  const flags = [...text.matchAll(TAGGED_FLAG)].map((flag) => [flag.index, flag.index + flag[0].length] as const);
  return [...text.matchAll(DECEIVING), ...text.matchAll(STRAY_JOINER)]
    .map((match) => ({ at: match.index, character: match[0] }))
    .filter(({ at }) => !flags.some(([from, to]) => at > from && at < to))
    .sort((one, other) => one.at - other.at);
}

/** `U+202E`. */
function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
