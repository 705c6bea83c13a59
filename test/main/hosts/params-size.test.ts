import { describe, expect, it } from 'vitest';
import { COMMANDS, MAX_TEXT_OCTETS, type CommandName } from '../../../preload/contract.ts';
import { checkParams, COMMAND_SCHEMAS } from '../../../main/hosts/command-schemas.ts';
import { isWithinLimit, MAX_PARAMS_OCTETS } from '../../../main/hosts/params-size.ts';
import { VALID_PARAMS } from './valid-params.ts';

const names = Object.keys(COMMANDS) as CommandName[];
const much = 'x'.repeat(MAX_PARAMS_OCTETS);
const big: readonly (readonly [kind: string, value: unknown])[] = [
  ['a long string', much],
  ['a string that is long in octets alone', 'é'.repeat(MAX_PARAMS_OCTETS / 2)],
  ['many short ones', Array.from({ length: 8_000 }, () => 'x')],
  ['a long name', { [much]: 1 }],
  ['octets', new Uint8Array(MAX_PARAMS_OCTETS)],
  ['a map', new Map([[1, much]])],
  ['a set', new Set([much])],
  ['an array with room', new Array<unknown>(4_000_000)],
  ['what refers to itself', itself()],
];

function itself(): object {
  const loop: Record<string, unknown> = {};
  return Object.assign(loop, { loop });
}

describe('isWithinLimit (S-134)', () => {
  it.each(big)('S-134 counts %s as over 64 KiB, at any depth', (_kind, value) => {
    expect(isWithinLimit({ value })).toBe(false);
    expect(isWithinLimit({ deep: [[{ value }]] })).toBe(false);
  });

  it('leaves out a message’s text, which has its own limit, and nothing else of that name', () => {
    expect(isWithinLimit({ to: 'alice@example.org', text: 'x'.repeat(MAX_TEXT_OCTETS * 4) })).toBe(true);
    expect(isWithinLimit({ text: [much] })).toBe(false);
    expect(isWithinLimit({ inner: { text: much } })).toBe(false);
  });

  it('lets through what every command takes', () => {
    for (const name of names) expect(isWithinLimit(VALID_PARAMS[name]), name).toBe(true);
  });
});

describe('checkParams (S-134)', () => {
  it.each(names)('S-134 refuses more than 64 KiB for %s before it looks inside', (name) => {
    for (const [kind, value] of big) {
      let looked = 0;
      const params = { ...VALID_PARAMS[name], extra: value };
      const schema = COMMAND_SCHEMAS[name];
      const counting = {
        ...schema,
        '~run': (...given: never) => ((looked += 1), schema['~run'](...(given as [never, never]))),
      };
      expect(checkParams(counting as never, params), kind).toEqual({ ok: false, code: 'invalid-params' });
      expect(looked, kind).toBe(0);
    }
  });
});
