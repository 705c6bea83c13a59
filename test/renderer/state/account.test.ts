import { beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../../../preload/contract.ts';
import { AccountState } from '../../../renderer/state/account.svelte.ts';
import { FakeMessenger, later } from '../support/fake-messenger.ts';
import { leavingWith } from '../support/samples.ts';

const online: Account = { state: 'online', address: 'alice@example.org' };

describe('AccountState', () => {
  let messenger: FakeMessenger;
  let account: AccountState;

  beforeEach(() => {
    messenger = new FakeMessenger();
    messenger.answer('account.state', () => ({ state: 'signedOut' }));
    messenger.answer('account.signOut', () => leavingWith());
    account = new AccountState(messenger.bridge);
  });

  it('asks before it shows a page, and shows the sign-in page when nobody is signed in', async () => {
    expect(account.page).toBe('starting');
    await account.start();
    expect(account.page).toBe('signIn');
    expect(messenger.paramsOf('account.signIn')).toEqual([]);
  });

  it('shows the conversations at once when the messenger is signed in already, also while it is offline', async () => {
    messenger.answer('account.state', () => ({ state: 'offline', address: 'alice@example.org' }));
    await account.start();
    expect(account.page).toBe('main');
  });

  it('signs a remembered account in without a password, and asks for one in silence where none is kept', async () => {
    messenger.answer('account.state', () => ({ state: 'signedOut', address: 'alice@example.org' }));
    messenger.refuse('account.signIn', 'wrong-password');
    await account.start();
    expect(messenger.paramsOf('account.signIn')).toEqual([{ address: 'alice@example.org' }]);
    expect(account.page).toBe('signIn');
    expect(account.failure).toBeUndefined();
    expect(account.address).toBe('alice@example.org');
  });

  it('says why a remembered account could not be signed in', async () => {
    messenger.answer('account.state', () => ({ state: 'signedOut', address: 'alice@example.org' }));
    messenger.refuse('account.signIn', 'server-unreachable');
    await account.start();
    expect(account.failure).toBe('server-unreachable');
  });

  it('stays on the sign-in page until the messenger is online', async () => {
    await account.start();
    const answer = later<Account>();
    messenger.answer('account.signIn', () => answer.promise);
    const signedIn = account.signIn({ address: 'alice@example.org', password: 'p' });
    messenger.announce('account.changed', { state: 'connecting', address: 'alice@example.org' });
    expect(account.page).toBe('signIn');
    expect(account.isSigningIn).toBe(true);
    answer.settle(online);
    expect(await signedIn).toBe(true);
    expect(account.page).toBe('main');
  });

  it('keeps the code of a refused sign-in', async () => {
    await account.start();
    messenger.refuse('account.signIn', 'certificate');
    expect(await account.signIn({ address: 'alice@example.org', password: 'p' })).toBe(false);
    expect(account.failure).toBe('certificate');
    expect(account.isSigningIn).toBe(false);
  });

  it('gives up a sign-in under way without an error, and a late refusal of it changes nothing', async () => {
    await account.start();
    const answer = later<Account>();
    messenger.answer('account.signIn', () => answer.promise);
    const signedIn = account.signIn({ address: 'alice@example.org', password: 'p' });
    await account.cancelSignIn();
    expect(account.isSigningIn).toBe(false);
    expect(messenger.paramsOf('account.signOut')).toHaveLength(1);
    answer.settle({ state: 'signedOut' });
    await signedIn;
    expect(account.failure).toBeUndefined();
    expect(account.page).toBe('signIn');
  });

  it('follows the account by events', async () => {
    await account.start();
    messenger.announce('account.changed', online);
    expect(account.isOnline).toBe(true);
    expect(account.page).toBe('main');
  });
});
