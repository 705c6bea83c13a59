import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'nightlatch-launcher-'));
const launcher = join(folder, 'out/main/headless.js');

/** The Node 24 of this test, where the launcher looks for the project's own. */
const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** A host that tells what it got, and stays until it is told to go. */
const HOST = `
  if (process.env.NIGHTLATCH_LAUNCHED === '1') process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.on('SIGTERM', () => process.exit(7));
  console.log(JSON.stringify({ pid: process.pid, node: process.versions.node, argv: process.argv.slice(2) }));
  process.stdin.once('data', (data) => process.exit(Number(data)));
`;

beforeAll(() => {
  mkdirSync(join(folder, 'out/main'), { recursive: true });
  mkdirSync(join(folder, 'node_modules', packageName, 'bin'), { recursive: true });
  symlinkSync(process.execPath, join(folder, 'node_modules', packageName, 'bin/node'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  copyFileSync(join(root, 'main/hosts/headless/launcher.mjs'), launcher);
  writeFileSync(join(folder, 'out/main/headless-host.js'), HOST);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A Node older than 24, if this computer has one. */
function findOldNode(): string | undefined {
  const candidates = ['/usr/bin/node', '/usr/local/bin/node', process.env['OLD_NODE'] ?? ''];
  return candidates.find((path) => {
    const version = path === '' ? '' : spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout;
    return /^v(1\d|2[0-3])\./.test(version);
  });
}

const oldNode = findOldNode();
if (oldNode === undefined) console.warn('launcher: no Node older than 24 here; set OLD_NODE to test with one');

function launch(node: string): { child: ChildProcess; hello: Promise<{ pid: number; node: string; argv: string[] }> } {
  const child = spawn(node, [launcher, '--profile', 'x y'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const hello = new Promise<{ pid: number; node: string; argv: string[] }>((resolve) =>
    child.stdout.once('data', (data: Buffer) => resolve(JSON.parse(data.toString('utf8')) as never)),
  );
  return { child, hello };
}

const exit = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('launcher.mjs (docs/contract.md)', () => {
  it('loads the host in the same process on Node 24', async () => {
    const { child, hello } = launch(process.execPath);
    expect(await hello).toMatchObject({ pid: child.pid, argv: ['--profile', 'x y'] });
    child.stdin?.write('0');
    expect(await exit(child)).toBe(0);
  });

  describe.skipIf(oldNode === undefined)('started by an older Node', () => {
    const launchOld = () => launch(oldNode ?? '');

    it('starts the project’s own, with the same arguments and streams, and gives its exit code', async () => {
      const { child, hello } = launchOld();
      expect(await hello).toMatchObject({ node: process.versions.node, argv: ['--profile', 'x y'] });
      child.stdin?.write('75');
      expect(await exit(child)).toBe(75);
    });

    it('hands signals on', async () => {
      const { child, hello } = launchOld();
      await hello;
      child.kill('SIGTERM');
      expect(await exit(child)).toBe(7);
    });

    it('takes the host with it when it is killed', async () => {
      const { child, hello } = launchOld();
      const { pid } = await hello;
      child.kill('SIGKILL');
      await exit(child);
      while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(isAlive(pid)).toBe(false);
    });
  });
});
