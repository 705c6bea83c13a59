import { describe, expect, it } from 'vitest';
import {
  dayAndTime,
  dayOnly,
  dayOf,
  exactlyWhen,
  fingerprintGroups,
  initialsOf,
  octetsOf,
  partsOf,
  timeOf,
  whenOf,
} from '../../../renderer/lib/format.ts';
import { local } from '../support/samples.ts';

const now = new Date(2026, 10, 22, 12, 0);

describe('times for reading (ux.md 0)', () => {
  it('names the day when it is not today, in either direction', () => {
    expect(whenOf(local(2026, 11, 22, 8, 1), now)).toBe('08:01');
    expect(whenOf(local(2026, 11, 24, 14, 30), now)).toBe('Tue 14:30');
    expect(whenOf(local(2026, 11, 18, 18, 0), now)).toBe('Wed 18:00');
    expect(whenOf(local(2026, 11, 29, 8, 1), now)).toBe('29 Nov');
    expect(whenOf(local(2027, 1, 3, 8, 1), now)).toBe('3 Jan 2027');
  });

  it('counts days by the calendar: a minute before midnight is yesterday, and names no day of next week twice', () => {
    expect(whenOf(local(2026, 11, 21, 23, 59), new Date(2026, 10, 22, 0, 1))).toBe('Sat 23:59');
    expect(whenOf(local(2026, 11, 28, 9, 0), now)).toBe('Sat 09:00');
    expect(whenOf(local(2026, 11, 29, 9, 0), now)).toBe('29 Nov');
  });

  it('keeps the time of an end that is far off, or its day alone for what lasts days', () => {
    expect(dayAndTime(local(2026, 11, 29, 14, 30), now)).toBe('29 Nov 14:30');
    expect(dayAndTime(local(2026, 11, 22, 14, 30), now)).toBe('14:30');
    expect(dayOnly(local(2026, 12, 3, 10, 0), now)).toBe('3 Dec');
    expect(dayOnly(local(2026, 11, 22, 14, 30), now)).toBe('14:30');
  });

  it('states facts with their day and time at any distance', () => {
    expect(exactlyWhen(local(2026, 11, 22, 8, 7), now)).toBe('today 08:07');
    expect(exactlyWhen(local(2026, 11, 21, 18, 2), now)).toBe('Sat 21 Nov 18:02');
    expect(exactlyWhen(local(2025, 11, 21, 18, 2), now)).toBe('Fri 21 Nov 2025 18:02');
  });

  it('heads the days of a conversation', () => {
    expect(dayOf(local(2026, 11, 22, 23, 59), now)).toBe('Today');
    expect(dayOf(local(2026, 11, 21, 0, 0), now)).toBe('Yesterday');
    expect(dayOf(local(2026, 11, 20, 10, 0), now)).toBe('Friday 20 November');
    expect(dayOf(local(2025, 11, 20, 10, 0), now)).toBe('Thursday 20 November 2025');
    expect(timeOf(local(2026, 11, 22, 0, 5))).toBe('00:05');
  });
});

describe('codes and names for reading', () => {
  it('cuts a fingerprint into eight groups that join to it', () => {
    const fingerprint = '5d1e0b7c94a2f3688810c7be41d9aa02e7f6530cb8d2491fa6c07e35d4b8192f';
    expect(fingerprintGroups(fingerprint)).toHaveLength(8);
    expect(fingerprintGroups(fingerprint).join('')).toBe(fingerprint);
  });

  it('takes initials of names in any script, and of an address before its @', () => {
    expect(initialsOf('Front Desk')).toBe('FD');
    expect(initialsOf('House of the Rising Sea')).toBe('HS');
    expect(initialsOf('bob@example.org')).toBe('B');
    expect(initialsOf('елена')).toBe('Е');
    expect(initialsOf('👩🏽‍💻 Kim')).toBe('👩🏽‍💻K');
    expect(initialsOf('@')).toBe('');
  });
});

describe('partsOf (ux.md 3.3: counted and split, never cut)', () => {
  it('leaves a text that fits alone', () => {
    expect(partsOf('short', 5)).toEqual(['short']);
  });

  it('counts octets, not characters', () => {
    expect(octetsOf('ä🔒')).toBe(6);
    expect(partsOf('ääää', 4)).toEqual(['ää', 'ää']);
  });

  it('splits at a space or a line end where one is near, and never inside a character', () => {
    expect(partsOf('one two three four', 10)).toEqual(['one two', 'three four']);
    for (const part of partsOf('🔒'.repeat(100), 10)) expect(part).toMatch(/^(🔒)+$/u);
  });

  it('loses nothing but the white space at the cuts', () => {
    const text = Array.from({ length: 400 }, (_, index) => `wörd${index}`).join(' ');
    const parts = partsOf(text, 101);
    expect(parts.join(' ')).toBe(text);
    expect(Math.max(...parts.map(octetsOf))).toBeLessThanOrEqual(101);
  });
});
