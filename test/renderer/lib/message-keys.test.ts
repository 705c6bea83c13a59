import { describe, expect, it } from 'vitest';
import { messageByKey } from '../../../renderer/lib/message-keys.ts';

const ids = Array.from({ length: 30 }, (_, index) => `m${index}`);

describe('messageByKey (ux.md 3.10)', () => {
  it('goes one on, one back, a page, and to either end', () => {
    const from = (key: string) => messageByKey(key, ids, 'm15');
    expect(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'].map(from)).toEqual([
      'm14',
      'm16',
      'm5',
      'm25',
      'm0',
      'm29',
    ]);
  });

  it('stops at the ends, and leaves every other key alone', () => {
    expect(messageByKey('ArrowUp', ids, 'm0')).toBeUndefined();
    expect(messageByKey('ArrowDown', ids, 'm29')).toBeUndefined();
    expect(messageByKey('PageUp', ids, 'm3')).toBe('m0');
    expect(messageByKey('PageDown', ids, 'm25')).toBe('m29');
    expect(messageByKey('a', ids, 'm3')).toBeUndefined();
  });
});
