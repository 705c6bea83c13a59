import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../../main/base/bytes.ts';
import { buildReply, readRequest } from '../../../../main/hosts/headless/json-rpc.ts';

function refusal(line: string | Uint8Array): unknown {
  const reading = readRequest(typeof line === 'string' ? utf8(line) : line);
  if (reading.kind !== 'refused') throw new Error('the line was taken for a request');
  return JSON.parse(reading.reply);
}

const error = (id: unknown, code: number) =>
  expect.objectContaining({
    jsonrpc: '2.0',
    id,
    error: expect.objectContaining({ code, data: { code: 'invalid-params' } }),
  });

describe('readRequest (docs/contract.md)', () => {
  it('reads a request, and a notification, which has no id', () => {
    expect(readRequest(utf8('{"jsonrpc":"2.0","id":7,"method":"account.state","params":{}}'))).toEqual({
      kind: 'request',
      request: { method: 'account.state', params: {}, id: 7 },
    });
    expect(readRequest(utf8('{"jsonrpc":"2.0","method":"account.state"}\r'))).toEqual({
      kind: 'request',
      request: { method: 'account.state', params: undefined, id: undefined },
    });
  });

  it.each(['', ' ', 'x', '{"jsonrpc":"2.0"', '{} {}', '\ufeff{}', "{'a':1}"])('answers -32700 to %j', (line) => {
    expect(refusal(line)).toEqual(error(null, -32700));
  });

  it('answers -32700 to octets that are not UTF-8', () => {
    const line = utf8('{"jsonrpc":"2.0","id":1,"method":"x"}');
    line[line.length - 3] = 0xff;
    expect(refusal(line)).toEqual(error(null, -32700));
  });

  it.each([
    ['[]', null],
    ['[{"jsonrpc":"2.0","id":1,"method":"account.state"}]', null],
    ['null', null],
    ['"text"', null],
    ['1', null],
    ['{}', null],
    ['{"jsonrpc":"1.0","id":1,"method":"account.state"}', 1],
    ['{"id":"a","method":"account.state"}', 'a'],
    ['{"jsonrpc":"2.0","id":1}', 1],
    ['{"jsonrpc":"2.0","id":1,"method":5}', 1],
    ['{"jsonrpc":"2.0","id":{},"method":"account.state"}', null],
    ['{"jsonrpc":"2.0","id":true,"method":"account.state"}', null],
    ['{"jsonrpc":"2.0","id":1,"result":{}}', 1],
  ])('answers -32600 to %s', (line, id) => {
    expect(refusal(line)).toEqual(error(id, -32600));
  });
});

describe('buildReply (docs/contract.md)', () => {
  it('answers -32602 for invalid-params and -32000 for every other code', () => {
    const reply = (code: 'invalid-params' | 'too-long' | 'internal') =>
      JSON.parse(buildReply(3, { ok: false, code, message: 'No.' })) as unknown;
    const built = (rpc: number, code: string) => ({
      jsonrpc: '2.0',
      id: 3,
      error: { code: rpc, message: 'No.', data: { code } },
    });
    expect(reply('invalid-params')).toEqual(built(-32602, 'invalid-params'));
    expect(reply('too-long')).toEqual(built(-32000, 'too-long'));
    expect(reply('internal')).toEqual(built(-32000, 'internal'));
  });

  it('carries a result, null included', () => {
    expect(buildReply('a', { ok: true, value: null })).toBe('{"jsonrpc":"2.0","id":"a","result":null}');
    expect(buildReply('a', { ok: true, value: undefined })).toBe('{"jsonrpc":"2.0","id":"a","result":null}');
  });
});
