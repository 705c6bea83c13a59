import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '../../preload/contract.ts';
import { startMessenger, PASSWORD, type TestMessenger } from '../support/messengers.ts';
import { startProsody } from '../support/servers/prosody.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe('signing in and out, on Prosody', () => {
  let server: TestServer;
  let alice: TestMessenger;

  beforeAll(async () => {
    server = await startProsody();
    alice = await startMessenger(server, 'alice');
  });
  afterAll(async () => {
    await alice.remove();
    await server.stop();
  });

  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'done',
      (error: unknown) => (error as { code?: unknown }).code,
    );

  it('refuses what is no address, and a wrong password, with a code', async () => {
    expect(await codeOf(alice.call('account.signIn', { address: 'nobody', password: 'x' }))).toBe('bad-address');
    const wrong = alice.call('account.signIn', { address: alice.address, password: 'wrong' });
    expect(await codeOf(wrong)).toBe('wrong-password');
    expect(await alice.call('account.state', {})).toEqual({ state: 'signedOut', reason: 'wrong-password' });
  });

  it('keeps no password of a sign-in that was given up on the way', async () => {
    const signingIn = codeOf(
      alice.call('account.signIn', { address: alice.address, password: PASSWORD, remember: true }),
    );
    await alice.until('the attempt', async () => (await alice.call('account.state', {})).state === 'connecting');
    await alice.call('account.signOut', {});
    expect(await signingIn).not.toBe('done');
    expect((await alice.call('account.state', {})).state).toBe('signedOut');
    expect(await codeOf(alice.call('account.signIn', { address: alice.address }))).toBe('wrong-password');
  });

  it('signs in once, remembers if asked to, and forgets the password of the run at sign-out', async () => {
    await alice.call('account.signIn', { address: alice.address, password: PASSWORD, remember: true });
    const again = alice.call('account.signIn', { address: alice.address, password: PASSWORD });
    expect(await codeOf(again)).toBe('already-signed-in');
    await alice.call('account.signOut', {});
    expect(await codeOf(alice.call('leaving.comeBack', {}))).toBe('not-signed-in');
    await alice.call('account.signIn', { address: alice.address });
    expect((await alice.call('account.state', {})).state).toBe('online');
  });

  it('tells how far an attempt is, in order', async () => {
    await alice.call('account.signOut', {});
    alice.events.length = 0;
    await alice.call('account.signIn', { address: alice.address });
    const changes = alice.events.filter(({ event }) => event === 'account.changed');
    const phases = changes.flatMap(({ payload }) => (payload as Account).phase ?? []);
    expect(phases).toEqual(['finding', 'protecting', 'checking', 'reading']);
    expect(await alice.call('account.state', {})).not.toHaveProperty('phase');
  });

  it('belongs to one account', async () => {
    await alice.call('account.signOut', {});
    const other = alice.call('account.signIn', { address: `bob@${server.domain}`, password: PASSWORD });
    expect(await codeOf(other)).toBe('bad-address');
  });
});
