import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { HostDispatch } from '../../../../main/hosts/headless/host-commands.ts';
import { MAX_LINE_OCTETS, serveStdio } from '../../../../main/hosts/headless/stdio.ts';

function make(
  dispatch: HostDispatch['dispatch'] = (name, params) => Promise.resolve({ ok: true, value: { name, params } }),
) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let ended = 0;
  const commands: HostDispatch = { has: (name) => name.startsWith('account.'), dispatch };
  const server = serveStdio({ input, output }, commands, { ended: () => void (ended += 1) });
  /** What was written so far, parsed: it must be whole lines of JSON. */
  const written = async (): Promise<unknown[]> => {
    await new Promise((resolve) => setImmediate(resolve));
    await server.settled();
    const text = (output.read() as Buffer | null)?.toString('utf8') ?? '';
    if (text !== '') expect(text.endsWith('\n')).toBe(true);
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown);
  };
  return { input, output, server, written, ended: () => ended };
}

const request = (id: unknown, method = 'account.state', params?: unknown) =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;

describe('serveStdio (docs/contract.md)', () => {
  it('answers each request on a line of its own', async () => {
    const { input, written } = make();
    input.write(request(1) + request('b', 'account.signOut', { x: 1 }));
    expect(await written()).toEqual([
      { jsonrpc: '2.0', id: 1, result: { name: 'account.state' } },
      { jsonrpc: '2.0', id: 'b', result: { name: 'account.signOut', params: { x: 1 } } },
    ]);
  });

  it('answers a slow command after a quick one that came later', async () => {
    const slow = Promise.withResolvers<undefined>();
    const { input, written } = make(async (name) => {
      if (name === 'account.signIn') await slow.promise;
      return { ok: true, value: name };
    });
    input.write(request(1, 'account.signIn') + request(2));
    setImmediate(() => slow.resolve(undefined));
    expect(await written()).toEqual([
      { jsonrpc: '2.0', id: 2, result: 'account.state' },
      { jsonrpc: '2.0', id: 1, result: 'account.signIn' },
    ]);
  });

  it('runs a notification and does not answer it', async () => {
    const ran: string[] = [];
    const { input, written } = make((name) => {
      ran.push(name);
      return Promise.resolve({ ok: true, value: 1 });
    });
    input.write('{"jsonrpc":"2.0","method":"account.state"}\n{"jsonrpc":"2.0","method":"unknown"}\n');
    expect(await written()).toEqual([]);
    expect(ran).toEqual(['account.state']);
  });

  it('answers -32601 for a command that does not exist', async () => {
    const { input, written } = make();
    input.write(request(1, 'nothing.such'));
    expect(await written()).toMatchObject([{ id: 1, error: { code: -32601, data: { code: 'not-available' } } }]);
  });

  it('answers a line over 1 MiB, a batch and a line of garbage with the error, and goes on', async () => {
    const { input, written } = make();
    input.write(`"${'x'.repeat(MAX_LINE_OCTETS)}"\n`);
    input.write('[{"jsonrpc":"2.0","id":1,"method":"account.state"}]\n');
    input.write('garbage\n');
    input.write(request(5));
    expect(await written()).toMatchObject([
      { id: null, error: { code: -32600, data: { code: 'invalid-params' } } },
      { id: null, error: { code: -32600 } },
      { id: null, error: { code: -32700 } },
      { id: 5, result: {} },
    ]);
  });

  it('takes a line of exactly 1 MiB', async () => {
    const { input, written } = make();
    const line = request(1, 'account.state', { pad: '' }).trimEnd();
    const padded = line.replace('""', JSON.stringify('x'.repeat(MAX_LINE_OCTETS - line.length)));
    expect(Buffer.byteLength(padded)).toBe(MAX_LINE_OCTETS);
    input.write(`${padded}\n`);
    expect(await written()).toMatchObject([{ id: 1, result: {} }]);
  });

  it('keeps U+2028 and line ends of a text inside one line', async () => {
    const { input, written } = make();
    const text = 'a\nb\r\nc\u2028d';
    input.write(request(1, 'account.state', { text }));
    expect(await written()).toEqual([{ jsonrpc: '2.0', id: 1, result: { name: 'account.state', params: { text } } }]);
  });

  it('writes events as notifications', async () => {
    const { server, written } = make();
    server.notify('account.changed', { state: 'online' });
    expect(await written()).toEqual([{ jsonrpc: '2.0', method: 'account.changed', params: { state: 'online' } }]);
  });

  it('says when input ends, after the last line, whole or not', async () => {
    const { input, written, ended } = make();
    input.end(request(1).trimEnd());
    expect(await written()).toMatchObject([{ id: 1 }]);
    expect(ended()).toBe(1);
  });

  it('takes a reader that went away for the end of input', () => {
    const { output, ended } = make();
    output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(ended()).toBe(1);
  });
});
