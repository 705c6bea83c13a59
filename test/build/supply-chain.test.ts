import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Package {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly extraneous?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly engines: Readonly<Record<string, string>>;
}

const manifest = readJson('package.json') as Manifest;
const lock = readJson('package-lock.json') as { readonly packages: Readonly<Record<string, Package>> };
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
const settings = readFileSync(join(root, '.npmrc'), 'utf8').split('\n');

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

describe('package-lock.json (security 8)', () => {
  it('S-170 has a SHA-512 integrity for every package and no address', () => {
    expect(locked.length).toBeGreaterThan(100);
    const weak = locked.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity));
    expect(weak.map(([path]) => path)).toEqual([]);
    expect(locked.filter(([, entry]) => entry.resolved !== undefined || entry.link === true)).toEqual([]);
  });

  it('S-170 comes from exact versions only: no range, git, file or URL dependency', () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const wanted = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    const inexact = wanted.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(inexact).toEqual([]);
    for (const [name, version] of wanted) expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
  });

  it('S-170 holds nothing that nobody asked for', () => {
    expect(locked.filter(([, entry]) => entry.extraneous === true)).toEqual([]);
  });

  it('holds at most 650 packages, all platforms counted', () => {
    expect(locked.length).toBeLessThanOrEqual(650);
  });

  it('keeps the version floor of node-forge', () => {
    const [major = 0, minor = 0, patch = 0] = (lock.packages['node_modules/node-forge']?.version ?? '')
      .split('.')
      .map(Number);
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(1_004_003);
  });
});

describe('.npmrc and package.json', () => {
  it('S-172 switch install scripts off and allow none', () => {
    expect(settings).toContain('ignore-scripts=true');
    expect(Object.values(manifest.allowScripts).filter(Boolean)).toEqual([]);
    const scripted = locked.filter(([, entry]) => entry.hasInstallScript === true);
    const named = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(named.filter((name) => !(name in manifest.allowScripts))).toEqual([]);
  });

  it('S-172 keep a canary package from running its install script', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightlatch-canary-'));
    try {
      cpSync(join(root, '.npmrc'), join(folder, '.npmrc'));
      mkdirSync(join(folder, 'canary'));
      const script = `node -e "require('node:fs').writeFileSync('sang', '')"`;
      const canary = { name: 'canary', version: '1.0.0', scripts: { install: script, postinstall: script } };
      writeFileSync(join(folder, 'canary/package.json'), JSON.stringify(canary));
      const project = { name: 'mine', private: true, dependencies: { canary: 'file:./canary' } };
      writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
      execFileSync('npm', ['install', '--offline'], { cwd: folder, stdio: 'pipe' });
      expect(existsSync(join(folder, 'node_modules/canary/package.json'))).toBe(true);
      expect(existsSync(join(folder, 'canary/sang'))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('never stop npm on an older Node, which only starts the bootstrap', () => {
    expect(settings.filter((line) => line.startsWith('engine-strict'))).toEqual([]);
    expect(manifest.engines['node']).toBe('>=24');
  });
});

describe('the Node that runs this', () => {
  it('is of major version 24', () => {
    expect(process.versions.node).toMatch(/^24\./);
  });
});
