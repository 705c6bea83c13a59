import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FindState } from '../../../renderer/state/find.svelte.ts';
import { FirstRunState } from '../../../renderer/state/first-run.svelte.ts';
import { SettingsState } from '../../../renderer/state/settings.svelte.ts';
import { DEFAULT_PREFERENCES } from '../../../preload/contract.ts';
import { FakeMessenger, later } from '../support/fake-messenger.ts';
import { BOB, leavingWith, manyMessages } from '../support/samples.ts';

let messenger: FakeMessenger;
beforeEach(() => {
  vi.useFakeTimers();
  messenger = new FakeMessenger();
});
afterEach(() => void vi.useRealTimers());

describe('FindState', () => {
  const reached: string[] = [];
  const open = () => {
    reached.length = 0;
    const find = new FindState(messenger.bridge, {
      messages: [],
      reach: (id) => (reached.push(id), Promise.resolve(true)),
    });
    find.isOpen = true;
    return find;
  };

  it('asks once typing stands still, and goes to the newest result', async () => {
    messenger.answer('messages.search', () => manyMessages(3).reverse());
    const find = open();
    for (const query of ['h', 'hi', 'hin']) find.search(query, BOB);
    await vi.advanceTimersByTimeAsync(200);
    expect(messenger.paramsOf('messages.search')).toEqual([{ query: 'hin', with: BOB }]);
    expect(find.current?.id).toBe('m2');
    expect(reached).toEqual(['m2']);
  });

  it('goes on to older results and round', async () => {
    messenger.answer('messages.search', () => manyMessages(2).reverse());
    const find = open();
    find.search('text', BOB);
    await vi.advanceTimersByTimeAsync(200);
    await find.step(1);
    expect(find.current?.id).toBe('m0');
    await find.step(1);
    expect(find.current?.id).toBe('m1');
    await find.step(-1);
    expect(find.current?.id).toBe('m0');
  });

  it('forgets an answer that comes after the question has changed', async () => {
    const slow = later<ReturnType<typeof manyMessages>>();
    messenger.answer('messages.search', () => slow.promise);
    const find = open();
    find.search('old', BOB);
    await vi.advanceTimersByTimeAsync(200);
    find.search('', BOB);
    slow.settle(manyMessages(3));
    await vi.advanceTimersByTimeAsync(200);
    expect(find.results).toBeUndefined();
  });
});

describe('SettingsState', () => {
  it('applies at once, keeps within bounds, and takes what the host kept', async () => {
    let kept = DEFAULT_PREFERENCES;
    messenger.answer('settings.change', (changes) => (kept = { ...kept, ...changes }));
    const settings = new SettingsState(messenger.bridge);
    const changed = settings.change({ theme: 'dark' });
    expect(settings.current.theme).toBe('dark');
    await changed;
    await settings.resizeList(10_000);
    for (let times = 0; times < 20; times += 1) await settings.resizeText(1);
    expect(settings.current).toMatchObject({ listWidth: 400, textPercent: 200 });
    await settings.resizeText(0);
    expect(settings.current.textPercent).toBe(100);
  });
});

describe('FirstRunState (ux.md 3.1)', () => {
  const key = { fingerprint: 'f', safetyCode: '11111' };
  const begin = (ownKey: () => Promise<typeof key>, isSetUp = false) => {
    const calls: unknown[] = [];
    const policy = { awayKeyDays: 3, backupKeyDays: 7, whoMayWrite: 'contacts' } as const;
    const firstRun = new FirstRunState(
      { ownKey },
      { current: leavingWith({ policy }), setPolicy: (changes) => (calls.push(changes), Promise.resolve()) },
      { current: { ...DEFAULT_PREFERENCES, isSetUp }, change: (changes) => (calls.push(changes), Promise.resolve()) },
    );
    return { firstRun, calls };
  };

  it('asks nothing twice', async () => {
    const { firstRun } = begin(() => Promise.resolve(key), true);
    await firstRun.begin();
    expect(firstRun.page).toBe('none');
  });

  it('shows the page of the key only where it takes more than a second, and waits there to be read', async () => {
    const quick = begin(() => Promise.resolve(key));
    await quick.firstRun.begin();
    expect(quick.firstRun.page).toBe('away');
    const made = later<typeof key>();
    const slow = begin(() => made.promise);
    const begun = slow.firstRun.begin();
    await vi.advanceTimersByTimeAsync(1_001);
    expect(slow.firstRun.page).toBe('key');
    made.settle(key);
    await begun;
    expect(slow.firstRun.page).toBe('key');
    slow.firstRun.next();
    expect(slow.firstRun.page).toBe('away');
  });

  it('publishes nothing anew for answers that change nothing', async () => {
    const { firstRun, calls } = begin(() => Promise.resolve(key));
    await firstRun.finish({ whoMayWrite: 'contacts', awayKeyDays: 3 });
    expect(calls).toEqual([{ isSetUp: true }]);
    await firstRun.finish({ whoMayWrite: 'nobody', awayKeyDays: 3 });
    expect(calls.slice(1)).toEqual([{ whoMayWrite: 'nobody', awayKeyDays: 3 }, { isSetUp: true }]);
  });
});
