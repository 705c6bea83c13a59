import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { quitMessenger } from '../../../../main/hosts/headless/quit.ts';
import { QuitRequest } from '../../../../main/hosts/headless/quit-request.ts';
import { MessengerDouble } from '../messenger-double.ts';

/** Has a promise settled by now? */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.finally(() => (settled = true));
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

function makeQuit() {
  const messenger = new MessengerDouble();
  const logged: string[] = [];
  let timer: { delayMs: number; run: () => void } | undefined;
  const parts = {
    messenger,
    setTimer: (delayMs: number, run: () => void) => {
      timer = { delayMs, run };
      return () => (timer = undefined);
    },
    log: (event: string) => void logged.push(event),
  };
  return { messenger, logged, parts, timer: () => timer };
}

describe('quitMessenger (ux.md 3.6)', () => {
  it('leaves, then closes', async () => {
    const { messenger, logged, parts, timer } = makeQuit();
    await quitMessenger(parts, Promise.resolve());
    expect(messenger.names()).toEqual(['leave quit', 'close']);
    expect(logged).toEqual(['quitting', 'quit']);
    expect(timer()).toBeUndefined();
  });

  it('gives up within 7 s when leaving never ends', async () => {
    const { messenger, logged, parts, timer } = makeQuit();
    messenger.leaving = new Promise(() => undefined);
    const quitting = quitMessenger(parts, Promise.resolve());
    expect(await isSettled(quitting)).toBe(false);
    expect(timer()?.delayMs).toBeLessThan(7_000);
    expect(timer()?.delayMs).toBeGreaterThan(5_000);
    timer()?.run();
    await quitting;
    expect(logged).toEqual(['quitting', 'quit-deadline']);
  });

  it('ends though leaving fails, and says so', async () => {
    const { messenger, logged, parts } = makeQuit();
    messenger.leaving = Promise.reject(new Error('broken'));
    await quitMessenger(parts, Promise.resolve());
    expect(logged).toEqual(['quitting', 'program-error', 'quit']);
  });
});

describe('QuitRequest (L-054)', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('asks at the first %s, and forces nothing', async (signal) => {
    const signals = new EventEmitter();
    const request = new QuitRequest(signals);
    expect(await isSettled(request.asked)).toBe(false);
    signals.emit(signal);
    expect(await isSettled(request.asked)).toBe(true);
    expect(await isSettled(request.forced)).toBe(false);
  });

  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGINT'],
    ['SIGTERM', 'SIGTERM'],
  ])('forces at %s and then %s', async (first, second) => {
    const signals = new EventEmitter();
    const request = new QuitRequest(signals);
    signals.emit(first);
    signals.emit(second);
    expect(await isSettled(request.forced)).toBe(true);
  });

  it('takes SIGTERM after the end of input for the same request, SIGINT for impatience', async () => {
    const signals = new EventEmitter();
    const request = new QuitRequest(signals);
    request.ask();
    signals.emit('SIGTERM');
    expect(await isSettled(request.forced)).toBe(false);
    signals.emit('SIGINT');
    expect(await isSettled(request.forced)).toBe(true);
  });

  it('gives the signals back', () => {
    const signals = new EventEmitter();
    new QuitRequest(signals).dispose();
    expect(signals.eventNames()).toEqual([]);
  });
});
