import type { BenchCase } from './bench-case.ts';
import { backlog } from './cases/backlog.ts';
import { drain } from './cases/drain.ts';
import { live } from './cases/live.ts';
import { messages } from './cases/messages.ts';
import { sessions } from './cases/sessions.ts';
import { signIn } from './cases/sign-in.ts';
import { window } from './cases/window.ts';

/** In the order in which `npm run bench` runs them. */
export const CASES: readonly BenchCase[] = [sessions, messages, live, signIn, backlog, drain, window];
