/** A guard switched off: one piece of the source replaced, as it would be by a careless edit. */
export interface Mutant {
  /** The requirement; only tests with its number are asked. */
  readonly guard: string;
  /** What is allowed without the guard. */
  readonly allows: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** Test files or folders that must notice. */
  readonly tests: readonly string[];
}

/** How the runner tells the test process which one it is. */
export const MUTANT_VARIABLE = 'NIGHTLATCH_MUTANT';

/** @throws Error if the text is not there exactly once: the list is older than the source. */
export function mutate(source: string, { file, from, to }: Mutant): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`${file}: found ${parts.length - 1} times: ${from}`);
  return parts.join(to);
}
