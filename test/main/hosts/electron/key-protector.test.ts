import { describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../../../main/base/bytes.ts';
import { createDesktopProtector } from '../../../../main/hosts/electron/key-protector.ts';
import { SafeStorageDouble } from './electron-double.ts';

const key = new Uint8Array(32).map((_, index) => index * 7);
const open = (storage: SafeStorageDouble, platform: NodeJS.Platform = 'linux') =>
  createDesktopProtector(storage as never, platform);

describe('createDesktopProtector (security.md 3)', () => {
  it('gives back what it wrapped, and not in the clear', async () => {
    const protector = await open(new SafeStorageDouble());
    const wrapped = await protector.wrap(key);
    expect(Buffer.from(wrapped).includes(Buffer.from(key))).toBe(false);
    expect(await protector.unwrap(wrapped)).toEqual(key);
  });

  it('says that it protects nothing where the back end is a password from Chromium’s source, or unknown', async () => {
    const storage = new SafeStorageDouble();
    for (const [backend, protects] of [
      ['gnome_libsecret', true],
      ['kwallet6', true],
      ['basic_text', false],
      ['unknown', false],
    ] as const) {
      storage.backend = backend;
      expect(await open(storage)).toMatchObject({ name: `desktop ${backend}`, protects });
    }
  });

  it('does not ask for the back end where there is only one', async () => {
    const storage = new SafeStorageDouble();
    storage.backend = 'basic_text';
    expect(await open(storage, 'darwin')).toMatchObject({ name: 'desktop darwin', protects: true });
  });

  it('is locked where there is no secret store', async () => {
    const storage = new SafeStorageDouble();
    storage.available = false;
    await expect(open(storage)).rejects.toMatchObject({ code: 'locked' });
  });

  it('is locked for another keyring, damage, and what is no key', async () => {
    const storage = new SafeStorageDouble();
    const protector = await open(storage);
    const wrapped = await protector.wrap(key);
    storage.keyring = 'ring-2';
    await expect(protector.unwrap(wrapped)).rejects.toMatchObject({ code: 'locked' });
    storage.keyring = 'ring-1';
    const magic = utf8('nightlatch desktop key 1\n');
    await expect(protector.unwrap(concatBytes(magic, utf8('ring-1:no base64!')))).rejects.toMatchObject({
      code: 'locked',
    });
    await expect(protector.unwrap(wrapped.subarray(1))).rejects.toMatchObject({ code: 'locked' });
    await expect(protector.unwrap(new Uint8Array(0))).rejects.toMatchObject({ code: 'locked' });
  });

  it('S-165 does not unwrap a key in the headless host’s form', async () => {
    const protector = await open(new SafeStorageDouble());
    const wrapped = await protector.wrap(key);
    const inside = wrapped.subarray(utf8('nightlatch desktop key 1\n').length);
    const asHeadless = concatBytes(utf8('nightlatch headless key 1\n'), inside);
    await expect(protector.unwrap(asHeadless)).rejects.toMatchObject({ code: 'locked' });
  });
});
