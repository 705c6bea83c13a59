/**
 * Letters that came before the opening of their session, as a line or a server that reorders may bring them.
 * They stay in the journal, and wait here until the opening comes or nothing more will come.
 */
import type { Letter } from './letter.ts';

/** Of all sessions together; a backlog in order never needs one. */
const MOST = 1_000;

export class EarlyLetters {
  readonly #waiting = new Map<string, Letter[]>();
  #count = 0;

  get hasSome(): boolean {
    return this.#count > 0;
  }

  /** @returns false if too many wait already. */
  hold(letter: Letter): boolean {
    if (this.#count >= MOST) return false;
    const session = sessionOf(letter);
    const waiting = this.#waiting.get(session) ?? [];
    waiting.push(letter);
    this.#waiting.set(session, waiting);
    this.#count += 1;
    return true;
  }

  /** Those of the session that this letter opens, in order of arrival. */
  takeFor(opening: Letter): readonly Letter[] {
    const session = sessionOf(opening);
    const waiting = this.#waiting.get(session) ?? [];
    this.#waiting.delete(session);
    this.#count -= waiting.length;
    return waiting;
  }

  /** All of them, in order of arrival within each session. */
  takeAll(): readonly Letter[] {
    const all = [...this.#waiting.values()].flat();
    this.forget();
    return all;
  }

  /** They are still in the journal. */
  forget(): void {
    this.#waiting.clear();
    this.#count = 0;
  }
}

function sessionOf({ from, thread }: Letter): string {
  return `${from}\n${thread ?? ''}`;
}
