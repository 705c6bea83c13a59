/** Rows that did not open in this run (L-023): left where they are, left out of what is read, and told. */

export interface DamageReport {
  readonly table: string;
  readonly rows: number;
}

export class Damage {
  readonly #rows = new Map<string, Set<string>>();

  /** @param row - Anything that names the row: the same row is counted once. */
  note(table: string, row: string): void {
    const rows = this.#rows.get(table) ?? new Set();
    this.#rows.set(table, rows.add(row));
  }

  report(): readonly DamageReport[] {
    return [...this.#rows].map(([table, rows]) => ({ table, rows: rows.size }));
  }
}
