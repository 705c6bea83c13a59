/**
 * What a benchmark is. A case prepares once and then hands over entries; the frame runs each entry's contenders
 * interleaved, round by round, so that whatever else the machine does meets all of them, and reports ratios.
 */

/** One of the things compared. `run` does `operations` times the work. */
export interface Contender {
  readonly name: string;
  run(): void | Promise<void>;
}

/** Ours against a baseline that no implementation can beat (primitives of the platform) or that a user knows (a bare library). */
export interface Comparison {
  readonly kind: 'comparison';
  readonly name: string;
  readonly baseline: Contender;
  readonly ours: Contender;
  /** Others, held against the same baseline. */
  readonly peers?: readonly Contender[];
  /** How often `run` does the work, so that times are per operation. */
  readonly operations: number;
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** Ours over baseline, median, at most this. */
  readonly goal?: number;
}

/** One quantity with no baseline, such as milliseconds until the last octet or peak memory. */
export interface Measurement {
  readonly kind: 'measurement';
  readonly name: string;
  readonly unit: 'ms' | 'MiB';
  measure(): Promise<number>;
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** Median at most this. */
  readonly goal?: number;
}

export type BenchEntry = Comparison | Measurement;

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
