import { bridge, type Bridge } from '../lib/api.ts';
import { lastingProblemOf, standingProblems, type Problem } from '../lib/problems.ts';
import { account, type AccountState } from './account.svelte.ts';
import { leaving, type LeavingState } from './leaving.svelte.ts';

/** What stands in the way now (ux.md 3.9), and what was put aside. */
export class ProblemsState {
  hasNetwork = $state(true);
  readonly #bridge: Bridge;
  readonly #account: Pick<AccountState, 'current'>;
  readonly #leaving: Pick<LeavingState, 'current'>;
  #raised = $state.raw<readonly Problem[]>([]);
  #aside = $state.raw<readonly Problem[]>([]);

  readonly all = $derived.by((): readonly Problem[] => {
    const facts = { account: this.#account.current, leaving: this.#leaving.current, hasNetwork: this.hasNetwork };
    const standing = standingProblems(facts).filter((problem) => !this.#raised.includes(problem));
    return [...this.#raised, ...standing];
  });
  readonly current = $derived(this.all.find((problem) => !this.#aside.includes(problem)));

  constructor(given: Bridge, own: Pick<AccountState, 'current'>, away: Pick<LeavingState, 'current'>) {
    this.#bridge = given;
    this.#account = own;
    this.#leaving = away;
  }

  start(): void {
    this.#bridge.on('alerts.raised', ({ code }) => {
      const problem = lastingProblemOf(code);
      if (problem === undefined || this.#raised.includes(problem)) return;
      this.#raised = [...this.#raised, problem];
    });
    // Being connected again ends what an earlier connection ran into.
    this.#bridge.on('account.changed', ({ state }) => {
      if (state !== 'online') return;
      this.#raised = this.#raised.filter((problem) => problem !== 'E15');
      this.#aside = [];
    });
  }

  putAside(problem: Problem): void {
    this.#aside = [...this.#aside, problem];
  }
}

export const problems = new ProblemsState(bridge, account, leaving);
