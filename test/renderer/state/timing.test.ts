import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BacklogProgress } from '../../../preload/contract.ts';
import { AlertsState } from '../../../renderer/state/alerts.svelte.ts';
import { AnnouncementsState } from '../../../renderer/state/announcements.svelte.ts';
import { BacklogState } from '../../../renderer/state/backlog.svelte.ts';
import { CommandFailure } from '../../../renderer/lib/api.ts';
import { FakeMessenger } from '../support/fake-messenger.ts';
import { BOB } from '../support/samples.ts';

let messenger: FakeMessenger;
let alerts: AlertsState;
let announcements: AnnouncementsState;

beforeEach(() => {
  vi.useFakeTimers();
  messenger = new FakeMessenger();
  alerts = new AlertsState(messenger.bridge);
  announcements = new AnnouncementsState();
  alerts.start();
});
afterEach(() => vi.useRealTimers());

describe('AlertsState (ux.md 3.9)', () => {
  const texts = () => alerts.toasts.map((toast) => toast.text);

  it('shows a notice for 8 s and keeps it in the list', () => {
    messenger.announce('alerts.raised', { code: 'expired', text: 'It arrived too late.' });
    vi.advanceTimersByTime(7_999);
    expect(texts()).toEqual(['It arrived too late.']);
    vi.advanceTimersByTime(1);
    expect(texts()).toEqual([]);
    expect(alerts.notices.map((notice) => notice.text)).toEqual(['It arrived too late.']);
  });

  it('lists what the bar says already, and says it no second time', () => {
    messenger.announce('alerts.raised', { code: 'clock-wrong', text: 'Your clock is 3 h off.' });
    messenger.announce('alerts.raised', { code: 'withdraw-failed', text: 'Your server still shows your old key.' });
    expect(texts()).toEqual([]);
    expect(alerts.notices).toHaveLength(2);
  });

  it('keeps a notice while somebody looks at it, and counts anew afterwards', () => {
    messenger.announce('alerts.raised', { code: 'expired', address: BOB, text: 'too late' });
    const id = alerts.toasts[0]?.id ?? 0;
    vi.advanceTimersByTime(7_000);
    alerts.hold(id);
    vi.advanceTimersByTime(60_000);
    expect(texts()).toEqual(['too late']);
    alerts.release(id);
    vi.advanceTimersByTime(7_999);
    expect(texts()).toEqual(['too late']);
    vi.advanceTimersByTime(1);
    expect(texts()).toEqual([]);
  });

  it('shows what repeats itself once, and lists it each time, newest first', () => {
    alerts.raise({ text: 'same' });
    alerts.raise({ text: 'other' });
    alerts.raise({ text: 'same' });
    expect(texts()).toEqual(['other', 'same']);
    expect(alerts.notices.map((notice) => notice.text)).toEqual(['same', 'other', 'same']);
  });

  it('turns a command that failed into a sentence, and one that did not into nothing', async () => {
    await alerts.attempt(() => Promise.reject(new CommandFailure('locked', 'x')));
    await alerts.attempt(() => Promise.resolve());
    expect(texts()).toEqual(['Your keys are locked. Nothing is lost.']);
  });
});

describe('AnnouncementsState (ux.md 3.11)', () => {
  it('counts messages elsewhere at most once every 10 s', () => {
    const sentence = (count: number) => `${count} new`;
    announcements.countElsewhere(sentence);
    announcements.countElsewhere(sentence);
    vi.advanceTimersByTime(9_999);
    expect(announcements.sentence).toBe('');
    vi.advanceTimersByTime(1);
    expect(announcements.sentence).toBe('2 new');
    announcements.countElsewhere(sentence);
    vi.advanceTimersByTime(10_000);
    expect(announcements.sentence).toBe('1 new');
  });
});

describe('BacklogState (ux.md 3.6)', () => {
  let backlog: BacklogState;
  const progress = (more: Partial<BacklogProgress>) =>
    messenger.announce('backlog.progress', { done: 0, finished: false, opened: 0, failed: 0, ...more });

  beforeEach(() => {
    backlog = new BacklogState(messenger.bridge, alerts, announcements);
    backlog.start();
  });

  it('shows nothing of a backlog that is over within 200 ms, but the one summary', () => {
    progress({ done: 1 });
    vi.advanceTimersByTime(199);
    progress({ done: 2, finished: true, opened: 2 });
    vi.advanceTimersByTime(1_000);
    expect(backlog.isShown).toBe(false);
    expect(announcements.sentence).toBe('');
    expect(alerts.toasts.map((toast) => toast.text)).toEqual(['2 messages: 2 opened.']);
  });

  it('stays for 500 ms once it is shown', () => {
    progress({ done: 1 });
    vi.advanceTimersByTime(200);
    expect(backlog.isShown).toBe(true);
    progress({ done: 13, finished: true, opened: 12, failed: 1 });
    vi.advanceTimersByTime(499);
    expect(backlog.isShown).toBe(true);
    vi.advanceTimersByTime(1);
    expect(backlog.isShown).toBe(false);
    expect(alerts.toasts[0]?.text).toBe('13 messages: 12 opened, 1 could not be opened.');
  });

  it('is determinate only when the number is known', () => {
    progress({ done: 42 });
    expect(backlog.sentence).toContain('Opened 42 so far');
    progress({ done: 42, total: 120 });
    expect(backlog.sentence).toContain('42 of 120');
  });

  it('is spoken at its start and at each quarter, and never in between', () => {
    const spoken: string[] = [];
    const note = () => announcements.sentence !== spoken.at(-1) && spoken.push(announcements.sentence);
    progress({ done: 0, total: 100 });
    vi.advanceTimersByTime(200);
    note();
    for (let done = 1; done <= 100; done += 1) {
      progress({ done, total: 100 });
      note();
    }
    expect(spoken.slice(1)).toEqual(['25 % opened.', '50 % opened.', '75 % opened.']);
  });

  it('says nothing at all where nothing had waited', () => {
    progress({ done: 0, total: 0, finished: true });
    expect(alerts.toasts).toEqual([]);
  });

  it('shows a second backlog that begins while the first is about to go', () => {
    progress({ done: 1 });
    vi.advanceTimersByTime(200);
    progress({ done: 2, finished: true, opened: 2 });
    progress({ done: 0, total: 5 });
    vi.advanceTimersByTime(600);
    expect(backlog.isShown).toBe(true);
  });
});
