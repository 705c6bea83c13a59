import type { StepResult } from './report.ts';
import type { Step } from './steps.ts';

/** As many checks at a time: more would only take turns on the two processors that a small machine has. */
const CHECKS_AT_ONCE = 2;

/**
 * Runs the steps and shows each result in the order of the steps. A check may run beside another check; everything
 * else has the machine to itself.
 */
export async function runInOrder(
  steps: readonly Step[],
  run: (step: Step) => Promise<StepResult>,
  show: (step: Step, result: StepResult) => void,
): Promise<void> {
  const started: { step: Step; result: Promise<StepResult> }[] = [];
  const underWay = new Set<Promise<StepResult>>();
  const start = (step: Step): void => {
    const result = run(step);
    started.push({ step, result });
    underWay.add(result);
    void result.finally(() => underWay.delete(result));
  };
  const showAllUpTo = async (count: number): Promise<void> => {
    while (started.length > count) {
      const next = started.shift();
      if (next !== undefined) show(next.step, await next.result);
    }
  };
  for (const step of steps) {
    if (step.isCheck !== true) await showAllUpTo(0);
    while (underWay.size >= CHECKS_AT_ONCE) await Promise.race(underWay);
    start(step);
    if (step.isCheck !== true) await showAllUpTo(0);
  }
  await showAllUpTo(0);
}
