import { describe, expect, it } from 'vitest';
import { COMMANDS, HOST_COMMANDS, type CommandName } from '../../../preload/contract.ts';
import { checkParams, COMMAND_SCHEMAS, HOST_COMMAND_SCHEMAS } from '../../../main/hosts/command-schemas.ts';
import { VALID_PARAMS } from './valid-params.ts';

const names = Object.keys(COMMANDS) as CommandName[];
const check = (name: CommandName, params: unknown) => checkParams<unknown>(COMMAND_SCHEMAS[name], params);
const INVALID = { ok: false, code: 'invalid-params' };

const NAMES: readonly string[] = ['name', 'petname'];

describe('COMMAND_SCHEMAS (S-134)', () => {
  it('has a schema for every command of the contract and for nothing else', () => {
    expect(Object.keys(COMMAND_SCHEMAS).sort()).toEqual(Object.keys(COMMANDS).sort());
    expect(Object.keys(HOST_COMMAND_SCHEMAS).sort()).toEqual(Object.keys(HOST_COMMANDS).sort());
  });

  it.each(names)('lets the right parameters of %s through unchanged', (name) => {
    expect(check(name, VALID_PARAMS[name])).toEqual({ ok: true, params: VALID_PARAMS[name] });
  });

  it.each(names)('refuses one key more in %s, whatever its name', (name) => {
    for (const key of ['extra', '__proto__', 'constructor', 'toString', '']) {
      const more = JSON.parse(`{${JSON.stringify(key)}:1}`) as object;
      const params = Object.defineProperties({ ...VALID_PARAMS[name] }, Object.getOwnPropertyDescriptors(more));
      expect(check(name, params), key).toEqual(INVALID);
    }
  });

  it.each(names)('refuses what is no object in place of the parameters of %s', (name) => {
    for (const params of [[], [1], 'text', 1, true, [VALID_PARAMS[name]]]) {
      expect(check(name, params), JSON.stringify(params)).toEqual(INVALID);
    }
  });

  it.each(names)('refuses a value of another type for each key of %s', (name) => {
    for (const key of Object.keys(VALID_PARAMS[name])) {
      for (const value of [null, {}, [], 1.5, Number.NaN, 'x'.repeat(70_000), '', 'alice\ud800', undefined]) {
        if (value === 'alice\ud800' && key !== 'text' && !NAMES.includes(key)) continue;
        // The empty name is no name, and addresses and texts may hold anything within their length.
        if (NAMES.includes(key) && value === '') continue;
        // An empty draft is none.
        if (name === 'drafts.keep' && value === '') continue;
        const result = check(name, { ...VALID_PARAMS[name], [key]: value });
        expect(result.ok, `${key} = ${typeof value}`).toBe(false);
      }
    }
  });

  it('takes absent parameters for none', () => {
    expect(check('account.state', undefined)).toEqual({ ok: true, params: {} });
    expect(check('contacts.refresh', undefined)).toEqual(INVALID);
  });

  it('counts a text in octets of UTF-8: 65,536 pass, 65,537 are too long', () => {
    const send = (text: string) => check('messages.send', { to: 'a@b.example', text });
    expect(send('é'.repeat(32_768)).ok).toBe(true);
    expect(send(`${'é'.repeat(32_768)}e`)).toEqual({ ok: false, code: 'too-long' });
    expect(send('a'.repeat(65_536)).ok).toBe(true);
    expect(send('a'.repeat(65_537))).toEqual({ ok: false, code: 'too-long' });
  });

  it('calls a message invalid, not too long, where something else is wrong with it too', () => {
    expect(check('messages.send', { to: 1, text: 'a'.repeat(65_537) })).toEqual(INVALID);
  });

  it('refuses a text that XML cannot carry', () => {
    for (const text of ['a\u0000b', '\u0008', '\ud800', '\ufffe']) {
      expect(check('messages.send', { to: 'a@b.example', text })).toEqual(INVALID);
    }
    expect(check('messages.send', { to: 'a@b.example', text: 'line\r\n\ttab 😀' }).ok).toBe(true);
  });

  it('takes no consent but true', () => {
    expect(check('messages.send', { to: 'a@b.example', text: 'x', unencrypted: false })).toEqual(INVALID);
  });

  it('gives at most 200 messages, whatever is asked', () => {
    const list = (limit: unknown) => check('messages.list', { with: 'a@b.example', limit });
    expect(list(1_000)).toEqual({ ok: true, params: { with: 'a@b.example', limit: 200 } });
    for (const limit of [0, -1, 1.5, Number.POSITIVE_INFINITY, '5']) expect(list(limit)).toEqual(INVALID);
  });

  it('knows the lives and the audiences of the contract alone', () => {
    const set = (policy: unknown) => check('leaving.setPolicy', policy).ok;
    for (const awayKeyDays of [1, 3, 7]) expect(set({ awayKeyDays })).toBe(true);
    for (const backupKeyDays of [3, 7, 14]) expect(set({ backupKeyDays })).toBe(true);
    for (const whoMayWrite of ['contacts', 'anyone', 'nobody']) expect(set({ whoMayWrite })).toBe(true);
    for (const awayKeyDays of [0, 2, 14, '3']) expect(set({ awayKeyDays })).toBe(false);
    for (const backupKeyDays of [1, 365]) expect(set({ backupKeyDays })).toBe(false);
    expect(set({ whoMayWrite: 'everybody' })).toBe(false);
  });
});
