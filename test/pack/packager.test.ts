import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extractFile, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePlaceholderElectron, makeRunnable } from './placeholder-electron.ts';

/**
 * What the packager is given and what it makes of it, up to the folder that a package is made from. A deb or an AppImage
 * is not built here: their tools are not among the dependencies (toolchain.md 6).
 */
const root = join(import.meta.dirname, '../..');
const builder = join(root, 'node_modules/electron-builder/cli.js');
const run = promisify(execFile);
const SECONDS = 1_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightlatch-pack-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs electron-builder; its own look for tools on the network would take 45 s and more, so it gets 30. */
async function pack(...more: string[]): Promise<{ ok: boolean; said: string }> {
  const settings = ['--linux', 'dir', '--publish', 'never', `-c.directories.output=${join(folder, 'dist')}`];
  try {
    const { stdout, stderr } = await run(process.execPath, [builder, ...settings, ...more], {
      cwd: root,
      timeout: 30 * SECONDS,
      env: { ...process.env, CSC_IDENTITY_AUTO_DISCOVERY: 'false' },
    });
    return { ok: true, said: stdout + stderr };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { ok: false, said: stdout + stderr };
  }
}

describe('electron-builder.yml', () => {
  it('is refused by the packager where a value is wrong, before anything is fetched', async () => {
    const good = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
    const bad = join(folder, 'bad.yml');
    writeFileSync(bad, good.replace('asar: true', 'asar: 5'));
    const { ok, said } = await pack('--config', bad);
    expect(ok).toBe(false);
    expect(said).toMatch(/Invalid configuration object/);
    expect(said).toMatch(/asar/);
  });

  it('has icons of every usual size, each as large as it is named', () => {
    const sizes = globSync('build/icons/*.png', { cwd: root }).map((path) => {
      const png = readFileSync(join(root, path));
      expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
      const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
      expect(path.endsWith(`${width}x${height}.png`), path).toBe(true);
      return width;
    });
    expect(sizes.sort((a, b) => a - b)).toEqual([16, 24, 32, 48, 64, 96, 128, 256, 512]);
  });
});

describe.runIf(process.platform === 'linux')('the packed program, over a placeholder of Electron', () => {
  const resources = () => join(folder, 'dist/linux-unpacked/resources');
  const asar = () => join(resources(), 'app.asar');

  beforeAll(async () => {
    if (!existsSync(join(root, 'out/main/electron.js'))) throw new Error('out/ is not built: npm run build');
    await makePlaceholderElectron(join(folder, 'electron'));
    const { ok, said } = await pack(`-c.electronDist=${join(folder, 'electron')}`);
    expect(ok, said).toBe(true);
  }, 60 * SECONDS);

  it('S-165 holds the window’s program and nothing of the development host', () => {
    const files = listPackage(asar(), { isPack: false }).filter((path) => /\.\w+$/.test(path));
    const beside = files.filter((path) => !path.startsWith('/out/renderer/'));
    expect(beside.sort()).toEqual([
      '/out/main/electron.js',
      '/out/main/modp-worker.js',
      '/out/main/search-worker.js',
      '/out/preload/index.cjs',
      '/package.json',
    ]);
    expect(files.filter((path) => /\.map$|node_modules|headless|launcher|gallery/.test(path))).toEqual([]);
    expect(files).toContain('/out/renderer/index.html');
  });

  it('starts with a file that it holds, and names none of its tools', () => {
    const manifest = JSON.parse(extractFile(asar(), 'package.json').toString('utf8')) as Record<string, unknown>;
    expect(manifest['main']).toBe('out/main/electron.js');
    expect(manifest['devDependencies']).toBeUndefined();
    expect(manifest['scripts']).toBeUndefined();
  });

  it('parses, and needs only Electron and Node at run time', async () => {
    for (const name of ['out/main/electron.js', 'out/main/modp-worker.js', 'out/main/search-worker.js']) {
      const text = extractFile(asar(), name).toString('utf8');
      const file = join(folder, `${name.replaceAll('/', '-')}.mjs`);
      writeFileSync(file, text);
      await run(process.execPath, ['--check', file]);
      const imported = [...text.matchAll(/^import\b[^'"\n]*['"]([^'"]+)['"]/gm)].map(([, from = '']) => from);
      expect(
        imported.filter((from) => from !== 'electron' && !isBuiltin(from)),
        name,
      ).toEqual([]);
    }
  });

  it('S-083 starts in no environment that has certificates believed', async () => {
    const program = await makeRunnable(join(folder, 'run'), extractFile(asar(), 'out/main/electron.js'));
    const start = (value: string) =>
      run(process.execPath, [program], { env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: value } });
    await expect(start('0')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^box .*NODE_TLS_REJECT_UNAUTHORIZED is 0.*\n$/) as string,
    });
    // Where nothing is wrong it goes on to its lock, which the stand-in says another has.
    expect((await start('')).stdout).toBe('lock\nquit\n');
  });

  it('S-136 has its fuses set in the binary', async () => {
    const wire = await getCurrentFuseWire(join(folder, 'dist/linux-unpacked/nightlatch'));
    // The octets of the wire are digits: 1 is on, 0 is off, anything else is a fuse taken out.
    const state = (fuse: FuseV1Options) => String.fromCharCode(Number(wire[fuse]));
    expect(state(FuseV1Options.RunAsNode)).toBe('0');
    expect(state(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe('0');
    expect(state(FuseV1Options.EnableNodeCliInspectArguments)).toBe('0');
    expect(state(FuseV1Options.EnableCookieEncryption)).toBe('1');
    expect(state(FuseV1Options.EnableEmbeddedAsarIntegrityValidation)).toBe('1');
    expect(state(FuseV1Options.OnlyLoadAppFromAsar)).toBe('1');
    expect(state(FuseV1Options.GrantFileProtocolExtraPrivileges)).toBe('0');
  });
});
