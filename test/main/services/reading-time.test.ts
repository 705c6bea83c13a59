import { describe, expect, it } from 'vitest';
import { dayAndTime, dayName, dayOnly, onDay, sinceWhen, whenIn } from '../../../main/services/reading-time.ts';
import type { Reader } from '../../../main/services/reading-time.ts';

const READER: Reader = { now: new Date('2026-11-22T10:00:00Z'), locale: 'en-GB', timeZone: 'UTC' };
const at = (text: string): Date => new Date(text);

describe('dayAndTime', () => {
  it.each([
    ['2026-11-22T14:30:00Z', '14:30'],
    ['2026-11-22T00:00:00Z', '00:00'],
    ['2026-11-24T14:30:00Z', 'Tue 14:30'],
    ['2026-11-21T23:59:00Z', 'Sat 23:59'],
    ['2026-11-28T08:05:00Z', 'Sat 08:05'],
    ['2026-11-29T08:05:00Z', '29 Nov 08:05'],
    ['2026-11-15T08:05:00Z', '15 Nov 08:05'],
    ['2027-01-03T08:05:00Z', '3 Jan 2027 08:05'],
  ])('reads %s as %s', (text, wanted) => {
    expect(dayAndTime(at(text), READER)).toBe(wanted);
  });

  it("goes by the reader's day, not by that of UTC", () => {
    const reader = { ...READER, timeZone: 'Pacific/Auckland', now: at('2026-11-22T10:30:00Z') };
    expect(dayAndTime(at('2026-11-22T10:59:00Z'), reader)).toBe('23:59');
    expect(dayAndTime(at('2026-11-22T11:00:00Z'), reader)).toBe('Mon 00:00');
  });

  it('counts days over a change of the clocks', () => {
    const reader = { ...READER, timeZone: 'Europe/Berlin', now: at('2026-10-25T00:30:00Z') };
    expect(dayAndTime(at('2026-10-26T23:30:00Z'), reader)).toBe('Tue 00:30');
    expect(dayAndTime(at('2026-10-25T22:30:00Z'), reader)).toBe('23:30');
  });

  it("uses the reader's language", () => {
    expect(dayAndTime(at('2026-11-24T14:30:00Z'), { ...READER, locale: 'de' })).toBe('Di 14:30');
  });
});

describe('days and parts of sentences', () => {
  it('leave the time out of what lasts days, unless it is today', () => {
    expect(dayOnly(at('2026-11-29T08:00:00Z'), READER)).toBe('29 Nov');
    expect(dayOnly(at('2026-11-22T18:00:00Z'), READER)).toBe('18:00');
    expect(dayOnly(at('2027-02-01T18:00:00Z'), READER)).toBe('1 Feb 2027');
  });

  it('name the day when it is not today', () => {
    expect([whenIn, sinceWhen].map((say) => say(at('2026-11-22T08:07:00Z'), READER))).toEqual([
      'at 08:07',
      'today 08:07',
    ]);
    expect([whenIn, sinceWhen].map((say) => say(at('2026-11-16T09:10:00Z'), READER))).toEqual([
      'on Mon 09:10',
      'on Mon 09:10',
    ]);
    expect([dayName, onDay].map((say) => say(at('2026-11-22T08:07:00Z'), READER))).toEqual(['today', 'today']);
    expect([dayName, onDay].map((say) => say(at('2026-11-03T08:07:00Z'), READER))).toEqual(['3 Nov', 'on 3 Nov']);
  });
});
