/** The guards of the link, in the order of their numbers. */
import { LOGIN_MUTANTS } from './login.ts';
import type { Mutant } from './mutant.ts';
import { PROTOCOL_MUTANTS } from './protocol.ts';
import { RELIABILITY_MUTANTS } from './reliability.ts';
import { RETURNING_MUTANTS } from './returning.ts';
import { STREAM_MUTANTS } from './stream.ts';

export const LINK_MUTANTS: readonly Mutant[] = [
  ...LOGIN_MUTANTS,
  ...STREAM_MUTANTS,
  ...RELIABILITY_MUTANTS,
  ...RETURNING_MUTANTS,
  ...PROTOCOL_MUTANTS,
];
