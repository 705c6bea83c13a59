import { describe, expect, it, vi } from 'vitest';
import { onFirstUse } from '../../../renderer/lib/first-use.ts';

describe('onFirstUse', () => {
  it('makes nothing until it is asked, then one thing for all who ask', () => {
    const make = vi.fn(() => ({}));
    const give = onFirstUse(make);
    expect(make).not.toHaveBeenCalled();
    expect(give()).toBe(give());
    expect(make).toHaveBeenCalledOnce();
  });
});
