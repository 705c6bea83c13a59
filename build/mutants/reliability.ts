/** What a server that ends, or forgets, must not cost: by requirement, then by place. */
import type { Mutant } from './mutant.ts';

const ARCHIVE = {
  file: 'main/services/archive-catch-up.ts',
  tests: ['test/main/services/archive-catch-up.test.ts'],
  guard: 'L-041',
};

export const RELIABILITY_MUTANTS: readonly Mutant[] = [
  {
    ...ARCHIVE,
    allows: 'an archive that has forgotten the place to read on from to hide what it has',
    from: 'if (position === EMPTY || !isGone(error)) throw error;',
    to: 'throw error;',
  },
  {
    ...ARCHIVE,
    allows: 'a hand-over that broke off to be kept from the user',
    from: "this.#parts.announcer.announce('alertRaised', { code: 'messages-missing', text });",
    to: 'void text;',
  },
  {
    ...ARCHIVE,
    allows: 'an archive that refuses to count as read',
    from: '      return this.#isAsNone();\n    } finally {',
    to: '      return true;\n    } finally {',
  },
];
