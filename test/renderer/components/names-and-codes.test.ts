import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Contact, KnownKey, Session } from '../../../preload/contract.ts';
import CompareReminder from '../../../renderer/components/CompareReminder.svelte';
import ContactPanel from '../../../renderer/components/ContactPanel.svelte';
import ContactRow from '../../../renderer/components/ContactRow.svelte';
import ConversationHeader from '../../../renderer/components/ConversationHeader.svelte';
import { conversation } from '../../../renderer/state/conversation.svelte.ts';
import { panel } from '../../../renderer/state/panel.svelte.ts';
import { connectWindow } from '../support/connected-window.ts';
import { arrived } from '../support/fake-messenger.ts';
import { BOB, contactWith, local } from '../support/samples.ts';

const messenger = connectWindow();
const FINGERPRINT = '0123456789abcdef'.repeat(4);
const KEY: KnownKey = {
  fingerprint: FINGERPRINT,
  safetyCode: Array(12).fill('22222').join(' '),
  trust: 'unverified',
  firstSeenAt: local(2026, 11, 22),
};
const named = (more: Partial<Contact> = {}): Contact =>
  contactWith({ name: 'Bob', key: { fingerprint: FINGERPRINT, trust: 'unverified' }, ...more });
const know = (more: Partial<Contact>): void => messenger.announce('contacts.changed', named(more));

beforeEach(() => {
  messenger.calls.length = 0;
  messenger.answer('keys.of', () => [KEY]);
});
afterEach(() => {
  cleanup();
  conversation.forget();
  panel.close();
});

describe('petnames (XEP-0116 §7.4)', () => {
  it('R-139 are the heading, with the address beside, and take the place of the name in the roster', () => {
    know({ petname: 'Bob from the boat' });
    render(ConversationHeader, { props: { address: BOB } });
    expect(screen.getByRole('heading').textContent).toContain('Bob from the boat');
    expect(screen.getByRole('heading').textContent).toContain(BOB);
    cleanup();
    const contact = named({ petname: 'Bob from the boat' });
    const row = { address: BOB, contact, isOpen: false, isTabStop: true, onopen: () => undefined };
    const { container } = render(ContactRow, { props: row });
    expect(container.querySelector('.name')?.textContent).toBe('Bob from the boat');
  });

  it('R-138 are given to the key that is shown, and taken away again', async () => {
    know({});
    render(ContactPanel, { props: { address: BOB } });
    await arrived();
    const field = screen.getByLabelText('Your name for whoever has this code');
    messenger.answer('keys.setPetname', ({ petname }) => named({ petname }));
    await fireEvent.input(field, { target: { value: 'Bob from the boat' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await arrived();
    const given = { address: BOB, fingerprint: FINGERPRINT, petname: 'Bob from the boat' };
    expect(messenger.paramsOf('keys.setPetname')).toEqual([given]);
  });
});

describe('ContactPanel', () => {
  it('R-133 shows the whole fingerprint of a key, and its safety code', async () => {
    know({});
    const { container } = render(ContactPanel, { props: { address: BOB } });
    await arrived();
    expect(container.querySelector('.fingerprint')?.textContent.replaceAll(' ', '')).toBe(FINGERPRINT);
    expect(screen.getAllByText('22222')).toHaveLength(12);
  });
});

describe('CompareReminder (XEP-0116 §4.7.2, profile 7.4)', () => {
  const session = (compare: boolean): Session => ({
    ...{ address: BOB, kind: 'live', role: 'initiator', startedAt: local(2026, 11, 22), verified: false },
    ...{ spokenCode: 'k7t29', compare, modp: 15, cipher: 'aes256-ctr', hash: 'sha256' },
  });

  it('R-110 asks to compare the spoken code while nobody has, and leads there', async () => {
    know({});
    messenger.announce('sessions.changed', session(true));
    render(CompareReminder, { props: { address: BOB } });
    expect(screen.getByRole('status').textContent).toContain('have not compared');
    await fireEvent.click(screen.getByRole('button', { name: 'Compare now' }));
    expect(panel.current).toEqual({ kind: 'compare', address: BOB });
  });

  it('R-111 is there again with the next session, until it is dismissed for good or the key is verified', async () => {
    know({});
    messenger.announce('sessions.changed', session(true));
    render(CompareReminder, { props: { address: BOB } });
    messenger.announce('sessions.changed', { address: BOB, ended: true });
    await arrived();
    expect(screen.queryByRole('status')).toBeNull();
    messenger.announce('sessions.changed', session(true));
    await arrived();
    expect(screen.getByRole('status')).toBeTruthy();
    know({ key: { fingerprint: FINGERPRINT, trust: 'verified' } });
    await arrived();
    expect(screen.queryByRole('status')).toBeNull();
    know({});
    await arrived();
    messenger.answer('sessions.dismissReminder', () => session(false));
    await fireEvent.click(screen.getByRole('button', { name: 'Do not remind me' }));
    await arrived();
    expect(screen.queryByRole('status')).toBeNull();
  });
});
