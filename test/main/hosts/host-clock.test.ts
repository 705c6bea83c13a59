import { describe, expect, it } from 'vitest';
import type { Cancel } from '../../../main/base/time.ts';
import { HostClock, type PlatformTime } from '../../../main/hosts/host-clock.ts';

const START = Date.parse('2026-11-22T08:00:00.000Z');
const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/** The platform under the test's hand: time moves only by `pass`, and the wall clock may be set. */
class FakePlatform implements PlatformTime {
  #monotonic = 5_000;
  wall = START;
  readonly #timers = new Set<{ due: number; run: () => void }>();
  wallMs = (): number => this.wall;
  monotonicMs = (): number => this.#monotonic;
  setTimer = (delayMs: number, run: () => void): Cancel => {
    const timer = { due: this.#monotonic + delayMs, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };
  pass(ms: number): void {
    const end = this.#monotonic + ms;
    for (;;) {
      const [next] = [...this.#timers].filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.wall += next.due - this.#monotonic;
      this.#monotonic = next.due;
      next.run();
    }
    this.wall += end - this.#monotonic;
    this.#monotonic = end;
  }
}

function make(): { platform: FakePlatform; clock: HostClock; ran: string[]; note: (name: string) => () => void } {
  const platform = new FakePlatform();
  const ran: string[] = [];
  return { platform, clock: new HostClock(platform), ran, note: (name) => () => void ran.push(name) };
}

describe('HostClock.now (security.md 11, clock)', () => {
  it('goes on from the highest time it gave when the wall clock is set back by a year', () => {
    const { platform, clock } = make();
    platform.pass(1_000);
    expect(clock.now().getTime()).toBe(START + 1_000);
    platform.wall -= YEAR;
    expect(clock.now().getTime()).toBe(START + 1_000);
    platform.pass(2_000);
    expect(clock.now().getTime()).toBe(START + 3_000);
  });

  it('does not fall below the start plus what has passed, though nobody asked before the clock was set back', () => {
    const { platform, clock } = make();
    platform.pass(HOUR);
    platform.wall -= YEAR;
    expect(clock.now().getTime()).toBe(START + HOUR);
  });

  it('follows a wall clock that is set forward', () => {
    const { platform, clock } = make();
    platform.wall += YEAR;
    expect(clock.now().getTime()).toBe(START + YEAR);
  });

  it('differs from the wall clock by the offset, and not in elapsed time', () => {
    const { platform, clock } = make();
    const before = clock.elapsedMs();
    clock.setOffset(HOUR, false);
    expect(clock.now().getTime()).toBe(START + HOUR);
    expect(clock.elapsedMs()).toBe(before);
    platform.pass(10);
    expect(clock.now().getTime()).toBe(START + HOUR + 10);
  });

  it('gives no earlier time for an offset taken away', () => {
    const { clock } = make();
    clock.setOffset(HOUR, false);
    expect(clock.now().getTime()).toBe(START + HOUR);
    clock.setOffset(-HOUR, false);
    expect(clock.now().getTime()).toBe(START + HOUR);
  });
});

describe('HostClock.after', () => {
  it('runs once when due, and not when cancelled', () => {
    const { platform, clock, ran, note } = make();
    clock.after(100, note('a'));
    const cancel = clock.after(100, note('b'));
    cancel();
    platform.pass(99);
    expect(ran).toEqual([]);
    platform.pass(1_000);
    expect(ran).toEqual(['a']);
    cancel();
  });

  it('runs what is due within the elapsed time at once, in the order it was due', () => {
    const { platform, clock, ran, note } = make();
    clock.after(3 * HOUR, note('late'));
    clock.after(HOUR, note('second'));
    clock.after(10, note('first'));
    clock.setOffset(2 * HOUR, true);
    expect(ran).toEqual(['first', 'second']);
    platform.pass(HOUR);
    expect(ran).toEqual(['first', 'second', 'late']);
  });

  it('advances elapsed time by the difference to the offset that had already passed', () => {
    const { clock } = make();
    const before = clock.elapsedMs();
    clock.setOffset(HOUR, true);
    clock.setOffset(HOUR, true);
    clock.setOffset(2 * HOUR, true);
    clock.setOffset(-YEAR, true);
    expect(clock.elapsedMs() - before).toBe(2 * HOUR);
  });

  it('does not run a timer that an earlier due one cancelled', () => {
    const { clock, ran, note } = make();
    const cancel = clock.after(20, note('b'));
    clock.after(10, cancel);
    clock.setOffset(HOUR, true);
    expect(ran).toEqual([]);
  });

  it('re-arms a timer longer than the platform can wait', () => {
    const { platform, clock, ran, note } = make();
    clock.after(60 * 24 * HOUR, note('long'));
    platform.pass(59 * 24 * HOUR);
    expect(ran).toEqual([]);
    platform.pass(24 * HOUR);
    expect(ran).toEqual(['long']);
  });
});

describe('HostClock.freeze (L-050)', () => {
  it('stands still and goes on with what was left', () => {
    const { platform, clock, ran, note } = make();
    clock.after(100, note('a'));
    platform.pass(60);
    const frozenAt = clock.elapsedMs();
    clock.freeze();
    platform.pass(HOUR);
    expect(clock.elapsedMs()).toBe(frozenAt);
    expect(ran).toEqual([]);
    clock.thaw();
    platform.pass(39);
    expect(ran).toEqual([]);
    platform.pass(1);
    expect(ran).toEqual(['a']);
  });

  it('lets the wall clock go on', () => {
    const { platform, clock } = make();
    clock.freeze();
    platform.pass(HOUR);
    clock.thaw();
    expect(clock.now().getTime()).toBe(START + HOUR);
  });

  it('keeps what became due by an elapsed offset until it thaws', () => {
    const { clock, ran, note } = make();
    clock.after(100, note('a'));
    clock.freeze();
    clock.after(50, note('b'));
    clock.setOffset(80 * HOUR, true);
    expect(ran).toEqual([]);
    clock.thaw();
    expect(ran).toEqual(['b', 'a']);
  });
});
