/** What was said by someone who may not say it (S-090): it has no effect but to be counted here, for the report. */

export type IgnoredKind =
  | 'roster-push' // not by the own account
  | 'answer' // to nothing that was asked, or by another than the one asked
  | 'question' // by someone who may not see us (S-092)
  | 'presence' // of someone whose presence we did not ask for
  | 'copy' // a carbon copy, an archive's result, a forwarded stanza
  | 'event'; // a personal event: options and keys are fetched

export class IgnoredCounts {
  readonly #counts = new Map<IgnoredKind, number>();

  note(kind: IgnoredKind): void {
    this.#counts.set(kind, this.of(kind) + 1);
  }

  of(kind: IgnoredKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** One line for a person, such as `answer 2, presence 1`; `nothing` where nothing was. */
  describe(): string {
    const told = [...this.#counts].map(([kind, count]) => `${kind} ${count}`);
    return told.length === 0 ? 'nothing' : told.sort().join(', ');
  }
}
