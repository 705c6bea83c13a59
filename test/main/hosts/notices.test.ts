import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert, Contact, Message } from '../../../preload/contract.ts';
import { Notices, type NoticeFacts } from '../../../main/hosts/notices.ts';

const BOB = 'bob@example.org';
const message = { id: 'm', with: BOB, direction: 'in', text: 'canary', badge: 'I4' } as Message;
const facts: NoticeFacts = {
  preferences: { notifications: true, notificationContent: 'name' },
  isWatched: false,
  isLocked: false,
};
const saying = (notificationContent: NoticeFacts['preferences']['notificationContent']): NoticeFacts => ({
  ...facts,
  preferences: { notifications: true, notificationContent },
});

describe('Notices (ux.md 3.8, M14)', () => {
  let notices: Notices;
  beforeEach(() => {
    notices = new Notices();
    notices.about('contacts.changed', { address: BOB, name: 'Bob' } as Contact, facts);
  });

  it('says who wrote, by the name that was given, and opens that conversation', () => {
    expect(notices.about('messages.added', message, facts)).toEqual({
      title: 'Bob',
      body: 'New encrypted message',
      opens: BOB,
      message: 'm',
    });
    notices.about('contacts.changed', { address: BOB, removed: true }, facts);
    expect(notices.about('messages.added', message, facts)?.title).toBe(BOB);
  });

  it('never calls encrypted what came in clear', () => {
    expect(notices.about('messages.added', { ...message, badge: 'I6' }, facts)?.body).toBe(
      'New message, not encrypted',
    );
  });

  it('S-077 says nothing of what it is about on a locked screen, whatever was chosen', () => {
    for (const content of ['name', 'text', 'nothing'] as const) {
      const told = notices.about('messages.added', message, { ...saying(content), isLocked: true });
      expect(told).toEqual({ title: 'Nightlatch', body: 'New message' });
    }
  });

  it('S-077 shows the text only where that was chosen, and never one that is hidden', () => {
    expect(notices.about('messages.added', message, saying('text'))?.body).toBe('canary');
    expect(
      notices.about('messages.added', { ...message, text: null, badge: 'I7' }, saying('text'))?.body,
    ).not.toContain('canary');
    expect(JSON.stringify(notices.about('messages.added', message, saying('name')))).not.toContain('canary');
    expect(JSON.stringify(notices.about('messages.added', message, saying('nothing')))).not.toMatch(/canary|Bob|bob@/);
  });

  it('is silent where notifications are off, where somebody looks, and about what one wrote oneself', () => {
    const off = { ...facts, preferences: { ...facts.preferences, notifications: false } };
    expect(notices.about('messages.added', message, off)).toBeUndefined();
    expect(notices.about('messages.added', message, { ...facts, isWatched: true })).toBeUndefined();
    expect(notices.about('messages.added', { ...message, direction: 'out' }, facts)).toBeUndefined();
  });

  it('sums a backlog up once, and tells nothing of each message in it', () => {
    const progress = { done: 0, finished: false, opened: 0, failed: 0 };
    notices.about('backlog.progress', progress, facts);
    expect(notices.about('messages.added', message, facts)).toBeUndefined();
    const end = { done: 13, finished: true, opened: 12, failed: 1 };
    expect(notices.about('backlog.progress', end, facts)?.body).toBe(
      'Messages arrived while you were away: 12 opened, 1 could not be opened.',
    );
    expect(notices.about('backlog.progress', { ...end, opened: 0, failed: 0 }, facts)).toBeUndefined();
    expect(notices.about('messages.added', message, facts)).toBeDefined();
  });

  it('tells a failure once', () => {
    const alert: Alert = { code: 'key-changed', address: BOB, text: 'A new key.' };
    expect(notices.about('alerts.raised', alert, facts)).toEqual({
      title: 'Nightlatch',
      body: 'A new key.',
      opens: BOB,
    });
    expect(notices.about('alerts.raised', alert, facts)).toBeUndefined();
    expect(notices.about('alerts.raised', { ...alert, code: 'timed-out' }, facts)).toBeUndefined();
  });
});
