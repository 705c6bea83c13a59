import { describe, expect, it } from 'vitest';
import { WorkBudget } from '../../../main/services/work-budget.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';

const mallory = parseBareJid('mallory@example.org');
const bob = parseBareJid('bob@example.org');

function budgetAt(): { readonly budget: WorkBudget; readonly pass: (ms: number) => void } {
  let elapsedMs = 0;
  const budget = new WorkBudget({ now: () => new Date(0), elapsedMs: () => elapsedMs });
  return { budget, pass: (ms) => void (elapsedMs += ms) };
}

function count(budget: WorkBudget, sender: typeof bob, times: number): void {
  for (let i = 0; i < times; i += 1) budget.count(sender);
}

describe('WorkBudget (S-043)', () => {
  it('S-043 lets twenty openings a minute of one sender cause work, and the next one after a minute', () => {
    const { budget, pass } = budgetAt();
    count(budget, mallory, 19);
    expect(budget.allows(mallory, true)).toBe(true);
    count(budget, mallory, 1);
    expect(budget.allows(mallory, true)).toBe(false);
    pass(60_000);
    expect(budget.allows(mallory, true)).toBe(true);
  });

  it('S-043 lets two hundred a minute of all strangers cause work, and never holds back a contact whose openings are good', () => {
    const { budget } = budgetAt();
    for (let i = 0; i < 200; i += 1) budget.count(parseBareJid(`mallory${i}@example.org`));
    expect(budget.allows(mallory, true)).toBe(false);
    expect(budget.allows(bob, false)).toBe(true);
  });
});
