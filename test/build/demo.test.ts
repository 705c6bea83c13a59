import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../build/demo/arguments.ts';
import { Checks } from '../../build/demo/checks.ts';
import { Cleanup, Interrupted } from '../../build/demo/cleanup.ts';
import { LETTER_AFTER_CRASH, LETTERS_WHILE_AWAY } from '../../build/demo/letters.ts';
import { findTexts, fragmentsOf } from '../../build/demo/text-search.ts';
import { Transcript, wrap } from '../../build/demo/transcript.ts';

describe('readArguments of the demo', () => {
  it('takes Prosody unless told otherwise', () => {
    expect(readArguments([])).toEqual({ server: 'prosody', live: false, json: false });
    expect(readArguments(['--server', 'ejabberd', '--json'])).toEqual({ server: 'ejabberd', live: false, json: true });
    expect(readArguments(['--server=prosody', '--live'])).toEqual({ server: 'prosody', live: true, json: false });
  });

  it.each([['--server'], ['--server', 'openfire'], ['--live-long'], ['ejabberd']])('refuses %s %s', (...argv) => {
    expect(readArguments(argv)).toBeUndefined();
  });
});

describe('findTexts', () => {
  const text = 'Papers are where the atlas was, עודי שלום 🗝️ under the loose board of the hall.';
  const file = (content: Buffer) => [{ path: 'store', content }];
  const utf8 = Buffer.from(text);

  it.each([
    ['UTF-8', utf8],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['hexadecimal', Buffer.from(utf8.toString('hex'))],
    ['JSON', Buffer.from(JSON.stringify({ text: text.replaceAll('the', '"the"') }))],
  ])('finds a text written as %s', (_form, content) => {
    expect(findTexts([text], file(Buffer.concat([Buffer.from('before '), content])))).not.toEqual([]);
  });

  it.each([0, 1, 2, 3, 4])('finds a text inside base64 with %i octets before it', (before) => {
    const content = Buffer.from(Buffer.concat([Buffer.alloc(before, 7), utf8, Buffer.alloc(5)]).toString('base64'));
    expect(findTexts([text], file(content))).not.toEqual([]);
  });

  it('finds every part of at least twice a fragment', () => {
    const points = Array.from(text);
    for (let from = 0; from + 32 <= points.length; from += 1) {
      const part = Buffer.from(points.slice(from, from + 32).join(''));
      expect(findTexts([text], file(part)), String(from)).not.toEqual([]);
    }
  });

  it('finds nothing in what is not there', () => {
    expect(findTexts([text], file(Buffer.from('Letters are where the chart was.')))).toEqual([]);
  });

  it('searches for every letter of the play', () => {
    for (const { text: letter } of [...LETTERS_WHILE_AWAY, LETTER_AFTER_CRASH]) {
      expect(fragmentsOf(letter).length).toBeGreaterThan(3);
      expect(findTexts([letter], file(Buffer.from(letter)))).not.toEqual([]);
    }
  });
});

describe('Cleanup', () => {
  it('ends everything, the latest first, also what is only just starting', async () => {
    const cleanup = new Cleanup();
    const ended: string[] = [];
    const own = (started: Promise<string>) =>
      cleanup.own(
        () => started,
        (value) => Promise.resolve(ended.push(value)),
      );
    await own(Promise.resolve('folder'));
    const late = Promise.withResolvers<string>();
    void own(late.promise);
    const closed = cleanup.close();
    late.resolve('server');
    await Promise.all([closed, cleanup.close()]);
    expect(ended).toEqual(['server', 'folder']);
  });

  it('starts nothing once it was closed', async () => {
    const cleanup = new Cleanup();
    await cleanup.close();
    let hasStarted = false;
    const start = () => Promise.resolve((hasStarted = true));
    await expect(cleanup.own(start, () => Promise.resolve())).rejects.toBeInstanceOf(Interrupted);
    expect(hasStarted).toBe(false);
  });

  it('goes on when one end fails or one thing never started', async () => {
    const cleanup = new Cleanup();
    const ended: string[] = [];
    await cleanup.own(
      () => Promise.resolve('first'),
      (name) => Promise.resolve(ended.push(name)),
    );
    await expect(
      cleanup.own(
        () => Promise.reject(new Error('did not start')),
        () => Promise.resolve(ended.push('never')),
      ),
    ).rejects.toThrow('did not start');
    await cleanup.close();
    expect(ended).toEqual(['first']);
  });
});

describe('Checks', () => {
  it('hold only if there are some and none failed', () => {
    const checks = new Checks();
    expect(checks.allHold).toBe(false);
    checks.add('one', true, '');
    expect(checks.allHold).toBe(true);
    checks.add('another', false, '');
    expect(checks.allHold).toBe(false);
  });
});

describe('Transcript', () => {
  it('writes plain text where there is no terminal', () => {
    const stream = new PassThrough();
    const transcript = new Transcript(stream);
    transcript.scene('A scene');
    transcript.tell('Alice', 'leaves.');
    transcript.shows('S4', 'Ready to leave.');
    transcript.table([
      { name: 'short', ok: true, detail: 'seen' },
      { name: 'much longer', ok: false, detail: 'not seen' },
    ]);
    expect((stream.read() as Buffer).toString().split('\n')).toEqual([
      '',
      '1. A scene',
      '',
      '   Alice  leaves.',
      '          S4  Ready to leave.',
      '',
      'Checks',
      '',
      '   ✓ short        seen',
      '   ✗ much longer  not seen',
      '',
    ]);
  });

  it('breaks lines at spaces', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrap('unbreakable word', 4)).toEqual(['unbreakable', 'word']);
  });
});
