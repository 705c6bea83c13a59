import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import KeyExport from '../../../renderer/components/KeyExport.svelte';
import AccountPanel from '../../../renderer/components/AccountPanel.svelte';
import { connectWindow } from '../support/connected-window.ts';
import { arrived } from '../support/fake-messenger.ts';

const COPY = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n';
const PASSPHRASE = 'eight or more';
const OTHER = Array(12).fill('22222').join(' ');
const messenger = connectWindow();

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });
const type = (label: string | RegExp, value: string) =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } });

beforeEach(() => {
  messenger.calls.length = 0;
});
afterEach(cleanup);

async function openPanel(): Promise<void> {
  render(AccountPanel);
  await arrived();
}

describe('a copy of the own key (S-061)', () => {
  it('is made under a passphrase of at least eight characters, shown, and gone when it is closed', async () => {
    render(KeyExport);
    messenger.answer('keys.export', () => ({ text: COPY }));
    await fireEvent.click(button('Make a copy…'));
    await type('Passphrase', 'seven c');
    expect(button('Make the copy').disabled).toBe(true);
    await type('Passphrase', PASSPHRASE);
    await fireEvent.click(button('Make the copy'));
    await arrived();
    expect(messenger.paramsOf('keys.export')).toEqual([{ passphrase: PASSPHRASE }]);
    expect(screen.getByLabelText<HTMLTextAreaElement>('The copy').value).toBe(COPY);
    await fireEvent.click(button('Close the copy'));
    expect(screen.queryByLabelText('The copy')).toBeNull();
  });

  it('is used in the place of the key here, and the code that is shown is then its own', async () => {
    await openPanel();
    messenger.answer('keys.import', () => ({ fingerprint: 'other', safetyCode: OTHER }));
    await fireEvent.click(button('Use a copy…'));
    expect(screen.getByText(/whoever compared it has to compare again/)).toBeTruthy();
    await type(/^The copy/, COPY);
    await type('Passphrase', PASSPHRASE);
    await fireEvent.click(button('Use this key'));
    await arrived();
    expect(messenger.paramsOf('keys.import')).toEqual([{ text: COPY, passphrase: PASSPHRASE }]);
    expect(screen.getAllByText('22222')).toHaveLength(12);
    expect(screen.getByText(/This key is used now/)).toBeTruthy();
    expect(screen.queryByLabelText('Passphrase')).toBeNull();
  });

  it.each([
    ['wrong-password', 'This passphrase does not open the copy. Nothing was changed.'],
    ['invalid-params', 'This is no copy of a key that can be used here. Nothing was changed.'],
    ['store-full', 'No room to store messages. Nothing was deleted.'],
  ] as const)('that is refused (%s) is said so, and what was typed stays', async (code, sentence) => {
    await openPanel();
    messenger.refuse('keys.import', code);
    await fireEvent.click(button('Use a copy…'));
    await type(/^The copy/, COPY);
    await type('Passphrase', PASSPHRASE);
    await fireEvent.click(button('Use this key'));
    await arrived();
    expect(screen.getByRole('alert').textContent).toBe(sentence);
    expect(screen.getByLabelText<HTMLTextAreaElement>(/^The copy/).value).toBe(COPY);
    expect(screen.getAllByText('11111')).toHaveLength(12);
  });
});
