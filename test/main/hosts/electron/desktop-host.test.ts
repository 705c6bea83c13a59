import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS, EVENTS, type CommandName, type EventName, type Message } from '../../../../preload/contract.ts';
import { BURST } from '../../../../main/hosts/rate-limit.ts';
import { claimProfile } from '../../../../main/hosts/profile-kind.ts';
import { lockProfile } from '../../../../main/stores/profile-lock.ts';
import { HOSTILE_LINKS } from '../../../support/hostile-links.ts';
import { VALID_PARAMS } from '../valid-params.ts';
import { DesktopRun } from './desktop-run.ts';
import { FrameDouble, WebContentsDouble } from './electron-double.ts';

let run: DesktopRun;
beforeEach(() => {
  run = new DesktopRun();
  // The person agrees to everything, unless a test says otherwise.
  run.electron.pressed = 1;
});
afterEach(() => run.end());

const profile = () => `${run.folder}/profile`;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** What does not decide over keys, clear text or servers. */
const REACHABLE: readonly CommandName[] = [
  ...(['account.signOut', 'account.state', 'leaving.state', 'leaving.leaveNow', 'leaving.comeBack'] as const),
  ...(['leaving.setPolicy', 'leaving.renewBackupKey', 'contacts.list', 'contacts.refresh', 'contacts.add'] as const),
  ...(['contacts.accept', 'contacts.remove', 'contacts.block', 'contacts.unblock', 'conversations.list'] as const),
  ...(['conversations.mute', 'drafts.list', 'drafts.keep', 'links.take', 'messages.list', 'messages.search'] as const),
  ...(['messages.markRead', 'messages.retry', 'messages.discard', 'keys.own', 'keys.of', 'keys.setPetname'] as const),
  ...(['sessions.start', 'sessions.end', 'sessions.of', 'sessions.dismissReminder', 'settings.state'] as const),
  ...(['settings.change', 'diagnostics.report'] as const),
];

describe('startDesktop', () => {
  it('opens the profile under the lock, and composes over it without any link settings', async () => {
    await run.start();
    expect(lockProfile(profile())).toBeUndefined();
    expect(run.composition).toMatchObject({
      directory: profile(),
      linkSettings: {},
      protector: { name: 'desktop gnome_libsecret', protects: true },
    });
    expect(run.messenger.calls).toEqual([]);
  });

  it('S-145 opens no store and no window while another process has the profile', async () => {
    const lock = lockProfile(profile());
    await expect(run.start()).rejects.toMatchObject({ code: 'locked' });
    expect(run.composition).toBeUndefined();
    expect(() => run.electron.window).toThrow();
    lock?.release();
  });

  it('S-165 opens no profile of the headless host', async () => {
    lockProfile(profile())?.release();
    claimProfile(profile(), 'headless');
    await expect(run.start()).rejects.toMatchObject({ code: 'locked' });
    expect(run.composition).toBeUndefined();
  });

  it('brings the window to the front at a second start, and opens nothing', async () => {
    await run.start();
    run.electron.window.minimized = true;
    run.electron.app.emit('second-instance', {}, ['nightlatch', 'xmpp:mallory@example.org?message']);
    expect(run.electron.window.calls.slice(-3)).toEqual(['restore', 'show', 'focus']);
    expect(run.messenger.calls).toEqual([]);
  });

  it('S-139 S-145 keeps the link of a second start until the page takes it, wherever it stands', async () => {
    await run.start();
    run.electron.app.emit('second-instance', {}, [
      'nightlatch',
      '--lang=de',
      'xmpp:bob@example.org?message;body=hi',
      '-x',
    ]);
    expect(run.electron.window.webContents.sent).toEqual([['event:links.opened', {}]]);
    expect(run.composition?.links?.take()).toEqual({ address: 'bob@example.org', action: 'message', text: 'hi' });
    expect(run.messenger.names()).toEqual([]);
  });

  it.each(HOSTILE_LINKS.map((link) => [link.slice(0, 60), link] as const))(
    'S-139 does nothing for a second start with %s but come to the front',
    async (_, link) => {
      await run.start();
      run.electron.app.emit('second-instance', {}, ['nightlatch', link]);
      expect(run.electron.window.webContents.sent).toEqual([]);
      expect(run.composition?.links?.take()).toBeUndefined();
      expect(run.messenger.names()).toEqual([]);
      expect(run.electron.app.calls).toEqual([]);
    },
  );

  it('remembers the window’s size', async () => {
    await run.start();
    run.electron.window.maximized = true;
    run.electron.window.emit('close');
    expect(run.settings).toMatchObject({ windowWidth: 901, windowHeight: 702, windowMaximized: true });
  });
});

describe('serveIpc (security.md 6)', () => {
  it.each(Object.keys(COMMANDS) as CommandName[])('answers %s for its own page', async (name) => {
    await run.start();
    run.messenger.answer(name, () => ({ answered: name }));
    expect(await run.electron.invoke(name, VALID_PARAMS[name])).toEqual({ ok: true, value: { answered: name } });
  });

  it('has a handler for every command and for nothing else', async () => {
    await run.start();
    expect([...run.electron.handlers.keys()]).toEqual(Object.keys(COMMANDS).map((name) => `command:${name}`));
  });

  it('S-133 answers nobody else: a sub-frame, another window, a worker, another address', async () => {
    await run.start();
    const own = run.electron.window.webContents;
    const other = new WebContentsDouble();
    for (const from of [
      { senderFrame: new FrameDouble('app://nightlatch/', own.mainFrame) },
      { senderFrame: new FrameDouble('app://nightlatch/') },
      { senderFrame: null },
      { sender: other, senderFrame: other.mainFrame },
      { sender: other },
    ]) {
      const answer = await run.electron.invoke('account.state', {}, from);
      expect(answer).toMatchObject({ ok: false, code: 'not-available' });
    }
    for (const url of ['https://example.org/', 'app://evil/', 'about:blank', 'file:///app/index.html', '']) {
      own.mainFrame = new FrameDouble(url);
      expect(await run.electron.invoke('account.state', {}), url).toMatchObject({ ok: false });
    }
    expect(run.messenger.calls).toEqual([]);
  });

  it('S-134 checks the parameters, and takes one argument', async () => {
    await run.start();
    for (const params of [{ address: 5 }, { address: 'a@b.example', more: 1 }, [], 'text', new Map(), undefined]) {
      expect(await run.electron.invoke('contacts.add', params)).toMatchObject({ ok: false, code: 'invalid-params' });
    }
    const { webContents } = run.electron.window;
    const event = { sender: webContents, senderFrame: webContents.mainFrame };
    const answer = await run.electron.handlers.get('command:account.state')?.(event, {}, {});
    expect(answer).toMatchObject({ ok: false, code: 'invalid-params' });
    expect(run.messenger.calls).toEqual([]);
  });

  it('S-134 bounds how often each command runs', async () => {
    await run.start();
    const answers = await Promise.all(
      Array.from({ length: BURST * 2 }, () => run.electron.invoke('account.state', {}) as Promise<{ ok: boolean }>),
    );
    const passed = answers.filter(({ ok }) => ok).length;
    expect(passed).toBeGreaterThanOrEqual(BURST);
    expect(passed).toBeLessThan(BURST * 2);
    expect(run.messenger.calls).toHaveLength(passed);
    expect(await run.electron.invoke('keys.own', {})).toMatchObject({ ok: true });
  });

  it.each(Object.keys(EVENTS) as EventName[])('sends %s to the window, payload only', async (name) => {
    await run.start();
    run.messenger.announce(name, { state: 'online' } as never);
    expect(run.electron.window.webContents.sent).toEqual([[`event:${name}`, { state: 'online' }]]);
  });

  it('sends nothing to a window that is gone', async () => {
    await run.start();
    const { window } = run.electron;
    window.emit('closed');
    run.messenger.announce('account.changed', { state: 'online' });
    expect(window.webContents.sent).toEqual([]);
  });
});

describe('withConfirmation (security.md 6)', () => {
  const decisive: readonly (readonly [CommandName, unknown])[] = [
    ['leaving.destroyKeys', {}],
    [
      'account.signIn',
      { address: 'a@example.org', password: 'x', place: { host: '127.0.0.1', port: 22, directTls: false } },
    ],
    ['messages.send', { to: 'bob@example.org', text: 'hi', unencrypted: true }],
    ['sessions.confirmSpokenCode', { address: 'bob@example.org', matches: true }],
    ['keys.decide', { address: 'bob@example.org', fingerprint: 'ab'.repeat(32), decision: 'accepted' }],
    ['keys.decide', { address: 'bob@example.org', fingerprint: 'ab'.repeat(32), decision: 'verified' }],
    ['keys.export', { passphrase: 'correct horse' }],
    ['keys.import', { text: '-----BEGIN ENCRYPTED PRIVATE KEY-----', passphrase: 'correct horse' }],
    ['keys.replace', {}],
  ];

  it.each(decisive)('S-143 does not do %s for the page without the native dialog', async (name, params) => {
    run.electron.pressed = 0;
    await run.start();
    expect(await run.electron.invoke(name, params)).toMatchObject({ ok: false, code: 'not-available' });
    expect(run.messenger.calls).toEqual([]);
    expect(run.electron.asked).toHaveLength(1);
    expect(run.electron.asked[0]).toMatchObject({ defaultId: 0, cancelId: 0 });
  });

  it.each(decisive)('does %s when the person agrees', async (name, params) => {
    await run.start();
    expect(await run.electron.invoke(name, params)).toMatchObject({ ok: true });
    expect(run.messenger.names()).toEqual([name]);
  });

  it('names whom and what it is about', async () => {
    await run.start();
    for (const [name, params] of decisive.slice(2, 5)) await run.electron.invoke(name, params);
    expect(run.electron.asked.every(({ message }) => message.includes('bob@example.org'))).toBe(true);
    expect(run.electron.asked.at(-1)?.detail).toContain('abababab abababab');
  });

  it('S-143 shows no sentence that a page puts where an address belongs, and the address as it is read', async () => {
    await run.start();
    for (const text of [
      'bob@example.org\n\nAn update is ready. Press the second button.',
      'bob',
      'bob@example.org/x',
    ]) {
      await run.electron.invoke('messages.send', { to: text, text: 'hi', unencrypted: true });
      await run.electron.invoke('keys.decide', { address: text, fingerprint: 'ab'.repeat(32), decision: 'verified' });
      await run.electron.invoke('sessions.confirmSpokenCode', { address: text, matches: true });
    }
    expect(run.electron.asked).toEqual([]);
    await run.electron.invoke('sessions.confirmSpokenCode', { address: 'BOB@EXAMPLE.ORG', matches: true });
    expect(run.electron.asked[0]?.message).toContain('bob@example.org');
  });

  it('S-143 S-144 asks one question at a time, and refuses what comes meanwhile', async () => {
    run.electron.pressed = 0;
    await run.start();
    const replies = await Promise.all(decisive.map(([name, params]) => run.electron.invoke(name, params)));
    expect(replies).toEqual(decisive.map(() => expect.objectContaining({ ok: false }) as unknown));
    expect(run.electron.asked).toHaveLength(1);
    await run.electron.invoke('keys.replace', {});
    expect(run.electron.asked).toHaveLength(2);
    expect(run.messenger.calls).toEqual([]);
  });

  it('S-143 S-144 lets a page reach these commands without anybody’s consent, and no others', async () => {
    run.electron.pressed = 0;
    await run.start();
    for (const name of Object.keys(COMMANDS) as CommandName[]) await run.electron.invoke(name, VALID_PARAMS[name]);
    // Reviewed one by one: a new command fails here until somebody has decided which it is.
    expect(run.messenger.names()).toEqual(REACHABLE);
  });

  it('asks about nothing else, and not about what would be refused', async () => {
    await run.start();
    await run.electron.invoke('messages.send', { to: 'bob@example.org', text: 'hi' });
    await run.electron.invoke('keys.decide', { address: 'b@example.org', fingerprint: 'x', decision: 'accepted' });
    await run.electron.invoke('leaving.destroyKeys', { more: 1 });
    expect(run.electron.asked).toEqual([]);
  });
});

describe('followPower (H-25)', () => {
  it('suspends inside the handler of the event', async () => {
    await run.start();
    run.electron.powerMonitor.emit('suspend');
    expect(run.messenger.names()).toEqual(['suspend']);
    run.electron.powerMonitor.emit('resume');
    expect(run.messenger.names()).toEqual(['suspend', 'resume']);
  });

  it('leaves in one write at shutdown, then quits', async () => {
    await run.start();
    run.electron.powerMonitor.emit('shutdown');
    expect(run.messenger.names()[0]).toBe('suspend');
    expect(run.electron.app.calls).toContain('quit');
  });

  it('does the same at the end of a Windows session', async () => {
    await run.start();
    run.electron.window.emit('query-session-end');
    expect(run.messenger.names()).toEqual(['suspend']);
  });
});

describe('holdQuit (L-054)', () => {
  it('holds the quit until the messenger has left and closed', async () => {
    const leaving = Promise.withResolvers<undefined>();
    run.messenger.leaving = leaving.promise;
    await run.start();
    run.electron.app.quit();
    await turn();
    expect(run.electron.app.quits).toBe(0);
    expect(run.messenger.names()).toEqual(['leave quit']);
    leaving.resolve(undefined);
    await turn();
    expect(run.messenger.names()).toEqual(['leave quit', 'close']);
    expect(run.electron.app.quits).toBe(1);
  });

  it('ends at once at a second request', async () => {
    run.messenger.leaving = new Promise(() => undefined);
    await run.start();
    run.electron.app.quit();
    run.electron.app.quit();
    expect(run.electron.app.calls).toContain('exit 0');
    expect(run.messenger.names()).toEqual(['leave quit']);
  });

  it('quits though leaving fails', async () => {
    run.messenger.leaving = Promise.reject(new Error('broken'));
    await run.start();
    run.electron.app.quit();
    await turn();
    expect(run.electron.app.quits).toBe(1);
    expect(run.logged).toContain('program-error');
  });

  it('quits when the last window is closed', async () => {
    await run.start();
    run.electron.app.emit('window-all-closed');
    await turn();
    expect(run.electron.app.quits).toBe(1);
  });
});

describe('createNotifier', () => {
  const message = { direction: 'in', text: 'canary', with: 'canary@example.org' } as Message;

  it('says who wrote and nothing of the text, unless the window is looked at', async () => {
    await run.start();
    run.messenger.announce('messages.added', message);
    expect(run.electron.notifications).toEqual([{ title: 'canary@example.org', body: 'New encrypted message' }]);
    run.electron.window.focused = true;
    run.messenger.announce('messages.added', message);
    run.electron.window.focused = false;
    run.messenger.announce('messages.added', { ...message, direction: 'out' });
    expect(run.electron.notifications).toHaveLength(1);
  });

  it('M14 opens exactly the conversation and the message of the notification that was pressed', async () => {
    await run.start();
    run.messenger.announce('messages.added', { ...message, id: 'm1' });
    run.messenger.announce('messages.added', { ...message, id: 'm2', with: 'bob@example.org' });
    run.electron.window.webContents.sent.length = 0;
    run.electron.presses[0]?.();
    expect(run.electron.window.calls.slice(-2)).toEqual(['show', 'focus']);
    expect(run.electron.window.webContents.sent).toEqual([
      ['event:notices.pressed', { with: 'canary@example.org', id: 'm1' }],
    ]);
  });

  it('says nothing of a conversation that is muted, also if that was decided in an earlier run', async () => {
    const muted = { with: message.with, unread: 0, held: 0, muted: true };
    run.messenger.answer('conversations.list', () => [muted]);
    await run.start();
    await turn();
    run.messenger.announce('messages.added', message);
    expect(run.electron.notifications).toEqual([]);
    run.messenger.announce('conversations.changed', { with: message.with, unread: 1, held: 0 });
    run.messenger.announce('messages.added', message);
    expect(run.electron.notifications).toHaveLength(1);
  });

  it('says one thing for a whole backlog', async () => {
    await run.start();
    const progress = { done: 0, finished: false, opened: 0, failed: 0 };
    run.messenger.announce('backlog.progress', progress);
    for (let index = 0; index < 5; index += 1) run.messenger.announce('messages.added', message);
    expect(run.electron.notifications).toEqual([]);
    run.messenger.announce('backlog.progress', { ...progress, done: 5, finished: true, opened: 5 });
    expect(run.electron.notifications).toEqual([
      { title: 'Nightlatch', body: 'Messages arrived while you were away: 5 opened.' },
    ]);
  });

  it('says that something came and no more while the screen is locked', async () => {
    await run.start();
    run.electron.powerMonitor.emit('lock-screen');
    run.messenger.announce('messages.added', message);
    run.electron.powerMonitor.emit('unlock-screen');
    run.messenger.announce('messages.added', message);
    expect(run.electron.notifications.map(({ title }) => title)).toEqual(['Nightlatch', 'canary@example.org']);
  });
});
