/** The guards of a line that fails and of coming back (S-107, L-040, L-053), each as the edit that would switch it off. */
import type { Mutant } from './mutant.ts';

const XMPP = 'main/protocol/xmpp';
const TESTS = 'test/main/protocol/xmpp';
const BACKOFF = { file: 'main/services/backoff.ts', tests: ['test/main/services/backoff.test.ts'] };
const AVAILABILITY = { file: 'main/services/availability.ts', tests: ['test/main/hosts/reconnecting.test.ts'] };

export const RETURNING_MUTANTS: readonly Mutant[] = [
  { ...BACKOFF, guard: 'S-107', allows: 'waits that do not grow', from: 'SECOND_MS * 2 **', to: 'SECOND_MS * 1 **' },
  {
    ...BACKOFF,
    guard: 'S-107',
    allows: 'clients to return together',
    from: '(whole / 2) * (drawn / 255)',
    to: 'whole / 2 + 0 * drawn',
  },
  {
    ...AVAILABILITY,
    file: 'main/services/reconnecting.ts',
    guard: 'S-107',
    allows: 'a tight loop at a server that lets in and closes',
    from: '>= STABLE_MS) this.#failures = 0;',
    to: '>= 0) this.#failures = 0;',
  },
  {
    file: `${XMPP}/ack-duty.ts`,
    tests: [`${TESTS}/xep0198-stream-management.test.ts`],
    guard: 'L-040',
    allows: 'a line that says nothing to be waited on for good',
    from: 'this.#deadline ??= setTimeout(this.#giveUp, this.#patience.answerMs);',
    to: '',
  },
  {
    ...AVAILABILITY,
    guard: 'L-040',
    allows: 'a failed sign-in to be tried again by itself, without a password',
    from: 'this.#reconnecting.cancel(); // a stream that broke on the way would be tried again',
    to: '',
  },
  {
    ...AVAILABILITY,
    guard: 'L-040',
    allows: 'a stream on which a step got no answer to stand in the way of the next',
    from: 'link.abandon();\n      throw error;',
    to: 'throw error;',
  },
  {
    ...AVAILABILITY,
    guard: 'L-040',
    allows: 'a stream that gives no answer to be taken up again and again',
    from: 'const resume = !this.#isResumed || this.#parts.comingOnline.isAnswered;',
    to: 'const resume = true;',
  },
  {
    ...AVAILABILITY,
    guard: 'L-053',
    allows: 'a stream from before the sleep to be trusted',
    from: 'await this.#connect(this.account(), { resume: false }, false);',
    to: 'await this.#connect(this.account(), { resume: true }, false);',
  },
  {
    ...AVAILABILITY,
    tests: ['test/integration/resume.test.ts'],
    guard: 'L-053',
    allows: 'the network before the keys that expired meanwhile are gone',
    from: 'await this.#parts.comingOnline.openKeys();\n    if (this.#password === undefined) return;\n    await this.comeBack().catch(() => undefined);',
    to: 'if (this.#password !== undefined) await this.comeBack().catch(() => undefined);\n    await this.#parts.comingOnline.openKeys();',
  },
  {
    ...AVAILABILITY,
    file: 'main/services/coming-online.ts',
    guard: 'L-053',
    allows: 'what a dead stream left to stay with the server',
    from: 'for (const priority of [-1, 0]) {',
    to: 'for (const priority of [] as number[]) {',
  },
];
