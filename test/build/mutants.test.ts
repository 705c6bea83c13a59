import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LINK_MUTANTS } from '../../build/mutants/link.ts';
import { mutate } from '../../build/mutants/mutant.ts';

const root = join(import.meta.dirname, '../..');

describe('the list of guards that can be switched off', () => {
  it('fits the source as it is', () => {
    for (const mutant of LINK_MUTANTS) {
      const source = readFileSync(join(root, mutant.file), 'utf8');
      expect(mutate(source, mutant)).not.toBe(source);
    }
  });
});
