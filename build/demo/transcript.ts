/** What a person reads while the demo plays: one voice, two columns, colours on a terminal only. */
import { styleText } from 'node:util';
import type { Check } from './checks.ts';

type Paint = Parameters<typeof styleText>[0];

const WIDTH = 100;
const WHO = 7;
const MARGIN = '   ';
const INDENT = MARGIN + ' '.repeat(WHO);

/** As the badges' tones in the window (ux.md 3.4). */
const PAINTS: Readonly<Record<string, Paint>> = { I4: 'cyan', O2: 'cyan', I5: 'yellow', O3: 'yellow', S4: 'green' };

export class Transcript {
  readonly #stream: NodeJS.WritableStream;
  #scenes = 0;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  title(text: string, under: string): void {
    this.#line(this.#paint('bold', text));
    this.#line(under);
  }

  scene(title: string): void {
    this.#scenes += 1;
    this.#line('');
    this.#line(this.#paint('bold', `${this.#scenes}. ${title}`));
    this.#line('');
  }

  /** Somebody does or sees something. */
  tell(who: string, sentence: string): void {
    const [first = '', ...others] = wrap(sentence, WIDTH - INDENT.length);
    this.#line(`${MARGIN}${this.#paint('bold', who.padEnd(WHO))}${first}`);
    for (const line of others) this.#line(INDENT + line);
  }

  /** What the product shows there: a code of ux.md and its words. */
  shows(code: string, words: string): void {
    const [first = '', ...others] = wrap(words, WIDTH - INDENT.length - 4);
    this.#line(`${INDENT}${this.#paint(PAINTS[code] ?? 'blue', code.padEnd(4))}${first}`);
    for (const line of others) this.#line(`${INDENT}    ${line}`);
  }

  /** Lines shown as they are, such as an excerpt of a file. */
  quote(lines: readonly string[]): void {
    for (const line of lines) this.#line(INDENT + this.#paint('dim', line));
  }

  /** The stage speaks: what is done that is nobody's doing in the play. */
  note(sentence: string): void {
    for (const line of wrap(sentence, WIDTH - MARGIN.length)) this.#line(MARGIN + this.#paint('italic', line));
  }

  /** Every claim with a tick or a cross, and what was seen. */
  table(checks: readonly Check[]): void {
    const nameWidth = Math.max(...checks.map(({ name }) => name.length));
    this.#line('');
    this.#line(this.#paint('bold', 'Checks'));
    this.#line('');
    for (const { name, ok, detail } of checks) {
      const mark = ok ? this.#paint('green', '✓') : this.#paint('red', '✗');
      this.#line(`${MARGIN}${mark} ${name.padEnd(nameWidth)}  ${this.#paint('dim', detail)}`);
    }
  }

  ending(sentence: string): void {
    this.#line('');
    this.#line(sentence);
  }

  #paint(paint: Paint, text: string): string {
    return styleText(paint, text, { stream: this.#stream });
  }

  #line(text: string): void {
    this.#stream.write(`${text}\n`);
  }
}

/** Breaks at spaces; a word longer than a line stands alone. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
