import { describe, expect, it } from 'vitest';
import { CONTACT_STATES } from '../../../preload/contract.ts';
import { composerModeOf } from '../../../renderer/lib/composer-mode.ts';

describe('composerModeOf (ux.md 3.3)', () => {
  it('sends, holds or waits for a decision as the table says', () => {
    const modes = CONTACT_STATES.map((state) => `${state} ${composerModeOf(state, false)}`);
    expect(modes).toEqual([
      'C1 send',
      'C2 send',
      'C3 send',
      'C4 send',
      'C5 hold',
      'C6 hold',
      'C7 hold',
      'C8 blocked',
      'C9 hold',
      'C10 send',
      'C11 hold',
    ]);
  });

  it('is unencrypted in C9 alone, and there only by choice', () => {
    expect(CONTACT_STATES.filter((state) => composerModeOf(state, true) === 'unencrypted')).toEqual(['C9']);
    expect(composerModeOf(undefined, true)).toBe('send');
  });
});
