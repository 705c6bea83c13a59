import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Stores } from '../../../main/stores/stores.ts';
import { beforeEachCall } from './database-calls.ts';
import { ACCOUNT, makeDirectory, NOW, openProfile } from './profile.ts';
import { partsOf, receive, RECORD } from './received.ts';
import { xorProtector } from './xor-protector.ts';

const SCRIPT = join(import.meta.dirname, 'receive-child.ts');
const JOURNALLED = 40;

async function reopened(directory: string): Promise<Stores> {
  const stores = await openProfile(directory, { protector: xorProtector });
  await stores.offlineSecrets.load();
  return stores;
}

/** A profile with a draining record and a journal full of stanzas. */
async function prepare(directory: string): Promise<void> {
  const stores = await openProfile(directory, { protector: xorProtector });
  stores.account.put(ACCOUNT);
  await stores.offlineSecrets.create(RECORD);
  for (let n = 0; n < JOURNALLED; n += 1) stores.journal.append(`<message n="${n}"/>`, NOW);
  stores.close();
}

function copyOf(directory: string): string {
  const copy = join(makeDirectory(), 'profile');
  // The index of the log is shared memory of those that have it open: a new process makes its own.
  cpSync(directory, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
  return copy;
}

/** How many of the stanzas are there; each wholly, and none behind the first that is missing. */
function wholeStanzas(stores: Stores): number {
  let whole = 0;
  for (let n = 0; n < JOURNALLED; n += 1) {
    const parts = new Set(partsOf(stores, n, JOURNALLED));
    expect(parts.size).toBe(1);
    if (parts.has(true)) whole += 1;
    expect(parts.has(true)).toBe(n < whole);
  }
  return whole;
}

describe('one stanza, one transaction (protocol 6.2 step 5)', () => {
  it('R-281 L-007 is there wholly or not at all after a kill before any of its writes', async () => {
    const directory = makeDirectory();
    await prepare(directory);
    const stores = await reopened(directory);
    // What the files hold right before a call is what kill -9 there would leave: the kernel has it, the process is gone.
    const moments: string[] = [];
    const end = beforeEachCall(() => moments.push(copyOf(directory)));
    receive(stores, 0);
    end();
    moments.push(copyOf(directory));
    const outcomes: number[] = [];
    for (const moment of moments) outcomes.push(await outcomeOf(moment));
    // Before the commit nothing is there, behind it everything.
    expect(outcomes.length).toBeGreaterThan(8);
    expect(outcomes).toEqual([...outcomes.slice(0, -1).map(() => 0), 1]);
  });

  it.each([1, 12, 30])(
    'R-281 keeps a whole number of stanzas after kill -9 some time behind number %i',
    async (behind) => {
      const directory = makeDirectory();
      await prepare(directory);
      const child = spawn(process.execPath, [SCRIPT, directory, String(JOURNALLED)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let told = 0;
      for await (const dots of child.stdout as AsyncIterable<Buffer>) {
        told += dots.length;
        if (told >= behind) child.kill('SIGKILL');
      }
      const stores = await reopened(directory);
      const whole = wholeStanzas(stores);
      expect(whole).toBeGreaterThanOrEqual(told);
      expect(stores.journal.count()).toBe(JOURNALLED - whole);
      expect(stores.messages.conversations()[0]?.unread).toBe(whole);
    },
  );
});

/** How many stanzas a crash left, after the next start has taken the first again and found one copy of everything. */
async function outcomeOf(directory: string): Promise<number> {
  const stores = await reopened(directory);
  const whole = wholeStanzas(stores);
  if (whole === 0) receive(stores, 0);
  expect(new Set(partsOf(stores, 0, JOURNALLED))).toEqual(new Set([true]));
  expect(stores.messages.conversations()[0]?.unread).toBe(1);
  stores.close();
  return whole;
}
