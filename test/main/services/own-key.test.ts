import { describe, expect, it } from 'vitest';
import { OwnKey } from '../../../main/services/own-key.ts';
import type { KeyStore } from '../../../main/stores/keys.ts';
import { StoreError } from '../../../main/stores/store-error.ts';

describe('OwnKey', () => {
  it('L-021 S-061 makes the key once, also when there was no room for it before', async () => {
    const kept: unknown[] = [];
    let isFull = true;
    const keys: Pick<KeyStore, 'ownSigningKey' | 'putOwnSigningKey'> = {
      ownSigningKey: () => undefined,
      putOwnSigningKey: (key) => {
        if (isFull) throw new StoreError('store-full', 'no room');
        kept.push(key);
      },
    };
    const ownKey = new OwnKey(keys as KeyStore, { now: () => new Date(0), elapsedMs: () => 0 });
    await expect(ownKey.signingKey()).rejects.toMatchObject({ code: 'store-full' });
    isFull = false;
    const [first, second] = await Promise.all([ownKey.signingKey(), ownKey.signingKey()]);
    expect(first).toBe(second);
    expect(kept).toHaveLength(1);
  });
});
