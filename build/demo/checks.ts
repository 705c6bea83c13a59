/** What the demo claims, each claim with what was seen. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export class Checks {
  readonly #all: Check[] = [];

  get all(): readonly Check[] {
    return this.#all;
  }

  /** True if there is at least one and none failed. */
  get allHold(): boolean {
    return this.#all.length > 0 && this.#all.every(({ ok }) => ok);
  }

  /** @param name - The claim, as a sentence a reader understands. @param detail - What was seen. */
  add(name: string, ok: boolean, detail: string): void {
    this.#all.push({ name, ok, detail });
  }
}
