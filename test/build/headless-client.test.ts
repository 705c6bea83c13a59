import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { CommandFailure, startHost } from '../support/headless-client.ts';
import type { HeadlessClient, HostOptions } from '../support/headless-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightlatch-client-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Answers what the tests ask for; everything else it says is what a real host must never say. */
const HOST = `
  import { createInterface } from 'node:readline';
  const say = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));
  const event = (done, finished) => say({ method: 'backlog.progress', params: { done, finished, opened: done, failed: 0 } });
  let lists = 0;
  console.error(process.argv.slice(2).join(' '));
  const ADDRESS = 'http://127.0.0.1:1/#' + 'a'.repeat(64);
  if (process.argv.includes('--browser')) setTimeout(() => console.error(ADDRESS), 30);
  process.on('SIGTERM', () => process.exit(7));
  const answers = {
    'account.state': (id) => say({ id, result: { state: 'signedOut' } }),
    'leaving.state': (id) => { event(1, false); event(2, true); say({ id, result: 'done' }); },
    'contacts.list': (id) => { say({ id, result: (lists += 1) }); if (lists < 3) setTimeout(() => event(lists, false), 10); },
    'account.signIn': (id) => say({ id, error: { code: -32000, message: 'No.', data: { code: 'wrong-password' } } }),
    'keys.own': () => process.exit(3),
    'messages.list': () => undefined,
    'host.quit': (id) => { say({ id, result: {} }); process.exit(0); },
  };
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      if (line === 'noise') console.log('noise comes back');
      else { const { id, method } = JSON.parse(line); answers[method](id); }
    })
    .on('close', () => process.exit(5));
`;
const program = join(folder, 'host.mjs');
writeFileSync(program, HOST);

const options: HostOptions = { profile: '/p', server: { port: 5222, tlsPort: 5223, caFile: '/ca' }, program };
const started: HeadlessClient[] = [];
afterEach(() => Promise.all(started.splice(0).map((client) => client.kill())));

async function start(changes: Partial<HostOptions> = {}): Promise<HeadlessClient> {
  const client = await startHost({ ...options, ...changes });
  started.push(client);
  return client;
}

describe('startHost', () => {
  it('gives the host its arguments', async () => {
    const plain = await start();
    await plain.kill();
    expect(plain.log).toBe('--profile /p --stdio --server 127.0.0.1:5222 --ca /ca\n');
    const other = await start({ directTls: true, browser: true, passphraseFile: '/f' });
    expect(other.log).toContain('--server 127.0.0.1:5223 --ca /ca --direct-tls --browser --passphrase-file /f');
  });

  it('waits for the address of the page', async () => {
    const client = await start({ browser: true });
    expect(client.address).toBe(`http://127.0.0.1:1/#${'a'.repeat(64)}`);
  });

  it('says why a host did not start', async () => {
    const broken = join(folder, 'broken.mjs');
    writeFileSync(broken, `console.error('no room'); process.exit(74);`);
    await expect(start({ program: broken })).rejects.toThrow(/exit code 74[^]*no room/);
  });
});

describe('HeadlessClient', () => {
  it('tells a refusal by its code', async () => {
    const client = await start();
    const refusal = client.call('account.signIn', { address: 'alice@example.org' });
    await expect(refusal).rejects.toBeInstanceOf(CommandFailure);
    await expect(refusal).rejects.toMatchObject({ command: 'account.signIn', code: 'wrong-password', rpcCode: -32000 });
  });

  it('fails a call that is not answered: in time, or because the host ended', async () => {
    const client = await start();
    await expect(client.call('messages.list', { with: 'bob@example.org' }, 50)).rejects.toThrow('no answer');
    await expect(client.call('keys.own', {})).rejects.toThrow('exit code 3');
    await expect(client.call('account.state', {})).rejects.toThrow('after the host ended');
    expect(client.exitCode).toBe(3);
  });

  it('finds an event that was here before, or only one that comes after a mark', async () => {
    const client = await start();
    const before = client.mark();
    await client.call('leaving.state', {});
    expect(client.events.length - before).toBe(2);
    await expect(client.waitFor('backlog.progress', ({ finished }) => finished)).resolves.toMatchObject({ done: 2 });
    const late = client.waitFor('backlog.progress', ({ finished }) => finished, 50, client.mark());
    await expect(late).rejects.toThrow('waited in vain');
  });

  it('asks again after each event until the answer is as wanted', async () => {
    const client = await start();
    const fits = (lists: unknown): boolean => lists === 3;
    await expect(client.waitUntil('contacts.list', {}, fits)).resolves.toBe(3);
    await expect(client.waitUntil('contacts.list', {}, fits, 50)).rejects.toThrow(
      'in vain for another contacts.list than 4',
    );
  });

  it('keeps what has no place on standard output', async () => {
    const client = await start();
    client.writeLine('noise');
    await client.call('account.state', {});
    expect(client.stray).toEqual(['noise comes back']);
  });

  it.each([
    ['command', 0],
    ['endOfInput', 5],
    ['SIGTERM', 7],
  ] as const)('quits by %s', async (how, exitCode) => {
    const client = await start();
    await expect(client.quit(how)).resolves.toBe(exitCode);
  });

  it('kills, and starts again with the same options', async () => {
    const client = await start();
    await client.kill();
    expect(client.exitCode).toBe(-1);
    const next = await client.startAgain();
    started.push(next);
    expect(next.pid).not.toBe(client.pid);
    await expect(next.call('account.state', {})).resolves.toEqual({ state: 'signedOut' });
  });
});
