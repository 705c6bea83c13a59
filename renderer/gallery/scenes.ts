import { CONTACT_STATES, LEAVING_STATUSES, type ContactState, type LeavingStatus } from '../../preload/contract.ts';
import { PROBLEMS, type Problem } from '../lib/problems.ts';

/** What the gallery can be asked for, beside the states of contacts, of oneself, and the numbers of errors. */
export const SCENES = [
  ...(['signIn', 'signInWrong', 'firstRun', 'firstRunKey', 'empty', 'main', 'long', 'backlog', 'alerts'] as const),
  ...(['offline', 'story', 'hostile', 'linkMessage', 'linkContact'] as const),
] as const;
export type Scene = (typeof SCENES)[number] | LeavingStatus | ContactState | Problem;

/** Every one of them. */
export const ALL_SCENES: readonly Scene[] = [...SCENES, ...LEAVING_STATUSES, ...CONTACT_STATES, ...PROBLEMS];
