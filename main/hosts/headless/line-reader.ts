import { concatBytes } from '../../base/bytes.ts';

const LINE_FEED = 0x0a;

export interface LineHandlers {
  /** A line without its line feed, within the limit. */
  line(octets: Uint8Array): void;
  /** A line that passed the limit; called once, at its end. */
  tooLong(): void;
}

/** Cuts octets into lines and never holds more than the limit. */
export class LineReader {
  readonly #maxOctets: number;
  readonly #handlers: LineHandlers;
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(maxOctets: number, handlers: LineHandlers) {
    this.#maxOctets = maxOctets;
    this.#handlers = handlers;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      this.#add(chunk.subarray(start, end));
      this.#finish();
      start = end + 1;
    }
    this.#add(chunk.subarray(start));
  }

  /** End of input: what stands after the last line feed is a line too, if there is anything. */
  end(): void {
    if (this.#length > 0) this.#finish();
  }

  #add(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#maxOctets) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #finish(): void {
    const [parts, length] = [this.#parts, this.#length];
    this.#parts = [];
    this.#length = 0;
    if (length > this.#maxOctets) this.#handlers.tooLong();
    else this.#handlers.line(concatBytes(...parts));
  }
}
