import { beforeEach, describe, expect, it } from 'vitest';
import type { Leaving } from '../../../preload/contract.ts';
import { LeavingState } from '../../../renderer/state/leaving.svelte.ts';
import { FakeMessenger, later } from '../support/fake-messenger.ts';
import { leavingWith } from '../support/samples.ts';

describe('LeavingState (ux.md 3.2)', () => {
  let messenger: FakeMessenger;
  let leaving: LeavingState;

  beforeEach(() => {
    messenger = new FakeMessenger();
    leaving = new LeavingState(messenger.bridge);
    leaving.start();
  });

  it('shows what the messenger announces, and at last what the command answered', async () => {
    const answer = later<Leaving>();
    messenger.answer('leaving.leaveNow', () => answer.promise);
    const left = leaving.leaveNow();
    expect(leaving.work).toBe('leaving');
    messenger.announce('leaving.changed', leavingWith({ status: 'S3' }));
    expect(leaving.current?.status).toBe('S3');
    answer.settle(leavingWith({ status: 'S4' }));
    await left;
    expect(leaving.current?.status).toBe('S4');
    expect(leaving.work).toBeUndefined();
  });

  it('does one thing at a time', async () => {
    const answer = later<Leaving>();
    messenger.answer('leaving.leaveNow', () => answer.promise);
    const left = leaving.leaveNow();
    await leaving.leaveNow();
    await leaving.renewBackupKey();
    answer.settle(leavingWith());
    await left;
    expect(messenger.calls.map((call) => call.command)).toEqual(['leaving.leaveNow']);
  });

  it('can be asked again after a failure, which the caller is told', async () => {
    messenger.refuse('leaving.renewBackupKey', 'timed-out');
    await expect(leaving.renewBackupKey()).rejects.toMatchObject({ code: 'timed-out' });
    expect(leaving.work).toBeUndefined();
  });

  it('comes back and reads its own state again', async () => {
    messenger.answer('leaving.comeBack', () => ({ state: 'online', address: 'alice@example.org' }));
    messenger.answer('leaving.state', () => leavingWith({ status: 'S1' }));
    await leaving.comeBack();
    expect(leaving.current?.status).toBe('S1');
  });
});
