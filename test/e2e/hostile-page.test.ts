/** A page that was taken over: it has the whole bridge and runs what it likes (security.md S-126, S-144). */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS, type CommandName, type Envelope } from '../../preload/contract.ts';
import { VALID_PARAMS } from '../main/hosts/valid-params.ts';
import { ALICE, BOB, passwordOf, TwoPeople } from '../support/two-people.ts';
import { HAS_CHROMIUM } from '../support/window-browser.ts';

/** Those that end the drill itself come last. */
const LAST: readonly CommandName[] = ['leaving.destroyKeys', 'leaving.leaveNow', 'account.signOut'];

describe.skipIf(!HAS_CHROMIUM)('a hostile page', () => {
  let people: TwoPeople;
  let elsewhere: Server;
  const reached: string[] = [];
  const page = () => people.page;

  beforeAll(async () => {
    people = await TwoPeople.meet();
    await people.becomeContacts();
    elsewhere = createServer((request, response) => {
      reached.push(request.url ?? '');
      response.end('x');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    elsewhere.close();
    await people.part();
  });
  beforeEach(() => {
    people.explainFailure();
  });

  it('S-126 runs no inline script and no text as code, loads no image and posts no form to anywhere else', async () => {
    const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const blocked = await page().evaluate<string[]>(`(async () => {
      const blocked = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => blocked.push(effectiveDirective));
      const attempt = (run) => { try { run(); } catch (error) { blocked.push(error.name); } };
      attempt(() => { const script = document.createElement('script'); script.text = 'window.ran = true'; document.body.append(script); });
      attempt(() => { document.body.setAttribute('onclick', 'window.ran = true'); document.body.click(); });
      attempt(() => { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = true">'); });
      attempt(() => { const image = new Image(); image.src = '${origin}/image'; document.body.append(image); });
      attempt(() => { const form = document.createElement('form'); form.action = '${origin}/form'; form.method = 'post'; document.body.append(form); form.submit(); });
      attempt(() => { const frame = document.createElement('iframe'); frame.src = '${origin}/frame'; document.body.append(frame); });
      await fetch('${origin}/fetch').catch(() => blocked.push('fetch'));
      attempt(() => new WebSocket('${origin.replace('http', 'ws')}/socket'));
      navigator.sendBeacon?.('${origin}/beacon');
      // Whatever was let through has gone out by then.
      await fetch(location.href);
      return blocked;
    })()`);
    expect(await page().evaluate('"ran" in window')).toBe(false);
    expect(blocked.length).toBeGreaterThan(5);
    const rules = [
      "form-action 'none'",
      'img-src',
      'connect-src',
      "'frame-src' was not",
      'TrustedScript',
      'TrustedHTML',
    ];
    for (const rule of rules) await expect.poll(() => people.complaints.join('\n')).toContain(rule);
    expect(reached).toEqual([]);
    people.complaints.length = 0;
  });

  it('S-144 gets no secret by any command with any parameters it can think of, and no more calls than it may', async () => {
    const names = (Object.keys(COMMANDS) as CommandName[]).filter((name) => !LAST.includes(name));
    const tries = [...names, ...LAST].flatMap((name) => paramsFor(name).map((params) => [name, params] as const));
    const replies = await page().evaluate<Envelope<unknown>[]>(drill(tries));
    expect(replies).toHaveLength(tries.length);
    const said = JSON.stringify(replies);
    const profile = join(people.folder, 'alice');
    const settings = await readFile(join(profile, 'settings.json'), 'utf8');
    expect(settings).not.toContain(ALICE);
    for (const secret of [
      passwordOf('alice'),
      passwordOf('bob'),
      profile,
      people.folder,
      'PRIVATE KEY',
      'node_modules',
    ]) {
      expect(said.includes(secret), secret).toBe(false);
    }
    // Octets of a key would be long hexadecimal or Base64; the only such values are digests that people compare.
    // The drill replaces the own key, so there are more of them than the two people have now.
    const shown = [...said.matchAll(/"fingerprint":"([0-9a-f]{64})"/g)].map(([, fingerprint]) => fingerprint);
    const known = [...shown, 'a'.repeat(64)];
    const long = said.match(/[0-9a-f]{64,}|[A-Za-z0-9+/]{60,}={0,2}/g) ?? [];
    expect(long.filter((value) => !known.includes(value))).toEqual([]);
    for (const reply of replies) if (!reply.ok) expect(reply.message).not.toMatch(/\n|\bat \S+:\d+|\//);

    const flood = await page().evaluate<Envelope<unknown>[]>(
      drill(Array.from({ length: 1_000 }, () => ['account.state', {}] as const)),
    );
    expect(flood.filter(({ ok }) => ok).length).toBeLessThan(500);
    expect(flood.filter((reply) => !reply.ok && reply.code === 'not-available').length).toBeGreaterThan(500);
  });

  it('S-144 leaves the host alive, and what was Alice’s hers', async () => {
    expect((await people.alice.call('account.state', {})).address).toBe(ALICE);
    await people.alice.call('account.signIn', { address: ALICE, password: passwordOf('alice') });
    expect(people.alice.log).not.toContain('program-error');
  });
});

/** In the place of each parameter: files, addresses that lead elsewhere or look like Bob's, other kinds, prototypes. */
const HOSTILE_VALUES: readonly unknown[] = [
  ...['../../../../etc/passwd', 'file:///etc/passwd', 'javascript:alert(1)', '\\\\mallory.example\\share'],
  ...[BOB.replace('o', '\u043e'), `\u202e${BOB}`, `${BOB}/../settings.json`, 'x-'.repeat(2_500), '\u0000'],
  ...[null, true, -1, 1e308, [BOB], { [BOB]: BOB }, JSON.parse('{"__proto__": {"isAdmin": true}}')],
];

/** What the contract allows, and what it does not: paths, prototypes, far too much, the wrong kind. */
function paramsFor(name: CommandName): readonly unknown[] {
  const valid = JSON.parse(JSON.stringify(VALID_PARAMS[name]).replaceAll('alice@example.org', BOB)) as object;
  const twisted = Object.keys(valid).flatMap((key) => HOSTILE_VALUES.map((value) => ({ ...valid, [key]: value })));
  const extra = { ...valid, path: '/etc/passwd', file: 'settings.json' };
  return [
    valid,
    ...twisted,
    extra,
    JSON.parse('{"__proto__": {"isAdmin": true}}'),
    [],
    'all',
    { ...valid, id: 'x'.repeat(10_000) },
  ];
}

/** What runs in the page: its own socket with its own token, everything at once. */
function drill(tries: readonly (readonly [string, unknown])[]): string {
  return `new Promise((resolve) => {
    const tries = ${JSON.stringify(tries)};
    const socket = new WebSocket('/ipc', ['ipc.v1', 'token.' + sessionStorage.getItem('nightlatch.token')]);
    const replies = [];
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (!('reply' in message)) return;
      replies.push(message.reply);
      if (replies.length === tries.length) { socket.close(); resolve(replies); }
    };
    socket.onopen = () => tries.forEach(([command, params], id) => socket.send(JSON.stringify({ id: id + 1, command, params })));
  })`;
}
