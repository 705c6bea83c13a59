import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { INCOMING_BADGES, OUTGOING_BADGES } from '../../../preload/contract.ts';
import MessageBubble from '../../../renderer/components/MessageBubble.svelte';
import PlainText from '../../../renderer/components/PlainText.svelte';
import { badgeOf } from '../../../renderer/lib/badge.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';
import { local, messageWith } from '../support/samples.ts';

afterEach(cleanup);

const common = { startsGroup: true, isTabStop: true, onopen: () => undefined };
const show = (message: ReturnType<typeof messageWith>, more = {}) =>
  render(MessageBubble, { props: { ...common, message, ...more } });

describe('MessageBubble', () => {
  it('S-140 shows more than 300 hostile texts as text: no element, attribute or handler comes of them', () => {
    expect(HOSTILE_TEXTS.length).toBeGreaterThanOrEqual(300);
    const { container: plain } = show(messageWith({ text: 'plain' }));
    const expected = [...plain.querySelectorAll('*')].map((element) => element.tagName);
    cleanup();
    for (const text of HOSTILE_TEXTS) {
      const { container } = show(messageWith({ text }));
      const marks = container.querySelectorAll('.mark');
      // An https address may be pressed: it is a button of ours, without an address of its own.
      const elements = [...container.querySelectorAll('*:not(.mark, button.web)')];
      expect(
        elements.map((element) => element.tagName),
        text,
      ).toEqual(expected);
      for (const element of container.querySelectorAll('*')) {
        const names = element.getAttributeNames();
        expect(
          names.filter((name) => /^(on|href|src|style|action)/.test(name)),
          text,
        ).toEqual([]);
      }
      for (const mark of marks) expect(mark.textContent, text).toMatch(/^U\+[0-9A-F]{4,6}( \+\d+)?$/);
      cleanup();
    }
  });

  it('S-140 keeps every character of a hostile text, those that deceive by their names', () => {
    for (const text of HOSTILE_TEXTS) {
      const { container } = render(PlainText, { props: { text } });
      const shown = container.textContent.replace(/U\+([0-9A-F]{4,6})( \+\d+)?/g, (_, hex: string, more = '0') =>
        String.fromCodePoint(Number.parseInt(hex, 16)).repeat(1 + Number(more)),
      );
      expect(shown).toBe(text);
      cleanup();
    }
  });

  it('draws the beginning of a very long text, and all of it when somebody asks', async () => {
    show(messageWith({ text: `top${'\n'.repeat(500)}bottom` }));
    expect(screen.queryByText(/bottom/)).toBeNull();
    screen.getByRole('button', { name: 'Show all' }).click();
    expect(await screen.findByText(/bottom/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Show all' })).toBeNull();
  });

  it('S-140 isolates the direction of the text from what stands around it', () => {
    show(messageWith({ text: 'שלום' }));
    expect(screen.getByText('שלום').getAttribute('dir')).toBe('auto');
  });

  it('draws the badge of every code with its icon, and names it for a screen reader', () => {
    for (const badge of [...INCOMING_BADGES, ...OUTGOING_BADGES]) {
      const direction = badge.startsWith('I') ? 'in' : 'out';
      const message = messageWith({ badge, direction });
      const face = badgeOf(message);
      const { container } = show(message);
      const button = container.querySelector(`[data-badge="${badge}"]`);
      expect(button?.querySelector('svg')?.getAttribute('data-icon'), badge).toBe(face.icon);
      expect(button?.textContent, badge).toContain(face.words);
      expect(button?.getAttribute('aria-label'), badge).toBe(`${face.words}. ${face.tooltip}`);
      cleanup();
    }
  });

  it('leaves the words of the best ordinary state away after the first of a group, and of no other', () => {
    const best = messageWith({ badge: 'I1' }, { senderVerified: true });
    show(best, { startsGroup: false });
    expect(screen.queryByText('Encrypted, verified')).toBeNull();
    expect(screen.getByRole('button', { name: /^Encrypted, verified/ })).toBeTruthy();
    cleanup();
    show(messageWith({ badge: 'I4' }), { startsGroup: false });
    expect(screen.getByText('Encrypted while you were away')).toBeTruthy();
  });

  it('opens the details from the badge', () => {
    const onopen = vi.fn();
    show(messageWith(), { onopen });
    screen.getByRole('button', { name: /^Encrypted while you were away/ }).click();
    expect(onopen).toHaveBeenCalledOnce();
  });

  it('shows no text of a message that has none, but what happened', () => {
    show(messageWith({ badge: 'I12', text: null }, { sentence: 'It was changed on the way.' }));
    expect(screen.getByText('It was changed on the way.')).toBeTruthy();
  });

  it('shows both times when the server’s differs by more than five minutes', () => {
    show(messageWith({ arrivedAt: local(2026, 11, 22, 10, 7) }));
    expect(screen.getByText('10:02')).toBeTruthy();
    cleanup();
    const { container } = show(messageWith({ arrivedAt: local(2026, 11, 22, 10, 8) }));
    expect(container.querySelector('time')?.textContent).toMatch(/^Written 10:02 · arrived .+/);
  });

  it('says under a clear message what the messenger says of it', () => {
    const sentence = 'Servers on the way could read this. Ask Bob if this is from them.';
    show(messageWith({ badge: 'I6' }, { session: 'none', sentence }));
    expect(screen.getByText(sentence)).toBeTruthy();
  });

  it('says the state of an own message once', () => {
    const { container } = show(messageWith({ direction: 'out', badge: 'O5', state: 'held' }));
    expect(container.textContent.match(/Held on this computer/g)).toHaveLength(1);
    cleanup();
    const sent = show(messageWith({ direction: 'out', badge: 'O2', state: 'sent' }));
    expect(sent.container.textContent).toContain('Sent');
  });

  it('offers what helps: try again, send again, delete, ask again', () => {
    const offers = (message: ReturnType<typeof messageWith>) => {
      show(message);
      const names = screen
        .getAllByRole('button')
        .slice(1)
        .map((button) => button.textContent.trim());
      cleanup();
      return names;
    };
    expect(offers(messageWith({ direction: 'out', badge: 'O1', state: 'notSent' }))).toEqual(['Try again', 'Delete']);
    expect(offers(messageWith({ direction: 'out', badge: 'O4', state: 'probablyNeverOpened' }))).toEqual([
      'Send again',
    ]);
    expect(offers(messageWith({ direction: 'out', badge: 'O5', state: 'held' }))).toEqual(['Delete']);
    expect(offers(messageWith({ badge: 'I8', text: null }))).toEqual(['Ask to send it again']);
    expect(offers(messageWith({ badge: 'I16', text: null }))).toEqual(['Try again']);
    expect(offers(messageWith({ direction: 'out', badge: 'O2', state: 'sent' }))).toEqual([]);
  });
});
