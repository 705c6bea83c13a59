import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMANDS, type CommandName } from '../../../preload/contract.ts';
import { createDispatch } from '../../../main/hosts/dispatch.ts';
import { LinkError } from '../../../main/protocol/xmpp/link.ts';
import { CommandError } from '../../../main/services/command-error.ts';
import { StoreError } from '../../../main/stores/store-error.ts';
import { MessengerDouble } from './messenger-double.ts';
import { VALID_PARAMS } from './valid-params.ts';

const names = Object.keys(COMMANDS) as CommandName[];

function make() {
  const messenger = new MessengerDouble();
  const reported: { command: string; error: unknown }[] = [];
  const dispatch = createDispatch(messenger.api, (command, error) => void reported.push({ command, error }));
  return { messenger, reported, dispatch };
}

describe('createDispatch', () => {
  it.each(names)('hands checked parameters of %s to its handler and its value back', async (name) => {
    const { messenger, dispatch } = make();
    messenger.answer(name, () => ({ answered: name }));
    expect(await dispatch(name, VALID_PARAMS[name])).toEqual({ ok: true, value: { answered: name } });
    expect(messenger.calls).toEqual([{ name, params: VALID_PARAMS[name] }]);
  });

  it('knows no command by a name that every object has', async () => {
    const { messenger, dispatch } = make();
    for (const name of ['toString', 'constructor', '__proto__', 'hasOwnProperty', 'valueOf', '', 'account']) {
      expect(await dispatch(name, {}), name).toMatchObject({ ok: false, code: 'not-available' });
    }
    expect(messenger.calls).toEqual([]);
  });

  it('answers not-available for a command that is not built yet', async () => {
    const dispatch = createDispatch({}, () => undefined);
    expect(await dispatch('account.state', {})).toMatchObject({ ok: false, code: 'not-available' });
  });

  it('answers too-long for a text over the limit, and runs nothing', async () => {
    const { messenger, dispatch } = make();
    const answer = await dispatch('messages.send', { to: 'a@b.example', text: 'é'.repeat(40_000) });
    expect(answer).toMatchObject({ ok: false, code: 'too-long' });
    expect(messenger.calls).toEqual([]);
  });

  it.each([
    [new CommandError('key-changed', 'Their safety code changed.'), 'key-changed', 'Their safety code changed.'],
    [new LinkError('certificate', 'CN=evil'), 'certificate', undefined],
    [new StoreError('store-full', 'ENOSPC at /home/alice/x.db'), 'store-full', undefined],
  ])('passes the code of %s on', async (error, code, message) => {
    const { messenger, dispatch, reported } = make();
    messenger.answer('account.state', () => {
      throw error;
    });
    const answer = await dispatch('account.state', {});
    expect(answer).toMatchObject({ ok: false, code });
    if (message !== undefined) expect(answer).toMatchObject({ message });
    expect(JSON.stringify(answer)).not.toMatch(/evil|home/);
    expect(reported).toEqual([]);
  });

  it('S-134 a failure of our own is "internal": no message, stack or path of it gets out', async () => {
    const { messenger, dispatch, reported } = make();
    const error = new TypeError('secret-canary at /home/alice/.config');
    messenger.answer('keys.own', () => {
      throw error;
    });
    const answer = await dispatch('keys.own', {});
    expect(answer).toMatchObject({ ok: false, code: 'internal' });
    expect(JSON.stringify(answer)).not.toMatch(/canary|home|\.ts|at /);
    expect(reported).toEqual([{ command: 'keys.own', error }]);
  });

  it('S-134 refuses generated garbage, 10,000 payloads a command, without an unhandled error', async () => {
    const { messenger, dispatch, reported } = make();
    const strange: unknown[] = [];
    const seed = Number(process.env['SEED'] ?? 20_261_122);
    const values = fc.sample(ANYTHING, { numRuns: 10_000, seed });
    for (const name of names) {
      for (const [index, value] of values.entries()) {
        const answer = await dispatch(name, garbageFor(name, value, index));
        if (!answer.ok && answer.code !== 'invalid-params' && answer.code !== 'too-long') strange.push(answer);
      }
    }
    expect(strange, `seed ${seed}`).toEqual([]);
    expect(reported).toEqual([]);
    // What did get through was valid by chance; no handler ever saw a key that is not its own.
    for (const { name, params } of messenger.calls) {
      const unknown = Object.keys(params as object).filter((key) => !Object.hasOwn(KEYS[name as CommandName], key));
      if (unknown.length > 0) strange.push({ name, unknown });
    }
    expect(strange, `seed ${seed}`).toEqual([]);
  }, 120_000);
});

const KEYS = VALID_PARAMS as Readonly<Record<CommandName, object>>;

const ANYTHING = fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true, withTypedArray: true });

/** Anything at all, or the right parameters with something in them replaced, put in or taken away. */
function garbageFor(name: CommandName, value: unknown, index: number): unknown {
  if (index % 3 === 0) return index % 999 === 0 ? circular() : value;
  const keys = [...Object.keys(KEYS[name]), 'extra', '__proto__', 'constructor'];
  const key = keys[index % keys.length] ?? 'extra';
  const copy: Record<string, unknown> = { ...KEYS[name] };
  if (index % 3 === 1) Object.defineProperty(copy, key, { value, enumerable: true });
  else Reflect.deleteProperty(copy, key);
  return copy;
}

function circular(): unknown {
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  return loop;
}
