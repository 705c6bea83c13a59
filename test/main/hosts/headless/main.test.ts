import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { VALID_PARAMS } from '../valid-params.ts';

const program = join(import.meta.dirname, '../../../../main/hosts/headless/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'nightlatch-process-'));
const profile = join(folder, 'profile');
const running = new Set<ChildProcessWithoutNullStreams>();

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all([...running].map((child) => new Promise((resolve) => child.once('close', resolve))));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The real process, from its sources. */
class HostRun {
  readonly child = spawn(process.execPath, [program, '--profile', profile, '--stdio'], { stdio: 'pipe' });
  readonly exit = new Promise<number | null>((resolve) => this.child.once('close', (code) => resolve(code)));
  written = '';
  said = '';

  constructor() {
    running.add(this.child);
    void this.exit.then(() => running.delete(this.child));
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.written += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.said += text));
  }

  async until(text: () => string, pattern: RegExp): Promise<void> {
    const { stdout, stderr } = this.child;
    while (!pattern.test(text())) {
      const heard = [stdout, stderr].map((stream) => new Promise((resolve) => stream.once('data', resolve)));
      await Promise.race([
        ...heard,
        this.exit.then((code) => Promise.reject(new Error(`ended: ${code} ${this.said}`))),
      ]);
    }
  }

  started(): Promise<void> {
    return this.until(() => this.said, /started/);
  }
}

describe('the process of the headless host (docs/contract.md)', () => {
  it('answers, and writes only JSON-RPC to standard output', async () => {
    const run = new HostRun();
    run.child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"account.state"}\n');
    await run.until(() => run.written, /"id":1/);
    run.child.stdin.end();
    expect(await run.exit).toBe(0);
    for (const line of run.written.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    expect(run.written).toContain('{"jsonrpc":"2.0","id":1,"result":{"state":"signedOut"}}');
    expect(statSync(profile).mode & 0o777).toBe(0o700);
  });

  it('answers every command where nobody has signed in, none of them with a mistake of its own', async () => {
    const run = new HostRun();
    const commands = Object.entries(VALID_PARAMS).filter(([method]) => method !== 'account.signIn');
    for (const [id, params] of commands) {
      run.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: id, params })}\n`);
    }
    for (const [id] of commands) await run.until(() => run.written, new RegExp(`"id":"${id}"`));
    run.child.stdin.end();
    expect(await run.exit).toBe(0);
    expect(run.written).not.toContain('"internal"');
    expect(run.said).not.toMatch(/command-failed|program-error/);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('leaves in order at one %s, and exits 0', async (signal) => {
    const run = new HostRun();
    await run.started();
    run.child.kill(signal);
    expect(await run.exit).toBe(0);
    expect(run.said).toMatch(/quitting\nnightlatch: quit\n$/);
  });

  it('leaves in order when nobody listens to it any more', async () => {
    const run = new HostRun();
    await run.started();
    run.child.stderr.destroy();
    run.child.stdout.destroy();
    run.child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"account.state"}\n');
    expect(await run.exit).toBe(0);
  });

  it('frees the profile when it is killed, and refuses it with 75 before', async () => {
    const run = new HostRun();
    await run.started();
    const second = new HostRun();
    expect(await second.exit).toBe(75);
    run.child.kill('SIGKILL');
    await run.exit;
    const third = new HostRun();
    await third.started();
    third.child.stdin.end();
    expect(await third.exit).toBe(0);
  });
});
