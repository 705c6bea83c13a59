import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../../../main/base/bytes.ts';
import { systemRandom } from '../../../../main/crypto/random.ts';
import { openProfile } from '../../../../main/hosts/headless/profile.ts';
import { claimProfile } from '../../../../main/hosts/profile-kind.ts';

let folder: string;
let profile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightlatch-profile-'));
  profile = join(folder, 'profile');
});
afterEach(() => rmSync(folder, { recursive: true }));

function passphraseFile(content: string | Uint8Array, name = 'passphrase-file'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Opens, gives the protector to `use`, and closes. */
async function withProfile<T>(
  file: string | undefined,
  use: (opened: Awaited<ReturnType<typeof openProfile>>) => Promise<T> | T,
): Promise<T> {
  const opened = await openProfile(profile, file, systemRandom);
  try {
    return await use(opened);
  } finally {
    opened.release();
  }
}

const key = systemRandom.bytes(32);
const mode = (name: string) => statSync(join(profile, name)).mode & 0o777;

describe('openProfile without a passphrase file (docs/contract.md)', () => {
  it('makes the directory 0700 and a random passphrase 0600, and says that it protects nothing', async () => {
    await withProfile(undefined, ({ protector }) => {
      expect(protector).toMatchObject({ name: 'passphrase-in-profile', protects: false });
    });
    expect(statSync(profile).mode & 0o777).toBe(0o700);
    expect(mode('passphrase')).toBe(0o600);
    expect(mode('passphrase-parameters')).toBe(0o600);
    expect(readFileSync(join(profile, 'passphrase'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('opens again with the passphrase it made, and unwraps what it wrapped', async () => {
    const wrapped = await withProfile(undefined, ({ protector }) => protector.wrap(key));
    expect(await withProfile(undefined, ({ protector }) => protector.unwrap(wrapped))).toEqual(key);
  });

  it('is locked without its passphrase, and makes no new one in its place', async () => {
    await withProfile(undefined, () => undefined);
    rmSync(join(profile, 'passphrase'));
    await expect(withProfile(undefined, () => undefined)).rejects.toMatchObject({ code: 'locked' });
    expect(existsSync(join(profile, 'passphrase'))).toBe(false);
  });
});

describe('openProfile with a passphrase file (docs/contract.md)', () => {
  it('takes its first line without the line end', async () => {
    const wrapped = await withProfile(passphraseFile('correct horse\nbattery'), ({ protector }) => {
      expect(protector).toMatchObject({ name: 'passphrase', protects: true });
      return protector.wrap(key);
    });
    for (const same of ['correct horse', 'correct horse\r\nother']) {
      const file = passphraseFile(same);
      expect(await withProfile(file, ({ protector }) => protector.unwrap(wrapped))).toEqual(key);
    }
    expect(existsSync(join(profile, 'passphrase'))).toBe(false);
  });

  it('is locked for another passphrase, be it a space more', async () => {
    await withProfile(passphraseFile('correct horse'), () => undefined);
    for (const wrong of ['correct horsf', 'correct horse ']) {
      const opening = withProfile(passphraseFile(wrong), () => undefined);
      await expect(opening, wrong).rejects.toMatchObject({ code: 'locked' });
    }
  });

  it('is locked without the file, and with another profile’s', async () => {
    await withProfile(passphraseFile('correct horse'), () => undefined);
    await expect(withProfile(undefined, () => undefined)).rejects.toMatchObject({ code: 'locked' });
    await expect(withProfile(join(folder, 'missing'), () => undefined)).rejects.toMatchObject({ code: 'locked' });
  });

  it.each([[''], ['\n'], ['\r\n'], [new Uint8Array([0x61, 0xff])], ['x'.repeat(5_000)]])(
    'is locked for a file that begins with no passphrase',
    async (content) => {
      await expect(withProfile(passphraseFile(content), () => undefined)).rejects.toMatchObject({ code: 'locked' });
    },
  );

  it('leaves the profile to the next process when it does not open', async () => {
    await withProfile(passphraseFile('right'), () => undefined);
    await expect(withProfile(passphraseFile('wrong'), () => undefined)).rejects.toMatchObject({ code: 'locked' });
    await withProfile(passphraseFile('right'), () => undefined);
  });
});

describe('openProfile, what it refuses', () => {
  it('a profile that is open already', async () => {
    await withProfile(undefined, async () => {
      await expect(openProfile(profile, undefined, systemRandom)).rejects.toMatchObject({ code: 'profile-in-use' });
    });
  });

  it('parameters with any octet changed', async () => {
    await withProfile(undefined, () => undefined);
    const path = join(profile, 'passphrase-parameters');
    const good = readFileSync(path);
    // The fourth from last lies in the proof, 27 is the cost, 30 lies in the salt.
    for (const at of [0, 26, 27, 30, good.length - 4]) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 0x40;
      writeFileSync(path, bad);
      await expect(
        withProfile(undefined, () => undefined),
        String(at),
      ).rejects.toMatchObject({ code: 'locked' });
    }
    writeFileSync(path, good.subarray(0, 30));
    await expect(withProfile(undefined, () => undefined)).rejects.toMatchObject({ code: 'locked' });
    writeFileSync(path, good);
    await withProfile(undefined, () => undefined);
  });

  it('a wrapped key with any octet changed', async () => {
    await withProfile(undefined, async ({ protector }) => {
      const wrapped = await protector.wrap(key);
      for (let at = 0; at < wrapped.length; at += 7) {
        const bad = wrapped.slice();
        bad[at] = (bad[at] ?? 0) ^ 1;
        await expect(protector.unwrap(bad), String(at)).rejects.toMatchObject({ code: 'locked' });
      }
      await expect(protector.unwrap(new Uint8Array(0))).rejects.toMatchObject({ code: 'locked' });
    });
  });

  it('a symbolic link in the place of a profile', async () => {
    await withProfile(undefined, () => undefined);
    symlinkSync(profile, join(folder, 'link'));
    const opening = openProfile(join(folder, 'link'), undefined, systemRandom);
    await expect(opening).rejects.toMatchObject({ code: 'store-damaged' });
  });

  it('a symbolic link in the place of one of its files', async () => {
    await withProfile(undefined, () => undefined);
    const path = join(profile, 'passphrase');
    writeFileSync(join(folder, 'elsewhere'), readFileSync(path));
    rmSync(path);
    symlinkSync(join(folder, 'elsewhere'), path);
    await expect(withProfile(undefined, () => undefined)).rejects.toMatchObject({ code: 'store-damaged' });
  });

  it('repairs a mode that lets others in', async () => {
    await withProfile(undefined, () => undefined);
    chmodSync(profile, 0o755);
    chmodSync(join(profile, 'passphrase'), 0o644);
    await withProfile(undefined, () => undefined);
    expect(statSync(profile).mode & 0o777).toBe(0o700);
    expect(mode('passphrase')).toBe(0o600);
  });
});

describe('profiles of the two hosts (S-165)', () => {
  it('S-165 the headless host does not open a profile of the desktop program', async () => {
    await withProfile(undefined, () => undefined);
    rmSync(join(profile, 'profile-kind'));
    expect(claimProfile(profile, 'desktop')).toBe(true);
    await expect(withProfile(undefined, () => undefined)).rejects.toMatchObject({ code: 'locked' });
  });

  it('S-165 the desktop program does not open a profile of the headless host', async () => {
    await withProfile(undefined, () => undefined);
    expect(claimProfile(profile, 'desktop')).toBe(false);
    expect(claimProfile(profile, 'headless')).toBe(true);
  });

  it('does not take a store that nobody marked for its own', async () => {
    await withProfile(undefined, () => undefined);
    rmSync(join(profile, 'profile-kind'));
    writeFileSync(join(profile, 'nightlatch.db'), '');
    await expect(withProfile(undefined, () => undefined)).rejects.toMatchObject({ code: 'locked' });
  });

  it('S-165 does not unwrap a key in the desktop program’s form', async () => {
    await withProfile(undefined, async ({ protector }) => {
      const wrapped = await protector.wrap(key);
      const magic = utf8('nightlatch headless key 1\n');
      expect(wrapped.subarray(0, magic.length)).toEqual(magic);
      const asDesktop = concatBytes(utf8('nightlatch desktop key 1\n'), wrapped.subarray(magic.length));
      await expect(protector.unwrap(asDesktop)).rejects.toMatchObject({ code: 'locked' });
    });
  });
});
