import { isGoalMet } from './measuring.ts';
import type { EntryResult, Spread } from './measuring.ts';

/** The results of one case as lines for a terminal. */
export function tableOf(caseName: string, results: readonly EntryResult[]): readonly string[] {
  return results.flatMap((result) => [headline(caseName, result), ...result.contenders.map(contenderLine)]);
}

function headline(caseName: string, result: EntryResult): string {
  const unit = result.unit === 'ratio' ? 'x the baseline' : result.unit;
  const goal = result.goal === undefined ? 'no goal' : `goal ${result.goal}: ${isGoalMet(result) ? 'met' : 'MISSED'}`;
  return `${caseName}: ${result.name}: ${spread(result.value)} ${unit} (${goal})`;
}

function contenderLine({ name, ms, ratio }: EntryResult['contenders'][number]): string {
  return `    ${name.padEnd(44)} ${spread(ms)} ms   ${spread(ratio)} x`;
}

/** Median, with least and most in brackets. */
function spread({ median, min, max }: Spread): string {
  return `${figure(median)} [${figure(min)}..${figure(max)}]`;
}

function figure(value: number): string {
  return value.toPrecision(3);
}
