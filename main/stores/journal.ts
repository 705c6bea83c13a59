/** Stanzas that arrived and are not yet dealt with: durable, encrypted, before the server hears of it (L-006). */

export interface JournalRow {
  /** Grows with each append. */
  readonly seq: number;
  readonly xml: string;
  readonly arrivedAt: Date;
}

export interface JournalStore {
  /** @returns the row's number. */
  append(xml: string, arrivedAt: Date): number;
  /** Rows neither removed nor set aside, oldest first. */
  pending(limit: number): readonly JournalRow[];
  remove(seq: number): void;
  /** Keeps a row that cannot be processed out of `pending`, with the reason's code. */
  setAside(seq: number, reason: string): void;
  /** Rows set aside, with their reasons, oldest first. */
  aside(limit: number): readonly (JournalRow & { readonly reason: string })[];
  /** How many are pending. */
  count(): number;
}
