import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inlineModpEngine } from '../../../main/crypto/modp-engine.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { composeMessenger } from '../../../main/hosts/compose.ts';
import type { Messenger } from '../../../main/hosts/messenger.ts';
import { CertificateError, LinkError } from '../../../main/protocol/xmpp/link.ts';
import type { Link, LinkErrorCode, LinkFactory, LinkHandlers, LinkOptions } from '../../../main/protocol/xmpp/link.ts';
import { childText, element, serialize, type Element } from '../../../main/wire/element.ts';
import { parseJid } from '../../../main/wire/jid.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { ManualTime } from '../../support/manual-time.ts';

const LOST = new LinkError('server-unreachable', 'the stream ended');
const MINUTES_10 = 600_000;

/**
 * Where the server closes: while connecting, at the first question, as soon as presence is sent, or a second later. A
 * slow one closes nothing, and does not tell the roster in time.
 */
type Stage = 'connecting' | 'asking' | 'online' | 'for a second' | 'withdrawing' | 'deaf' | 'slow';

let directory: string;
let time: ManualTime;
let messenger: Messenger;
let opened: { readonly at: number; readonly resume: boolean; readonly options: LinkOptions }[];
let stage: Stage | 'never';
let mechanism: string;
let lose: () => void;
let hear: (stanza: Element) => void;
let sent: Element[];
let obstacle: LinkError;
let asked: Element[];
/** The server has the former stream, and lets it go on. */
let resumes: boolean;
/** The server can keep what we publish. */
let hasPep: boolean;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nightlatch-test-'));
  time = new ManualTime();
  opened = [];
  sent = [];
  obstacle = LOST;
  asked = [];
  [resumes, hasPep] = [false, false];
  stage = 'never';
  mechanism = 'SCRAM-SHA-256';
  messenger = await composeMessenger({
    ...{ directory, mayKeepOfflineKeys: true, clock: time, timers: time, random: systemRandom, createLink },
    protector: {
      name: 'test',
      protects: false,
      wrap: (key) => Promise.resolve(key),
      unwrap: (key) => Promise.resolve(key),
    },
    modp: inlineModpEngine(),
    searchWorker: new URL('../../../main/stores/search-worker.ts', import.meta.url),
    settings: { get: () => undefined, set: () => undefined } as never,
    linkSettings: {},
  });
});
afterEach(async () => {
  await messenger.close();
  await rm(directory, { recursive: true });
});

/** A server that knows nothing of anything, and closes where it is told to. */
const createLink: LinkFactory = (options: LinkOptions, handlers: LinkHandlers): Link => {
  let isOpen = false;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    handlers.closed(LOST);
  };
  lose = close;
  hear = (stanza) => handlers.stanza(stanza, () => undefined);
  return {
    open: ({ resume }) => {
      if (isOpen) throw new TypeError('the link is open already');
      opened.push({ at: time.elapsedMs(), resume, options });
      if (stage === 'connecting') return Promise.reject(obstacle);
      isOpen = true;
      return Promise.resolve({
        jid: parseJid('alice@example.org/pda') as never,
        resumed: resume && resumes,
        mechanism,
      });
    },
    send: (stanza) => {
      sent.push(stanza);
      if (stage === 'online') queueMicrotask(close);
      if (stage === 'for a second') time.after(1_000, close);
      return Promise.resolve();
    },
    request: ({ payload }) => {
      asked.push(payload);
      if (stage === 'withdrawing' && serialize(payload).includes('<retract')) return Promise.reject(LOST);
      if (stage === 'slow' && payload.ns === NS.roster) return Promise.reject(new LinkError('timed-out', 'no answer'));
      if (stage === 'deaf') return new Promise(() => undefined);
      if (stage === 'asking') queueMicrotask(close);
      return stage === 'asking' ? Promise.reject(LOST) : Promise.resolve(answerTo(payload));
    },
    sendLast: () => undefined,
    close: () => Promise.resolve(void (isOpen = false)),
    abandon: () => void (isOpen = false),
    holdBack: () => undefined,
    get isOpen() {
      return isOpen;
    },
  };
};

function answerTo(payload: Element): Element {
  const { name, ns } = payload;
  const isAskedForItems = ns === NS.pubsub && serialize(payload).includes('<items');
  const isDisco = hasPep && ns === NS.discoInfo;
  const pep = element('identity', NS.discoInfo, { category: 'pubsub', type: 'pep' });
  const answer = isDisco ? element(name, ns, {}, pep) : undefined;
  return element('iq', NS.client, { type: 'result' }, isAskedForItems ? payload : answer);
}

async function signIn(): Promise<void> {
  await messenger.api['account.signIn']({ address: 'alice@example.org', password: 'secret' });
}

describe('coming back by itself (S-107)', () => {
  it.each(['connecting', 'asking', 'online', 'for a second'] as const)(
    'S-107 tries at most twenty times in ten minutes at a server that closes while %s, ever more slowly',
    async (where) => {
      await signIn();
      stage = where;
      lose();
      await time.pass(MINUTES_10);

      const times = opened.slice(1).map(({ at }) => at);
      expect(times.length).toBeGreaterThan(8);
      expect(times.length).toBeLessThanOrEqual(20);
      for (const [index, at] of times.entries()) {
        const waited = at - (times[index - 1] ?? 0);
        const most = Math.min(300_000, 1_000 * 2 ** index);
        expect(waited).toBeGreaterThanOrEqual(most / 2);
      }
    },
  );

  it('L-040 is left to the person after a sign-in whose stream broke on the way', async () => {
    stage = 'asking';
    await expect(signIn()).rejects.toThrow('The server does not answer.');
    await time.pass(MINUTES_10);
    expect(opened).toHaveLength(1);
    expect(await messenger.api['account.state']({})).toMatchObject({ state: 'signedOut' });
    stage = 'never';
    await signIn();
    expect(await messenger.api['account.state']({})).toMatchObject({ state: 'online' });
  });

  it('L-040 comes back behind an answer that did not come in time on a stream that stayed up', async () => {
    await signIn();
    stage = 'slow';
    lose();
    await time.pass(1_000);
    expect(await messenger.api['account.state']({})).toMatchObject({ state: 'offline', reason: 'timed-out' });
    stage = 'never';
    await time.pass(5_000);
    expect(await messenger.api['account.state']({})).toMatchObject({ state: 'online' });
  });

  it('S-107 begins with a second again behind a stream that lasted', async () => {
    await signIn();
    stage = 'connecting';
    lose();
    await time.pass(60_000);
    stage = 'never';
    await time.pass(300_000);
    const before = opened.length;

    lose();
    await time.pass(1_000);

    expect(opened).toHaveLength(before + 1);
  });

  it('S-107 tries at once when the system wakes, and when someone asks for it', async () => {
    await signIn();
    messenger.suspend();
    await time.pass(3_600_000);
    expect(opened).toHaveLength(1);

    messenger.resume();
    await time.pass(0);

    expect(opened).toHaveLength(2);
  });

  it('L-053 never resumes a stream from before a sleep', async () => {
    await signIn();
    for (const asleepMs of [1_000, MINUTES_10, 80 * 3_600_000]) {
      messenger.suspend();
      await time.pass(asleepMs);
      messenger.resume();
      await time.pass(1_000);
    }

    expect(opened.map(({ resume }) => resume)).toEqual([false, false, false, false]);
    expect(await messenger.api['account.state']({})).toMatchObject({ state: 'online' });
  });
});

describe('what is told of an attempt that failed (E2 to E6 of ux.md 3.9)', () => {
  const error = (code: LinkErrorCode) => new LinkError(code, 'x');
  const CASES: readonly (readonly [string, LinkError, object, string])[] = [
    ['E2', error('server-not-found'), { reason: 'server-not-found' }, 'There is no chat server for this address. '],
    ['E3', LOST, { reason: 'server-unreachable' }, 'The server does not answer.'],
    ['E3', error('timed-out'), { reason: 'timed-out' }, 'The server did not answer in time.'],
    ['E4', error('wrong-password'), { reason: 'wrong-password' }, 'Address or password is wrong.'],
    [
      'E5',
      new CertificateError('expired'),
      { reason: 'certificate', certificate: 'expired' },
      'certificate is expired. ',
    ],
    [
      'E5',
      new CertificateError('other-name'),
      { reason: 'certificate', certificate: 'other-name' },
      'for another name. ',
    ],
    ['E5', new CertificateError('self-made'), { reason: 'certificate', certificate: 'self-made' }, 'is self-made. '],
    ['E6', error('unprotected-login'), { reason: 'unprotected-login' }, 'wants the password in a readable form.'],
  ];

  it.each(CASES)('%s: the code, and a sentence for people (%s)', async (_number, given, told, sentence) => {
    obstacle = given;
    stage = 'connecting';
    await expect(signIn()).rejects.toThrow(sentence);
    expect(await messenger.api['account.state']({})).toEqual({ state: 'signedOut', ...told });
  });

  it.each(CASES.filter(([number]) => number !== 'E4'))(
    '%s, later: the same code, and when it is tried again (%s)',
    async (_number, given, told) => {
      await signIn();
      obstacle = given;
      stage = 'connecting';
      lose();
      await time.pass(1_000);
      const state = await messenger.api['account.state']({});
      expect(state).toMatchObject({ state: 'offline', ...told });
      expect(Date.parse(state.retryAt ?? '')).toBeGreaterThan(time.now().getTime());
    },
  );

  it('E13: a withdrawal that failed is tried at once when someone asks for it, and its end is told', async () => {
    stage = 'withdrawing';
    await signIn();
    expect(await messenger.api['leaving.state']({})).toMatchObject({ status: 'S7' });
    stage = 'never';
    await messenger.api['leaving.comeBack']({});
    expect((await messenger.api['leaving.state']({})).status).not.toBe('S7');
  });
});

describe('a stream that goes on behind a connection that broke (XEP-0198)', () => {
  const presences = () => sent.filter(({ name }) => name === 'presence');
  const isOnline = async () => (await messenger.api['account.state']({})).state === 'online';

  it('L-001 comes online from the first step where it broke before initial presence', async () => {
    await signIn();
    stage = 'asking';
    lose();
    await time.pass(1_000);
    expect(opened).toHaveLength(2);
    [stage, resumes, sent, asked] = ['never', true, [], []];
    await time.pass(5_000);

    expect(opened.slice(1).map(({ resume }) => resume)).toEqual([true, true]);
    expect(await isOnline()).toBe(true);
    expect(presences()).toHaveLength(1);
    expect(asked.some(({ ns }) => ns === NS.roster)).toBe(true);
  });

  it('L-040 is not taken up a second time where it gave no answer, and later again', async () => {
    await signIn();
    await time.pass(1_000);
    [stage, resumes] = ['deaf', true];
    lose();
    await time.pass(2_000);
    lose();
    stage = 'never';
    await time.pass(5_000);
    expect(await isOnline()).toBe(true);
    lose();
    await time.pass(10_000);

    expect(opened.slice(1).map(({ resume }) => resume)).toEqual([true, false, true]);
    expect(await isOnline()).toBe(true);
  });

  it('says no second presence where it broke behind the first', async () => {
    await signIn();
    await time.pass(1_000);
    [resumes, sent] = [true, []];
    lose();
    await time.pass(5_000);

    expect(await isOnline()).toBe(true);
    expect(presences()).toEqual([]);
  });

  it('L-032 goes on with a withdrawal that failed', async () => {
    stage = 'withdrawing';
    await signIn();
    [stage, resumes] = ['never', true];
    lose();
    await time.pass(5_000);

    expect(await isOnline()).toBe(true);
    expect((await messenger.api['leaving.state']({})).status).not.toBe('S7');
  });

  it('still sees to what we publish', async () => {
    hasPep = true;
    await signIn();
    await time.pass(1_000);
    resumes = true;
    lose();
    await time.pass(5_000);
    asked = [];
    await time.pass(3_600_000);

    expect(asked.filter(({ ns }) => ns.startsWith(NS.pubsub))).not.toEqual([]);
  });
});

describe('what is published (XEP-0163 §6.1)', () => {
  const toPublish = () =>
    asked.map((payload) => serialize(payload)).filter((text) => /<(configure|publish)\b/.test(text));

  it('R-220 is nothing where the account is no PEP service, and begins where it has become one', async () => {
    await signIn();
    await time.pass(2 * 3_600_000);
    expect(toPublish()).toEqual([]);
    hasPep = true;
    lose();
    await time.pass(10_000);
    expect(toPublish()).not.toEqual([]);
  });
});

describe('what a former stream left (L-053)', () => {
  const unavailable = (from: string) => element('presence', NS.client, { from, type: 'unavailable' });
  const priorities = () => sent.map((stanza) => childText(stanza, 'priority', NS.client));

  it('L-053 is asked for again where the server buries that stream only now', async () => {
    await signIn();
    sent = [];
    hear(unavailable('alice@example.org/pda'));
    await time.pass(2_000);
    expect(priorities()).toEqual(['-1', '0']);
    await time.pass(20_000);
    expect(priorities()).toEqual(['-1', '0', '-1', '0']);
  });

  it('is not asked for when another resource leaves, nor on a stream that is gone', async () => {
    await signIn();
    sent = [];
    hear(unavailable('alice@example.org/phone'));
    await time.pass(30_000);
    expect(sent).toEqual([]);
    stage = 'connecting';
    hear(unavailable('alice@example.org/pda'));
    lose();
    await time.pass(30_000);
    expect(sent).toEqual([]);
  });
});

describe('the mechanism of a login (S-086)', () => {
  it('S-086 is what the next sign-in must not be weaker than, and a typed password allows any SCRAM', async () => {
    await messenger.api['account.signIn']({ address: 'alice@example.org', password: 'secret', remember: true });
    await messenger.api['account.signOut']({});
    await messenger.api['account.signIn']({ address: 'alice@example.org' });
    await messenger.api['account.signOut']({});
    await messenger.api['account.signIn']({ address: 'alice@example.org', password: 'secret' });

    expect(opened.map(({ options }) => options.leastMechanism)).toEqual([undefined, 'SCRAM-SHA-256', 'SCRAM-SHA-1']);
  });

  it('S-086 is not remembered where the password was shown: there is nothing weaker', async () => {
    mechanism = 'PLAIN';
    await messenger.api['account.signIn']({ address: 'alice@example.org', password: 'secret', remember: true });
    await messenger.api['account.signOut']({});
    await messenger.api['account.signIn']({ address: 'alice@example.org' });

    expect(opened[1]?.options.leastMechanism).toBeUndefined();
  });
});
