import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countLine, countTests, fullName } from '../../build/testing/report.ts';
import { runInOrder } from '../../build/testing/run-in-order.ts';
import { filesOf, runStep } from '../../build/testing/run-step.ts';
import { stepsOf } from '../../build/testing/steps.ts';
import type { Step } from '../../build/testing/steps.ts';

const root = join(import.meta.dirname, '../..');
const COMMAND: Step = { name: 'a step', kind: 'command', program: process.execPath, args: [], limitSeconds: 60 };

describe('runStep', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightlatch-steps-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function outcomeOf(step: Step) {
    const { tests } = await runStep(step, root, folder);
    return tests.map(({ state, notes }) => ({ state, notes }));
  }

  it('counts a command as one test and keeps what it printed', async () => {
    const step = { ...COMMAND, args: ['-e', 'console.log("hello"); console.error("there")'] };
    expect(await outcomeOf(step)).toEqual([{ state: 'passed', notes: [] }]);
    expect(readFileSync(filesOf(step, folder).log, 'utf8')).toBe('hello\nthere\n');
  });

  it('fails a command with another exit code, a signal, or a program that is not there', async () => {
    const ended = (note: string) => [{ state: 'failed', notes: [note] }];
    expect(await outcomeOf({ ...COMMAND, args: ['-e', 'process.exit(3)'] })).toEqual(ended('ended with exit code 3'));
    expect(await outcomeOf({ ...COMMAND, args: ['-e', 'process.kill(process.pid)'] })).toEqual(
      ended('ended with SIGTERM'),
    );
    const [missing] = await outcomeOf({ ...COMMAND, program: '/nonexistent/program' });
    expect(missing).toMatchObject({ state: 'failed', notes: [expect.stringContaining('ENOENT')] });
  });

  it('stops a step at its limit, with everything it started', async () => {
    const grandchild =
      "require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' })";
    const args = ['-e', `const { pid } = ${grandchild}; console.log(pid)`];
    const step = { ...COMMAND, args, limitSeconds: 1 };
    expect(await outcomeOf(step)).toEqual([{ state: 'failed', notes: ['stopped after 1 s, its time limit'] }]);
    const pid = Number(readFileSync(filesOf(step, folder).log, 'utf8'));
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('skips what cannot run here and says why', async () => {
    expect(await outcomeOf({ ...COMMAND, unavailable: 'no moon' })).toEqual([{ state: 'skipped', notes: ['no moon'] }]);
  });

  it("takes vitest's tests one by one, with reasons for skips and files that do not load", async () => {
    const args = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      'test/build/fixtures/vitest.fixture.config.ts',
      '--reporter=./build/testing/vitest-reporter.ts',
    ];
    const { tests } = await runStep({ ...COMMAND, kind: 'vitest', args }, root, folder);
    expect(countLine(countTests(tests))).toBe('1 passed, 2 failed, 1 skipped');
    const named = Object.fromEntries(tests.map((test) => [test.title, test]));
    expect(tests.map(fullName)).toContainEqual(
      expect.stringMatching(/outcomes\.fixture\.ts > outer > inner > R-001 passes$/),
    );
    expect(named['R-002 fails']).toMatchObject({ state: 'failed', notes: [expect.stringContaining('to be 2')] });
    expect(named['is skipped']).toMatchObject({ state: 'skipped', notes: ['there is no moon tonight'] });
    expect(named['set-up or clean-up']).toMatchObject({ state: 'failed', notes: ['this file does not load'] });
  });

  it('fails a vitest step that leaves no report', async () => {
    const [only] = await outcomeOf({ ...COMMAND, kind: 'vitest', args: ['-e', 'process.exit(1)'] });
    expect(only).toEqual({ state: 'failed', notes: ['no report: ended with exit code 1'] });
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false; // no such process
  }
}

describe('runInOrder', () => {
  const check = (name: string): Step => ({ ...COMMAND, name, isCheck: true });

  async function historyOf(steps: readonly Step[]) {
    const history: string[] = [];
    const ends: (() => void)[] = [];
    const run = async ({ name }: Step) => {
      history.push(`start ${name}`);
      // Each ends when the next one has started, or when nothing else can start.
      await new Promise<void>((resolve) => {
        ends.push(resolve);
        setImmediate(() => ends.at(-1)?.());
        ends.at(-2)?.();
      });
      return { step: name, seconds: 0, tests: [] };
    };
    await runInOrder(steps, run, ({ name }) => history.push(`show ${name}`));
    return history;
  }

  it('shows results in the order of the steps, whichever ends first', async () => {
    const shown = (await historyOf([check('a'), check('b'), check('c')])).filter((line) => line.startsWith('show'));
    expect(shown).toEqual(['show a', 'show b', 'show c']);
  });

  it('gives everything but checks the machine to itself', async () => {
    const history = await historyOf([
      check('a'),
      check('b'),
      { ...COMMAND, name: 'unit' },
      { ...COMMAND, name: 'build' },
    ]);
    expect(history.slice(0, 2)).toEqual(['start a', 'start b']);
    expect(history.slice(2)).toEqual(['show a', 'show b', 'start unit', 'show unit', 'start build', 'show build']);
  });
});

describe('stepsOf (toolchain 5)', () => {
  const names = (kind: Parameters<typeof stepsOf>[0]) => stepsOf(kind, root).map(({ name }) => name);

  it('goes from what is cheap to what is dear', () => {
    const full = names('full').filter((name) => !name.startsWith('types'));
    expect(full).toEqual(['lint', 'format', 'layers', 'unit', 'build', 'bun', 'integration', 'e2e', 'pack']);
    expect(names('full')[0]).toMatch(/^types/);
  });

  it('leaves out of the quick run what needs a server, a browser or a build', () => {
    expect(names('full').slice(0, names('quick').length)).toEqual(names('quick'));
    expect(names('quick').at(-1)).toBe('unit');
    expect(names('static').at(-1)).toBe('layers');
  });

  it('limits every step', () => {
    for (const { name, limitSeconds } of stepsOf('full', root)) expect(limitSeconds, name).toBeGreaterThan(0);
  });
});
