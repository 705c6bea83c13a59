import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Contact } from '../../../preload/contract.ts';
import AddContact from '../../../renderer/components/AddContact.svelte';
import ConversationHeader from '../../../renderer/components/ConversationHeader.svelte';
import ConversationList from '../../../renderer/components/ConversationList.svelte';
import { conversation } from '../../../renderer/state/conversation.svelte.ts';
import { dialogs } from '../../../renderer/state/dialogs.svelte.ts';
import { panel } from '../../../renderer/state/panel.svelte.ts';
import { connectWindow } from '../support/connected-window.ts';
import { arrived } from '../support/fake-messenger.ts';
import { BOB, contactWith, conversationWith, messageWith } from '../support/samples.ts';

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

const know = (more: Partial<Contact>) => messenger.announce('contacts.changed', contactWith(more));

describe('ConversationList (ux.md 3.2, M2)', () => {
  it('shows a stranger’s address and two buttons, and not one word of what they wrote or call themselves', async () => {
    const address = 'mallory@example.org';
    know({ state: 'C3' });
    know({ address, name: 'Your bank', subscription: 'none', request: 'incoming', state: 'C10' });
    const last = messageWith({ with: address, text: 'Buy this' });
    messenger.announce('conversations.changed', conversationWith({ with: address, unread: 1, last }));
    const { container } = render(ConversationList);
    expect(screen.getByText(address)).toBeTruthy();
    expect(container.textContent).not.toContain('Buy this');
    expect(container.textContent).not.toContain('Your bank');
    messenger.answer('contacts.block', () => ({}));
    await fireEvent.click(screen.getByRole('button', { name: 'Block' }));
    expect(messenger.paramsOf('contacts.block')).toEqual([{ address }]);
    messenger.announce('contacts.changed', { address, removed: true });
  });

  it('S-091 marks a row whose address looks like another, and says of a request whom it looks like', () => {
    const fake = 'b0b@example.org';
    const doubt = { kind: 'looks-like', address: BOB } as const;
    know({ address: fake, name: 'Bob', doubt });
    const { container } = render(ConversationList);
    expect(container.querySelector(`[data-address="${fake}"]`)?.textContent).toContain('check the address');
    know({ address: fake, name: 'Bob', subscription: 'none', request: 'incoming', doubt });
    flushSync();
    expect(screen.getByText(`This address looks like ${BOB} and is another one.`)).toBeTruthy();
    messenger.announce('contacts.changed', { address: fake, removed: true });
  });

  it('names presence, unread, state and last line of a row in one sentence', () => {
    know({ state: 'C3' });
    const last = messageWith({ text: 'two\nlines', direction: 'out', badge: 'O5' });
    messenger.announce('conversations.changed', conversationWith({ unread: 2, held: 1, last }));
    render(ConversationList);
    const name = /^Bob\s+away, can receive\s+.*\s+You: two lines\s+1 held\s+2\s+unread$/;
    expect(screen.getByRole('button', { name })).toBeTruthy();
  });

  it('is one tab stop that arrows move', async () => {
    know({ state: 'C3' });
    know({ address: 'zoe@example.org', name: 'Zoe', state: 'C6' });
    render(ConversationList);
    const rows = () => screen.getAllByRole('button', { name: /^(Bob|Zoe)/ });
    expect(rows().map((row) => row.tabIndex)).toEqual([0, -1]);
    rows()[0]?.focus();
    await fireEvent.keyDown(rows()[0] as HTMLElement, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(rows()[1]);
    expect(rows().map((row) => row.tabIndex)).toEqual([-1, 0]);
    messenger.announce('contacts.changed', { address: 'zoe@example.org', removed: true });
  });
});

describe('AddContact', () => {
  it('adds, closes, and opens the conversation; or says under the field why not and keeps what was typed', async () => {
    dialogs.show({ kind: 'add' });
    render(AddContact);
    const field = screen.getByLabelText<HTMLInputElement>('Address');
    messenger.refuse('contacts.add', 'bad-address');
    await fireEvent.input(field, { target: { value: ' archive@example.org ' } });
    await fireEvent.submit(field);
    await arrived();
    expect(screen.getByRole('alert').textContent).toContain('This is not an address.');
    expect(field.value).toBe(' archive@example.org ');
    messenger.answer('contacts.add', ({ address }) => contactWith({ address }));
    await fireEvent.submit(field);
    await arrived();
    expect(messenger.paramsOf('contacts.add').at(-1)).toEqual({ address: 'archive@example.org' });
    expect(dialogs.isOpen).toBe(false);
    expect(conversation.address).toBe('archive@example.org');
  });
});

describe('ConversationHeader (S-091)', () => {
  it('S-091 says so beside the name of an open conversation, a stranger’s too', () => {
    const fake = 'bоb@example.org';
    messenger.announce('conversations.changed', conversationWith({ with: fake, doubt: { kind: 'mixed-scripts' } }));
    render(ConversationHeader, { props: { address: fake } });
    expect(screen.getByText(/mixes letters of several alphabets/)).toBeTruthy();
    know({ state: 'C3' });
    cleanup();
    render(ConversationHeader, { props: { address: BOB } });
    expect(screen.queryByText(/letters/)).toBeNull();
  });
});
