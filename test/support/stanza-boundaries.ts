/** Where in a stream's octets one top-level element ends and the next begins; what servers and our link write, no more. */

const [LESS, GREATER, SLASH, QUOTE, APOSTROPHE] = ['<', '>', '/', '"', "'"].map((text) => text.charCodeAt(0));
const LONGEST_NAME = 16;

/** One direction of one connection. */
export class StanzaBoundaries {
  #depth = 0;
  #tag: string | undefined;
  #quote: number | undefined;
  #last = 0;

  /**
   * Reads on.
   *
   * @returns the places behind which nothing of a stanza is open: just past an element, or past a stream's header.
   */
  in(octets: Uint8Array): readonly number[] {
    const found: number[] = [];
    for (const [at, octet] of octets.entries()) {
      if (this.#endsTag(octet) && this.#closes()) found.push(at + 1);
      this.#last = octet;
    }
    return found;
  }

  #endsTag(octet: number): boolean {
    if (this.#tag === undefined) {
      if (octet === LESS) this.#tag = '';
      return false;
    }
    if (this.#quote !== undefined) {
      if (octet === this.#quote) this.#quote = undefined;
      return false;
    }
    if (octet === GREATER) return true;
    if (octet === QUOTE || octet === APOSTROPHE) this.#quote = octet;
    if (this.#tag.length < LONGEST_NAME) this.#tag += String.fromCharCode(octet);
    return false;
  }

  /** A tag is complete. @returns whether nothing is open behind it */
  #closes(): boolean {
    const tag = this.#tag ?? '';
    this.#tag = undefined;
    if (tag.startsWith('?')) return false;
    if (tag.startsWith('stream:stream')) this.#depth = 1;
    else if (tag.startsWith('/')) this.#depth -= 1;
    else if (this.#last !== SLASH) this.#depth += 1;
    return this.#depth <= 1;
  }
}
