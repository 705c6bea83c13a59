import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Contact } from '../../../preload/contract.ts';
import Composer from '../../../renderer/components/Composer.svelte';
import { conversation } from '../../../renderer/state/conversation.svelte.ts';
import { panel } from '../../../renderer/state/panel.svelte.ts';
import { connectWindow } from '../support/connected-window.ts';
import { arrived } from '../support/fake-messenger.ts';
import { BOB, contactWith } from '../support/samples.ts';

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
const sent = () => messenger.paramsOf('messages.send');

describe('Composer (ux.md 3.3)', () => {
  const open = () => {
    render(Composer, { props: { address: BOB } });
    return screen.getByRole<HTMLTextAreaElement>('textbox');
  };
  const write = async (text: string) => {
    const field = open();
    await fireEvent.input(field, { target: { value: text } });
    return field;
  };

  it('sends with Enter, and only starts a new line with Shift+Enter or while a word is being composed', async () => {
    know({ state: 'C3' });
    const field = await write('Hello');
    await fireEvent.keyDown(field, { key: 'Enter', shiftKey: true });
    await fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
    expect(sent()).toEqual([]);
    await fireEvent.keyDown(field, { key: 'Enter' });
    await arrived();
    expect(sent()).toEqual([{ to: BOB, text: 'Hello' }]);
    expect(field.value).toBe('');
  });

  it('says hold where nothing can be received', () => {
    for (const state of ['C5', 'C6', 'C7', 'C11'] as const) {
      know({ state });
      open();
      expect(screen.getByRole('button', { name: 'Hold until they can receive' }), state).toBeTruthy();
      cleanup();
    }
  });

  it('offers to ask in C7 and to try again in C11', async () => {
    know({ state: 'C7' });
    open();
    messenger.answer('contacts.add', () => contactWith({ state: 'C7', request: 'outgoing' }));
    await fireEvent.click(screen.getByRole('button', { name: 'Ask' }));
    expect(messenger.paramsOf('contacts.add')).toEqual([{ address: BOB }]);
    cleanup();
    know({ state: 'C11' });
    open();
    messenger.answer('contacts.refresh', () => contactWith({ state: 'C3' }));
    await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(messenger.paramsOf('contacts.refresh')).toEqual([{ address: BOB }]);
  });

  it('never sends in clear by Enter: the button that says so has to be pressed', async () => {
    know({ state: 'C9' });
    const field = await write('in clear');
    await fireEvent.click(screen.getByRole('button', { name: 'Write unencrypted…' }));
    expect(screen.getByText('Servers on the way can read this message.')).toBeTruthy();
    await fireEvent.keyDown(field, { key: 'Enter' });
    await arrived();
    expect(sent()).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Send unencrypted' }));
    await arrived();
    expect(sent()).toEqual([{ to: BOB, text: 'in clear', unencrypted: true }]);
    expect(screen.queryByText('Servers on the way can read this message.')).toBeNull();
  });

  it('holds in C9 what was not chosen to go in clear', async () => {
    know({ state: 'C9' });
    const field = await write('wait');
    await fireEvent.keyDown(field, { key: 'Enter' });
    await arrived();
    expect(sent()).toEqual([{ to: BOB, text: 'wait' }]);
  });

  it('goes back to encrypted by itself when the contact can receive again, and keeps the text', async () => {
    know({ state: 'C9' });
    const field = await write('kept');
    await fireEvent.click(screen.getByRole('button', { name: 'Write unencrypted…' }));
    know({ state: 'C3' });
    await arrived();
    expect(screen.queryByRole('button', { name: 'Send unencrypted' })).toBeNull();
    expect(field.value).toBe('kept');
    await fireEvent.keyDown(field, { key: 'Enter' });
    await arrived();
    expect(sent()).toEqual([{ to: BOB, text: 'kept' }]);
  });

  it('is closed while a changed code waits for a decision', () => {
    know({ state: 'C8' });
    expect(open().disabled).toBe(true);
    expect(screen.queryByRole('button', { name: 'Send' })).toBeNull();
  });

  it('counts a text that is too long and offers to split it; Enter alone does not', async () => {
    know({ state: 'C3' });
    const field = await write(`${'x'.repeat(60_000)} ${'y'.repeat(10_000)}`);
    expect(screen.getByText(/70,001 of 65,536 octets/)).toBeTruthy();
    await fireEvent.keyDown(field, { key: 'Enter' });
    expect(sent()).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Send in 2 parts' }));
    await arrived();
    expect(sent()).toHaveLength(2);
  });
});
