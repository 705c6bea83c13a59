/**
 * What a benchmark is. A case prepares once and then hands over entries; the frame runs each entry's contenders
 * interleaved, round by round, so that whatever else the machine does meets all of them, and reports ratios.
 */

/** What one run took, by name. All runs have those of `TAKEN_BY_FRAME`. */
export type Figures = Readonly<Record<string, number>>;

/** In ms: on the clock, and of all processors in this process. A run that returns one of them overrules the frame. */
export const TAKEN_BY_FRAME = ['time', 'processor'] as const;

/** One of the things compared. `run` does `operations` times the work. */
export interface Contender {
  readonly name: string;
  run(): void | Figures | Promise<void | Figures>;
}

/** What is told of a figure. */
export interface Quantity {
  readonly figure: string;
  /** `ratio`: ours over the baseline, taken within each round. Otherwise ours alone, in that unit. */
  readonly as: 'ratio' | 'ms' | 'KiB' | 'MiB' | '%' | 'times' | 'elements';
  /** Of the contenders' own figures where a ratio is told; ms unless said otherwise. */
  readonly unit?: 'KiB' | 'MiB' | 'elements' | 'messages';
  /** Median at most this. */
  readonly goal?: number;
}

export interface BenchEntry {
  readonly name: string;
  /** What no implementation can beat (primitives of the platform), or what a user knows (a bare library). */
  readonly baseline?: Contender;
  readonly ours: Contender;
  /** Others, held against the same baseline. */
  readonly peers?: readonly Contender[];
  /** How often `run` does the work, so that times are per operation. */
  readonly operations: number;
  readonly rounds: number;
  readonly warmUpRounds: number;
  readonly quantities: readonly Quantity[];
  /** Ahead of each round, unmeasured. */
  beforeRound?(): void | Promise<void>;
}

export interface PreparedCase {
  readonly entries: readonly BenchEntry[];
  /** Ends servers, workers and folders. Called whatever happens. */
  close?(): void | Promise<void>;
}

export interface BenchCase {
  /** What `npm run bench -- NAME` asks for. */
  readonly name: string;
  readonly about: string;
  prepare(): PreparedCase | Promise<PreparedCase>;
}
