import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../../../preload/contract.ts';
import { account } from '../../../renderer/state/account.svelte.ts';
import { leaving } from '../../../renderer/state/leaving.svelte.ts';
import SignIn from '../../../renderer/views/SignIn.svelte';
import { arrived, FakeMessenger, later } from '../support/fake-messenger.ts';
import { leavingWith } from '../support/samples.ts';

const messenger = new FakeMessenger();
Object.defineProperty(window, 'api', { value: messenger.api() });
messenger.answer('account.state', () => ({ state: 'signedOut' }));
messenger.answer('account.signOut', () => leavingWith());

beforeEach(() => {
  messenger.calls.length = 0;
  leaving.current = leavingWith();
  account.failure = undefined;
});
afterEach(cleanup);

const address = () => screen.getByLabelText<HTMLInputElement>('Address');
const password = () => screen.getByLabelText<HTMLInputElement>('Password');

async function fillAndSubmit(): Promise<void> {
  await fireEvent.input(address(), { target: { value: ' alice@example.org ' } });
  await fireEvent.input(password(), { target: { value: ' secret ' } });
  await fireEvent.submit(address());
}

describe('SignIn (ux.md 3.1)', () => {
  it('begins in the first field, and hands over what was typed: the address trimmed, the password as it is', async () => {
    render(SignIn);
    expect(document.activeElement).toBe(address());
    messenger.refuse('account.signIn', 'wrong-password');
    await fillAndSubmit();
    expect(messenger.paramsOf('account.signIn')).toEqual([
      { address: 'alice@example.org', password: ' secret ', remember: true },
    ]);
  });

  it('shows the error under its field and clears nothing', async () => {
    render(SignIn);
    messenger.refuse('account.signIn', 'wrong-password');
    await fillAndSubmit();
    await arrived();
    expect(screen.getByRole('alert').id).toBe('error-password');
    expect(password().getAttribute('aria-invalid')).toBe('true');
    expect(address().value).toBe(' alice@example.org ');
    expect(password().value).toBe(' secret ');
    messenger.refuse('account.signIn', 'server-not-found');
    await fillAndSubmit();
    await arrived();
    expect(screen.getByRole('alert').id).toBe('error-address');
    expect(screen.getByRole('alert').textContent).toContain('There is no chat server for example.org.');
  });

  it('says what is wrong with a certificate, and offers no way round it (E5)', async () => {
    render(SignIn);
    messenger.refuse('account.signIn', 'certificate');
    account.current = { state: 'signedOut', reason: 'certificate', certificate: 'other-name' };
    await fillAndSubmit();
    await arrived();
    expect(screen.getByRole('alert').textContent).toBe(
      'This may not be example.org: its certificate is for another name. Your password was not sent.',
    );
    const buttons = screen.getAllByRole('button').map((button) => button.textContent.trim());
    expect(buttons).toEqual(['Show', 'Sign in']);
    account.current = { state: 'signedOut' };
  });

  it('can be cancelled while it connects, says what it does, and keeps what was typed', async () => {
    const answer = later<Account>();
    messenger.answer('account.signIn', () => answer.promise);
    render(SignIn);
    await fillAndSubmit();
    expect(screen.getByRole('status').textContent.trim()).toBe('Connecting to example.org…');
    await fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await arrived();
    expect(screen.getByRole('button', { name: 'Sign in' })).toBeTruthy();
    expect(password().value).toBe(' secret ');
    answer.settle({ state: 'signedOut' });
  });

  it('says how far it is, one line in place of the other', async () => {
    const answer = later<Account>();
    messenger.answer('account.signIn', () => answer.promise);
    render(SignIn);
    await fillAndSubmit();
    const said = (): string => screen.getByRole('status').textContent.trim();
    for (const [phase, words] of [
      ['finding', 'Finding server…'],
      ['protecting', 'Making a protected connection…'],
      ['checking', 'Checking password…'],
      ['reading', 'Reading contacts…'],
    ] as const) {
      account.current = { state: 'connecting', phase };
      flushSync();
      expect(said()).toBe(words);
    }
    answer.settle({ state: 'signedOut' });
    account.current = { state: 'signedOut' };
    await arrived();
  });

  it('hands over the server settings where a server is named, the port by the kind of TLS', async () => {
    messenger.refuse('account.signIn', 'server-unreachable');
    render(SignIn);
    await fireEvent.input(screen.getByLabelText('Server'), { target: { value: ' xmpp.example.org ' } });
    await fireEvent.click(screen.getByLabelText(/direct TLS/));
    await fillAndSubmit();
    expect(messenger.paramsOf('account.signIn')).toMatchObject([
      { place: { host: 'xmpp.example.org', port: 5223, directTls: true } },
    ]);
  });

  it('offers to stay signed in only where there is a protected place, and says so (E7)', async () => {
    leaving.current = leavingWith({ status: 'S10' });
    render(SignIn);
    expect(screen.getByLabelText<HTMLInputElement>('Keep me signed in').disabled).toBe(true);
    expect(screen.getByText(/no protected place for keys/)).toBeTruthy();
    messenger.refuse('account.signIn', 'wrong-password');
    await fillAndSubmit();
    expect(messenger.paramsOf('account.signIn')).toMatchObject([{ remember: false }]);
  });

  it('shows the password on request, and lets managers fill it', async () => {
    render(SignIn);
    expect(password().type).toBe('password');
    expect(password().autocomplete).toBe('current-password');
    await fireEvent.click(screen.getByRole('button', { name: 'Show' }));
    expect(password().type).toBe('text');
  });
});
