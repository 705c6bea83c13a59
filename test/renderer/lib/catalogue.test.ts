import { describe, expect, it } from 'vitest';
import {
  ALERT_ONLY_CODES,
  COMMAND_ERROR_CODES,
  INCOMING_BADGES,
  MESSAGE_REASONS,
  OUTGOING_BADGES,
} from '../../../preload/contract.ts';
import { CommandFailure } from '../../../renderer/lib/api.ts';
import { words } from '../../../renderer/lib/catalogue.ts';
import { accountWords } from '../../../renderer/lib/catalogue-account.ts';
import { badgeWords, diskSentences } from '../../../renderer/lib/catalogue-badges.ts';
import { problemActionWords, problemBarWords, problemWords } from '../../../renderer/lib/catalogue-problems.ts';
import { linkWords } from '../../../renderer/lib/catalogue-links.ts';
import { keyWords, settingsWords } from '../../../renderer/lib/catalogue-settings.ts';
import { errorSentence, failureSentence, fieldOfFailure, serverOf } from '../../../renderer/lib/catalogue-errors.ts';

/** The column *never say* of ux.md 0, and the style rules under it. */
const NEVER =
  /\b(jid|prekey|bundle|options form|ttl|timeout|unpublish|retract|secure|private|trusted|authenticated|fingerprint|undecryptable|uisi|invalid|failed check|destroyed|wiped|shredded|oops|safe)\b|!/i;

const errorCodes = [...COMMAND_ERROR_CODES, ...MESSAGE_REASONS, ...ALERT_ONLY_CODES];

/** Every string of a catalogue; a function gives its string for sample values. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function') return [String((value as (...values: unknown[]) => unknown)('Bob', 2, 3))];
  return Object.values(value as object).flatMap(stringsIn);
}

function everyString(): string[] {
  const until = { day: '29 Nov', dayAndTime: 'Tue 14:30', isOver: false };
  const facts = { isVerified: false, isDelivered: false, until };
  const badges = [...INCOMING_BADGES, ...OUTGOING_BADGES].map((badge) => badgeWords[badge]);
  return [
    ...stringsIn(words),
    ...stringsIn(accountWords),
    ...stringsIn(linkWords),
    ...stringsIn(diskSentences),
    ...stringsIn(settingsWords),
    ...stringsIn(keyWords),
    ...Object.values(problemWords).flatMap(({ text, details }) => [
      text({ server: 'example.org', until: 'Tue 14:30' }),
      text({ server: 'example.org', until: '' }),
      details,
    ]),
    ...stringsIn([problemActionWords, problemBarWords]),
    ...badges.map((wordsOf) => wordsOf(facts)),
    ...errorCodes.map((code) => errorSentence(code, 'alice@example.org')),
  ];
}

describe('the words of the interface (ux.md 0)', () => {
  it('finds the words it looks for', () => {
    expect('The message is secure.').toMatch(NEVER);
    expect('Their safety code is verified.').not.toMatch(NEVER);
  });

  it('never says what the column forbids', () => {
    const all = everyString();
    expect(all.length).toBeGreaterThan(200);
    expect(all.filter((text) => NEVER.test(text))).toEqual([]);
  });

  it('has no empty string and no value that slipped into a sentence', () => {
    expect(everyString().filter((text) => text.trim() === '' || /undefined|NaN|\[object/.test(text))).toEqual([]);
  });
});

describe('errorSentence (ux.md 3.9)', () => {
  it('has a sentence of its own for every code of the contract', () => {
    const sentences = errorCodes.map((code) => errorSentence(code, 'alice@example.org'));
    expect(new Set(sentences).size).toBe(errorCodes.length);
    for (const sentence of sentences) expect(sentence).toMatch(/^\S.*\.$/);
  });

  it('names the server, never the person', () => {
    expect(errorSentence('server-not-found', 'alice@example.org')).toBe(
      'There is no chat server for example.org. Check the part after @.',
    );
    expect(serverOf('example.org')).toBe('example.org');
  });

  it('stands under the field it concerns', () => {
    expect(fieldOfFailure('server-not-found')).toBe('address');
    expect(fieldOfFailure('bad-address')).toBe('address');
    expect(fieldOfFailure('wrong-password')).toBe('password');
    expect(fieldOfFailure('certificate')).toBe('form');
  });

  it('takes what is no refusal of the messenger for our own fault', () => {
    expect(failureSentence(new TypeError('x'))).toBe(errorSentence('internal'));
    expect(failureSentence(new CommandFailure('locked', ''))).toBe(errorSentence('locked'));
  });
});
