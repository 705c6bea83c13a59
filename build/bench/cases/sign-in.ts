import { MINUTE_MS } from '../../../main/base/time.ts';
import { PASSWORD, startMessenger } from '../../../test/support/messengers.ts';
import type { TestMessenger } from '../../../test/support/messengers.ts';
import { startProsody } from '../../../test/support/servers/prosody.ts';
import type { BenchCase, BenchEntry } from '../bench-case.ts';
import { BareSignIn } from '../sign-in/bare-sign-in.ts';

const OURS = 'alice';
const BARE = 'plain';
/** By then the keys of the last time are destroyed, as they are for whoever stays that long. */
const STAY_MS = 15 * MINUTE_MS;
const PACE = { operations: 1, rounds: 15, warmUpRounds: 3 } as const;

export const signIn: BenchCase = {
  name: 'sign-in',
  about: 'sign-in until the withdrawal is read back and presence is out, over TLS, PBKDF2 and the same round trips',
  async prepare() {
    const server = await startProsody();
    try {
      const messenger = await startMessenger(server, OURS);
      await server.addUser(BARE, PASSWORD);
      const bare = new BareSignIn(server, { name: BARE, password: PASSWORD });
      const close = (): Promise<void> => messenger.remove().then(() => server.stop());
      return { entries: [signingIn(messenger, bare), parts(bare)], close };
    } catch (error) {
      await server.stop();
      throw error;
    }
  },
};

function signingIn(messenger: TestMessenger, bare: BareSignIn): BenchEntry {
  return {
    name: 'sign-in to ready (STARTTLS, SCRAM, withdrawal read back)',
    baseline: { name: 'handshake, native PBKDF2, the same round trips', run: () => bare.run() },
    ours: {
      name: 'account.signIn',
      async run() {
        const started = performance.now();
        await messenger.signIn();
        return { time: performance.now() - started };
      },
    },
    ...PACE,
    quantities: [{ figure: 'time', as: 'ratio', goal: 2 }],
    beforeRound: signOut(messenger),
  };
}

/** What the baseline is the sum of, told by itself. */
function parts(bare: BareSignIn): BenchEntry {
  return {
    name: 'the parts of a sign-in',
    ours: { name: 'on a bare socket', run: () => bare.run() },
    ...PACE,
    quantities: [
      { figure: 'handshake', as: 'ms' },
      { figure: 'PBKDF2', as: 'ms' },
      { figure: 'round trips', as: 'ms' },
    ],
  };
}

/** As quitting does it: an away key is out, which the next sign-in has to withdraw. */
function signOut(messenger: TestMessenger): () => Promise<void> {
  let stayedMs = 0;
  return async () => {
    if ((await messenger.call('account.state', {})).state !== 'online') return;
    await messenger.until('keys made ahead', async () => {
      const { backupKey } = await messenger.call('leaving.state', {});
      return backupKey?.confirmed === true;
    });
    messenger.clock.setOffset((stayedMs += STAY_MS), true);
    await messenger.call('account.signOut', {});
    messenger.events.length = 0;
  };
}
