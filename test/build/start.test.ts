import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findElectron, headlessArguments, userDataFolder } from '../../build/start.mjs';

describe('findElectron (toolchain 4)', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightlatch-electron-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('finds nothing in a package without its binary', () => {
    expect(findElectron(folder, undefined)).toBeUndefined();
    writeFileSync(join(folder, 'path.txt'), 'electron');
    expect(findElectron(folder, undefined)).toBeUndefined();
  });

  it('finds the binary that path.txt names', () => {
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/electron-x'), '');
    writeFileSync(join(folder, 'path.txt'), 'electron-x\n');
    expect(findElectron(folder, undefined)).toBe(join(folder, 'dist/electron-x'));
  });

  it('takes the override folder alone when there is one', () => {
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/electron'), '');
    expect(findElectron(folder, join(folder, 'empty'))).toBeUndefined();
    expect(findElectron(folder, join(folder, 'dist'))).toBe(join(folder, 'dist/electron'));
  });
});

describe('headlessArguments', () => {
  it('opens nightlatch-dev in a browser unless told otherwise', () => {
    expect(headlessArguments([], '/data')).toEqual(['--profile', join('/data', 'nightlatch-dev'), '--browser']);
    expect(headlessArguments(['--port', '8080'], '/data').slice(-2)).toEqual(['--port', '8080']);
  });

  it('leaves a named profile alone', () => {
    expect(headlessArguments(['--profile', '/p', '--browser'], '/data')).toEqual(['--profile', '/p', '--browser']);
    expect(headlessArguments(['--profile=/p'], '/data')).toEqual(['--browser', '--profile=/p']);
  });
});

describe('userDataFolder', () => {
  it("is the platform's place for a user's data", () => {
    expect(userDataFolder('linux', {}, '/home/a')).toBe('/home/a/.local/share');
    expect(userDataFolder('linux', { XDG_DATA_HOME: '/x' }, '/home/a')).toBe('/x');
    expect(userDataFolder('darwin', {}, '/Users/a')).toBe('/Users/a/Library/Application Support');
    expect(userDataFolder('win32', { LOCALAPPDATA: 'C:\\x' }, 'C:\\u')).toBe('C:\\x');
  });
});
