/** Which of the situations E1 to E17 (ux.md 3.9) holds: from what the messenger says, decided in one place. */
import type { Account, AlertCode, Leaving } from '../../preload/contract.ts';

export const PROBLEMS = [
  ...(['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7', 'E8', 'E9'] as const),
  ...(['E10', 'E11', 'E12', 'E13', 'E14', 'E15', 'E16', 'E17'] as const),
] as const;
export type Problem = (typeof PROBLEMS)[number];

/** What the window offers against it. */
export type ProblemAction = 'tryNow' | 'reconnect' | 'publishAgain' | 'details' | 'report' | 'settings';

const BY_CODE: Partial<Record<AlertCode, Problem>> = {
  'server-not-found': 'E2',
  'server-unreachable': 'E3',
  'timed-out': 'E3',
  'wrong-password': 'E4',
  certificate: 'E5',
  'unprotected-login': 'E6',
  locked: 'E8',
  'store-damaged': 'E9',
  'server-unfit': 'E11',
  'key-exposed': 'E12',
  'withdraw-failed': 'E13',
  'clock-wrong': 'E14',
  'signed-in-elsewhere': 'E15',
  'store-full': 'E16',
  internal: 'E17',
  'program-error': 'E17',
};

/** Alerts that name a state which lasts: the bar says it until it is over, with what can be done. */
const LASTING: readonly AlertCode[] = [
  'store-full',
  'store-damaged',
  'server-unfit',
  'key-exposed',
  'clock-wrong',
  'signed-in-elsewhere',
  'internal',
];

const ACTIONS: Partial<Record<Problem, readonly ProblemAction[]>> = {
  E1: ['tryNow'],
  E2: ['tryNow'],
  E3: ['tryNow'],
  E7: ['settings'],
  E9: ['report'],
  E10: ['publishAgain', 'details'],
  E11: ['details'],
  E12: ['details'],
  E13: ['tryNow', 'details'],
  E14: ['report'],
  E15: ['reconnect'],
  E17: ['report'],
};

/** @returns the number of a code; undefined for what is an ordinary outcome. */
export function problemOf(code: AlertCode): Problem | undefined {
  return BY_CODE[code];
}

/** @returns the problem that an alert raises by itself, whatever the account's state says. */
export function lastingProblemOf(code: AlertCode): Problem | undefined {
  return LASTING.includes(code) ? problemOf(code) : undefined;
}

/** @returns whether the bar says what an alert says: a toast beside it would say the same twice. */
export function isSaidByBar(code: AlertCode): boolean {
  return LASTING.includes(code) || code === 'withdraw-failed';
}

export function actionsOf(problem: Problem): readonly ProblemAction[] {
  return ACTIONS[problem] ?? [];
}

export interface Standing {
  readonly account: Account;
  readonly leaving: Leaving | undefined;
  /** What the computer says of its network. */
  readonly hasNetwork: boolean;
}

/** @returns what stands in the way now, the most pressing first. */
export function standingProblems({ account, leaving, hasNetwork }: Standing): readonly Problem[] {
  return [...connectionProblems(account, leaving, hasNetwork), ...keyProblems(leaving)];
}

function connectionProblems(account: Account, leaving: Leaving | undefined, hasNetwork: boolean): readonly Problem[] {
  // Who left on purpose is not told that the connection is gone.
  const isLost = account.state === 'offline' && leaving?.status === 'S8';
  if (!isLost || account.reason === 'suspended') return [];
  if (!hasNetwork) return ['E1'];
  return [(account.reason && problemOf(account.reason)) ?? 'E1'];
}

function keyProblems(leaving: Leaving | undefined): readonly Problem[] {
  if (leaving?.status === 'S10') return ['E7'];
  if (leaving?.status === 'S7') return ['E13'];
  return leaving?.awayKey?.state === 'failed' && leaving.status === 'S5' ? ['E10'] : [];
}
