import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bareOf,
  domainOf,
  isFullJid,
  localOf,
  parseBareJid,
  parseJid,
  resourceOf,
  tryParseJid,
  withResource,
} from '../../../main/wire/jid.ts';
import { WireError } from '../../../main/wire/wire-error.ts';
import { wireCodeOf } from './generators.ts';

describe('parseJid (RFC 7622)', () => {
  it.each([
    ['Alice@Example.ORG', 'alice@example.org'],
    ['alice@example.org.', 'alice@example.org'],
    ['alice@example.org/PDA', 'alice@example.org/PDA'],
    ['alice@example.org/a@b/c', 'alice@example.org/a@b/c'],
    ['example.org', 'example.org'],
    ['ＡＬＩＣＥ@example.org', 'alice@example.org'],
    ['Ｅlla@ｅxample.org', 'ella@example.org'],
    ['e\u0301va@example.org', '\u00e9va@example.org'],
    ['STRASSE@STRASSE.example', 'strasse@strasse.example'],
    ['a@xn--strae-oqa.example', 'a@straße.example'],
    ['a@例え。テスト', 'a@例え.テスト'],
    ['a@[2001:DB8::1]', 'a@[2001:db8::1]'],
    ['a@192.0.2.1', 'a@192.0.2.1'],
  ])('S-091 prepares %s as %s', (text, prepared) => {
    expect(parseJid(text)).toBe(prepared);
  });

  it('tells the parts of an address', () => {
    const jid = parseJid('alice@example.org/a/b@c');
    expect([localOf(jid), domainOf(jid), resourceOf(jid), bareOf(jid)]).toEqual([
      'alice',
      'example.org',
      'a/b@c',
      'alice@example.org',
    ]);
    const server = parseJid('example.org');
    expect([localOf(server), domainOf(server), resourceOf(server), isFullJid(server)]).toEqual([
      undefined,
      'example.org',
      undefined,
      false,
    ]);
    expect(isFullJid(jid)).toBe(true);
  });

  it('S-091 refuses 200 malformed addresses with a code and nothing else', () => {
    const malformed = malformedJids();
    expect(malformed.length).toBeGreaterThanOrEqual(200);
    for (const text of malformed) {
      expect(
        wireCodeOf(() => parseJid(text)),
        JSON.stringify(text),
      ).toBe('bad-address');
      expect(tryParseJid(text)).toBeUndefined();
    }
  });

  it('throws nothing but WireError for any text, and prepares what it prepared to the same', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('@', '/', '.', 'a', 'xn--', '[', ']', ':', 'İ', 'ß', 'Σ'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        try {
          const jid = parseJid(parts.join(''));
          expect(parseJid(jid)).toBe(jid);
          expect(parseJid(bareOf(jid))).toBe(bareOf(jid));
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { seed: 7, numRuns: 5_000 },
    );
  });
});

describe('parseBareJid', () => {
  it('S-091 tells a malformed address from a good one without throwing', () => {
    expect(tryParseJid('@/x')).toBeUndefined();
    expect(tryParseJid(undefined)).toBeUndefined();
    expect(tryParseJid('a@b')).toBe('a@b');
  });

  it('takes name@server alone', () => {
    expect(parseBareJid(' alice@example.org'.trim())).toBe('alice@example.org');
    expect(wireCodeOf(() => parseBareJid('alice@example.org/pda'))).toBe('bad-address');
    expect(wireCodeOf(() => parseBareJid('example.org'))).toBe('bad-address');
  });
});

describe('withResource', () => {
  const bare = parseBareJid('alice@example.org');

  it('S-039 leaves the bare address as it is, whatever the resource holds', () => {
    for (const resource of ['mallory@evil.example', '/', '/x', '@', '"\'<>&', 'ü🔒', ' ', 'a'.repeat(1_023)]) {
      const full = withResource(bare, resource);
      expect(bareOf(full)).toBe(bare);
      expect(resourceOf(full)).toBe(resource);
    }
  });

  it('S-039 refuses a resource of 1,100 octets, an empty one, and control characters', () => {
    for (const resource of ['a'.repeat(1_100), 'ü'.repeat(550), '', 'a\0', 'a\nb', '\ud800']) {
      expect(wireCodeOf(() => withResource(bare, resource))).toBe('bad-address');
    }
  });
});

/** Each kind of fault, in each part of an address. */
function malformedJids(): string[] {
  const whole = [
    '',
    ' ',
    '@',
    '/',
    '@/',
    '@/x',
    '/x',
    '@@',
    'a@',
    '@b',
    'a@/x',
    'a@b@c',
    'a@b/',
    '/',
    '//',
    'b/',
    '@b/x',
    'a@@b',
    ' a@b',
    'a @b',
    'a@b c',
  ];
  const forbiddenInLocal = [
    '"',
    '&',
    "'",
    ':',
    '<',
    '>',
    ' ',
    '\t',
    '\n',
    '\0',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u2003',
    '\u3000',
    '\ud800',
    '\udfff',
    '\ufffe',
    '＠',
    '＂',
  ];
  const inLocal = forbiddenInLocal.flatMap((c) => [`${c}a@b`, `a${c}b@c`, `a${c}@b`]);
  // prettier-ignore
  const forbiddenInDomain = ['"', '&', "'", ':', '<', '>', ' ', '\t', '\n', '\0', '\u007f', '\u00a0', '\ud800', '\udfff', '\ufffe', '%', '!', '#', '(', ')', '*', '+', ',', ';', '=', '?', '\\', '^', '`', '{', '|', '}', '~', '$', '[', ']'];
  const inDomain = forbiddenInDomain.flatMap((c) => [`a@${c}b`, `a@b${c}c`, `a@${c}`]);
  const labels = [
    'a@.',
    'a@..',
    'a@.b',
    'a@b..',
    'a@b..c',
    'a@-b',
    'a@b-',
    'a@b.-c',
    'a@b-.c',
    'a@[',
    'a@[]',
    'a@[g]',
    'a@[::1',
    'a@xn--.b',
  ];
  const resources = [
    '\0',
    '\u0001',
    '\u001f',
    '\u007f',
    '\u0080',
    '\u009f',
    '\ud800',
    '\udc00',
    '\ufffe',
    '\uffff',
  ].map((c) => `a@b/x${c}`);
  const long = ['a'.repeat(1_024), 'ü'.repeat(512), '🔒'.repeat(256)];
  return [
    ...whole,
    ...inLocal,
    ...inDomain,
    ...labels,
    ...resources,
    ...long.flatMap((part) => [`${part}@b`, `a@b/${part}`]),
  ];
}
