import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { lockProfile } from '../../../main/stores/profile-lock.ts';
import { makeDirectory } from './profile.ts';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** @returns the process and what it said: whether it got the lock. */
async function start(directory: string): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const script = join(import.meta.dirname, 'lock-child.ts');
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

describe('lockProfile (L-070)', () => {
  it('L-070 gives the profile to one process, and to the next after kill -9 without any cleaning', async () => {
    const directory = makeDirectory();
    const first = await start(directory);
    expect(first.said).toBe('locked');
    expect(lockProfile(directory)).toBeUndefined();
    expect((await start(directory)).said).toBe('in use');
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const lock = lockProfile(directory);
    expect(lock).toBeDefined();
    lock?.release();
  });

  it('L-070 lets exactly one of many processes in that start at the same moment', { timeout: 120_000 }, async () => {
    const directory = makeDirectory();
    const started = await Promise.all(Array.from({ length: 24 }, () => start(directory)));
    const said = started.map((each) => each.said);
    expect(said.filter((word) => word === 'locked')).toHaveLength(1);
    expect(said.filter((word) => word === 'in use')).toHaveLength(23);
  });

  it('refuses a second lock within one process, keeps the first, and can be released', async () => {
    const directory = makeDirectory();
    const lock = lockProfile(directory);
    expect(lock).toBeDefined();
    expect(lockProfile(directory)).toBeUndefined();
    expect((await start(directory)).said).toBe('in use');
    lock?.release();
    expect((await start(directory)).said).toBe('locked');
  });
});
