import { describe, expect, it } from 'vitest';
import { failure } from '../../../../main/hosts/dispatch.ts';
import { createHostDispatch, exceptWhileFrozen } from '../../../../main/hosts/headless/host-commands.ts';
import { Sleep } from '../../../../main/hosts/headless/sleep.ts';

/** Everything that sleep touches, in one list. */
function make() {
  const calls: string[] = [];
  const note = (call: string) => () => void calls.push(call);
  let timer: { delayMs: number; run: () => void } | undefined;
  const sleep = new Sleep({
    messenger: { suspend: note('suspend'), resume: note('resume') },
    clock: { freeze: note('clock freeze'), thaw: note('clock thaw') },
    links: { freeze: note('links freeze'), thaw: note('links thaw'), wrap: (factory) => factory },
    setTimer: (delayMs, run) => {
      timer = { delayMs, run };
      return () => (timer = undefined);
    },
    log: () => undefined,
  });
  return { calls, sleep, timer: () => timer };
}

describe('Sleep (docs/contract.md, host.suspend; L-050)', () => {
  it('runs the handler at once and freezes 250 ms later unless told otherwise', () => {
    const { calls, sleep, timer } = make();
    sleep.suspend();
    expect(calls).toEqual(['suspend']);
    expect(sleep.isFrozen).toBe(false);
    expect(timer()?.delayMs).toBe(250);
    timer()?.run();
    expect(calls).toEqual(['suspend', 'clock freeze', 'links freeze']);
    expect(sleep.isFrozen).toBe(true);
  });

  it('freezes in the same turn for 0 ms', () => {
    const { calls, sleep } = make();
    sleep.suspend(0);
    expect(calls).toEqual(['suspend', 'clock freeze', 'links freeze']);
  });

  it('tells the messenger before anything moves again', () => {
    const { calls, sleep } = make();
    sleep.suspend(0);
    calls.length = 0;
    sleep.resume();
    expect(calls).toEqual(['resume', 'clock thaw', 'links thaw']);
    expect(sleep.isFrozen).toBe(false);
  });

  it('wakes on the way into sleep, and then does not freeze', () => {
    const { sleep, timer } = make();
    sleep.suspend(5_000);
    sleep.resume();
    expect(timer()).toBeUndefined();
    expect(sleep.isFrozen).toBe(false);
  });

  it('announces once, and does not wake who is awake', () => {
    const { calls, sleep } = make();
    sleep.resume();
    sleep.suspend(0);
    sleep.suspend(0);
    expect(calls).toEqual(['suspend', 'clock freeze', 'links freeze']);
  });
});

describe('createHostDispatch (docs/contract.md)', () => {
  function makeDispatch() {
    const made = make();
    const offsets: unknown[] = [];
    let quits = 0;
    const commands = createHostDispatch({
      messenger: exceptWhileFrozen((name) => Promise.resolve({ ok: true, value: name }), made.sleep),
      sleep: made.sleep,
      setClockOffset: (...offset) => void offsets.push(offset),
      quit: () => void (quits += 1),
      report: () => undefined,
    });
    return { ...made, commands, offsets, quits: () => quits };
  }

  it('adds the commands of the host to those of the messenger', async () => {
    const { commands, calls, offsets, quits } = makeDispatch();
    expect(await commands.dispatch('host.suspend', { freezeAfterMs: 0 })).toEqual({ ok: true, value: {} });
    expect(await commands.dispatch('host.resume', {})).toEqual({ ok: true, value: {} });
    expect(await commands.dispatch('host.setClockOffset', { ms: -5, elapsed: true })).toEqual({ ok: true, value: {} });
    expect(await commands.dispatch('host.setClockOffset', { ms: 7 })).toEqual({ ok: true, value: {} });
    expect(await commands.dispatch('host.quit', {})).toEqual({ ok: true, value: {} });
    expect(await commands.dispatch('account.state', {})).toEqual({ ok: true, value: 'account.state' });
    expect(calls.slice(0, 3)).toEqual(['suspend', 'clock freeze', 'links freeze']);
    expect(offsets).toEqual([
      [-5, true],
      [7, false],
    ]);
    expect(quits()).toBe(1);
  });

  it('knows exactly the commands of both', () => {
    const { commands } = makeDispatch();
    expect(commands.has('host.suspend')).toBe(true);
    expect(commands.has('messages.send')).toBe(true);
    for (const name of ['host.crash', 'toString', '__proto__', '']) expect(commands.has(name)).toBe(false);
  });

  it('checks the parameters of its own commands', async () => {
    const { commands } = makeDispatch();
    for (const [name, params] of [
      ['host.suspend', { freezeAfterMs: -1 }],
      ['host.suspend', { later: 1 }],
      ['host.setClockOffset', {}],
      ['host.setClockOffset', { ms: 'x' }],
      ['host.setClockOffset', { ms: 1.5 }],
      ['host.quit', { now: true }],
    ] as const) {
      expect(await commands.dispatch(name, params)).toMatchObject({ ok: false, code: 'invalid-params' });
    }
  });

  it('answers suspended while frozen, but to its own commands', async () => {
    const { commands } = makeDispatch();
    await commands.dispatch('host.suspend', { freezeAfterMs: 0 });
    expect(await commands.dispatch('account.state', {})).toEqual(failure('suspended', 'This computer is asleep.'));
    expect(await commands.dispatch('host.setClockOffset', { ms: 1 })).toMatchObject({ ok: true });
    expect(await commands.dispatch('host.resume', {})).toMatchObject({ ok: true });
    expect(await commands.dispatch('account.state', {})).toMatchObject({ ok: true });
  });
});
