import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import DetailsPanel from '../../../renderer/components/DetailsPanel.svelte';
import LeavingPanel from '../../../renderer/components/LeavingPanel.svelte';
import ProblemBar from '../../../renderer/components/ProblemBar.svelte';
import StatusLine from '../../../renderer/components/StatusLine.svelte';
import { account } from '../../../renderer/state/account.svelte.ts';
import { conversation } from '../../../renderer/state/conversation.svelte.ts';
import { panel } from '../../../renderer/state/panel.svelte.ts';
import { connectWindow } from '../support/connected-window.ts';
import { arrived } from '../support/fake-messenger.ts';
import { BOB, contactWith, leavingWith, local, messageWith } from '../support/samples.ts';

const messenger = connectWindow();

beforeEach(async () => {
  messenger.calls.length = 0;
  await conversation.open(BOB);
});
afterEach(() => {
  cleanup();
  conversation.forget();
  panel.close();
});

describe('DetailsPanel (ux.md 3.4)', () => {
  it('keeps its order, and folds the technical part', () => {
    const details = { checked: ['Sender proven.'], notChecked: ['The time.'], keyCreatedAt: local(2026, 11, 21) };
    const { container } = render(DetailsPanel, { props: { message: messageWith({}, details) } });
    const text = container.textContent;
    const order = [
      'Only you two can read this.',
      'When it could be opened',
      'Sender proven.',
      'The time.',
      'If someone had this computer’s disk',
      'Technical details',
    ].map((part) => text.indexOf(part));
    expect(order).not.toContain(-1);
    expect([...order].sort((one, other) => one - other)).toEqual(order);
    expect(container.querySelector('details')?.open).toBe(false);
  });

  it('says yes and no in words beside the marks', () => {
    render(DetailsPanel, { props: { message: messageWith({}, { checked: ['a'], notChecked: ['b'] }) } });
    expect(screen.getByText('yes')).toBeTruthy();
    expect(screen.getByText('no')).toBeTruthy();
  });

  it('offers the three decisions of a changed key, about the key of that message', async () => {
    const message = messageWith({ badge: 'I7', text: null }, { senderFingerprint: 'fp' });
    render(DetailsPanel, { props: { message } });
    messenger.answer('keys.decide', () => contactWith());
    await fireEvent.click(screen.getByRole('button', { name: 'Refuse' }));
    expect(messenger.paramsOf('keys.decide')).toEqual([{ address: BOB, fingerprint: 'fp', decision: 'refused' }]);
  });
});

describe('ProblemBar (ux.md 3.9)', () => {
  it('E3 counts the seconds to the next attempt, where no reader is told each of them', () => {
    const retryAt = new Date(Date.now() + 19_500).toISOString();
    account.current = { state: 'offline', address: 'alice@example.org', retryAt };
    render(ProblemBar, { props: { problem: 'E3' } });
    const seconds = screen.getByText('Trying again in 20 s.');
    expect(seconds.closest('[role=status]')).toBeNull();
    expect(screen.getByRole('status').textContent).toContain('example.org does not answer.');
    account.current = { state: 'online', address: 'alice@example.org' };
  });
});

describe('StatusLine and LeavingPanel (ux.md 3.2)', () => {
  it('has a shape of its own for each of the ten states', () => {
    const shapes = (['S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8', 'S9', 'S10'] as const).map((status) => {
      messenger.announce('leaving.changed', leavingWith({ status, text: `text of ${status}` }));
      render(StatusLine);
      const shape = screen
        .getByRole('button', { name: `text of ${status}` })
        .querySelector('path')
        ?.getAttribute('d');
      cleanup();
      return shape;
    });
    expect(new Set(shapes).size).toBe(10);
  });

  it('opens the panel, which states times, the server’s answer and the count, and leaves when asked', async () => {
    const at = local(2026, 11, 21, 18, 2);
    const awayKey = {
      id: 'a',
      state: 'published',
      createdAt: at,
      expiresAt: at,
      confirmed: true,
      received: 12,
    } as const;
    messenger.announce('leaving.changed', leavingWith({ awayKey }));
    messenger.answer('leaving.leaveNow', () => leavingWith({ status: 'S4', text: 'Ready to leave.' }));
    await account.start();
    render(StatusLine);
    await fireEvent.click(screen.getByRole('button'));
    expect(panel.current).toEqual({ kind: 'leaving' });
    cleanup();
    render(LeavingPanel);
    expect(screen.getByText('12')).toBeTruthy();
    expect(screen.getByText('Your server confirmed it')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Leave now' }));
    expect(messenger.paramsOf('leaving.leaveNow')).toEqual([{}]);
    await arrived();
    expect(screen.getByText('Ready to leave.')).toBeTruthy();
  });

  it('offers to come back while away', () => {
    messenger.announce('leaving.changed', leavingWith());
    messenger.announce('account.changed', { state: 'offline', address: 'alice@example.org' });
    render(LeavingPanel);
    expect(screen.queryByRole('button', { name: 'Leave now' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Come back' })).toBeTruthy();
  });
});
