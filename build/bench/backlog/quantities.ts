import type { BenchEntry } from '../bench-case.ts';

/** What is told of a backlog that the whole messenger reads, beside its time. */
export const OF_READING: BenchEntry['quantities'] = [
  { figure: 'processor', as: 'ratio' },
  { figure: 'since the first', as: 'ms' },
  { figure: 'share of commits', as: '%' },
  { figure: 'commits', as: 'times' },
  { figure: 'retained heap a message', as: 'KiB' },
  { figure: 'peak memory', as: 'MiB' },
];
