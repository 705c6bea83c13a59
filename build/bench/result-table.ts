import { isGoalMet } from './measuring.ts';
import type { QuantityResult, Spread } from './measuring.ts';

/** The results of one case as lines for a terminal. */
export function tableOf(caseName: string, results: readonly QuantityResult[]): readonly string[] {
  return results.flatMap((result) => [
    headline(caseName, result),
    ...result.contenders.map((contender) => contenderLine(contender, result.unit ?? 'ms')),
  ]);
}

function headline(caseName: string, result: QuantityResult): string {
  const unit = result.as === 'ratio' ? 'x the baseline' : result.as;
  const goal = result.goal === undefined ? 'no goal' : `goal ${result.goal}: ${isGoalMet(result) ? 'met' : 'MISSED'}`;
  return `${caseName}: ${result.name}: ${result.figure}: ${spread(result.value)} ${unit} (${goal})`;
}

function contenderLine({ name, ms, ratio }: QuantityResult['contenders'][number], unit: string): string {
  return `    ${name.padEnd(50)} ${spread(ms)} ${unit}   ${spread(ratio)} x`;
}

/** Median, with least and most in brackets. */
function spread({ median, min, max }: Spread): string {
  return `${figure(median)} [${figure(min)}..${figure(max)}]`;
}

function figure(value: number): string {
  return Math.abs(value) >= 1_000 ? value.toFixed(0) : value.toPrecision(3);
}
