import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDateTime, parseDateTime, parseLegacyDateTime } from '../../../main/base/time.ts';

const iso = (date: Date | undefined): string | undefined => date?.toISOString();

describe('formatDateTime (XEP-0082 §3.2)', () => {
  it('R-233 writes whole seconds in UTC with Z', () => {
    expect(formatDateTime(new Date('2026-11-22T08:01:00.999Z'))).toBe('2026-11-22T08:01:00Z');
    expect(formatDateTime(new Date('2026-11-22T08:01:00+05:30'))).toBe('2026-11-22T02:31:00Z');
  });

  it('R-233 is read back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        const date = new Date(seconds * 1_000);
        expect(parseDateTime(formatDateTime(date))).toEqual(date);
      }),
      { seed: 23 },
    );
  });
});

describe('parseDateTime', () => {
  it.each([
    ['2026-11-22T08:01:00Z', '2026-11-22T08:01:00.000Z'],
    ['2026-11-22T08:01:00.5Z', '2026-11-22T08:01:00.500Z'],
    ['2026-11-22T07:20:45.715892Z', '2026-11-22T07:20:45.715Z'],
    ['2026-11-22T09:01:00+01:00', '2026-11-22T08:01:00.000Z'],
    ['2026-11-22T02:31:00-05:30', '2026-11-22T08:01:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('R-233 reads %s', (text, wanted) => {
    expect(iso(parseDateTime(text))).toBe(wanted);
  });

  it.each([
    '',
    '2026-11-22',
    '2026-11-22T08:01Z',
    '2026-11-22T08:01:00',
    '2026-11-22 08:01:00Z',
    '2026-11-22t08:01:00z',
    '2026-02-30T08:01:00Z',
    '2027-02-29T08:01:00Z',
    '2026-13-01T08:01:00Z',
    '2026-11-22T24:01:00Z',
    '2026-11-22T08:60:00Z',
    '2026-11-22T08:01:61Z',
    '20261122T08:01:00',
    ' 2026-11-22T08:01:00Z',
    '2026-11-22T08:01:00Z ',
    '12026-11-22T08:01:00Z',
    '2026-11-22T08:01:00+0100',
    '2026-11-22T08:01:00.Z',
  ])('refuses "%s"', (text) => {
    expect(parseDateTime(text)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const date = parseDateTime(text) ?? parseLegacyDateTime(text);
        expect(date === undefined || !Number.isNaN(date.getTime())).toBe(true);
      }),
      { seed: 24 },
    );
  });
});

describe('parseLegacyDateTime (XEP-0082 §4)', () => {
  it('R-234 reads CCYYMMDDThh:mm:ss as UTC, and nothing else', () => {
    expect(iso(parseLegacyDateTime('20261122T08:01:02'))).toBe('2026-11-22T08:01:02.000Z');
    for (const text of ['2026-11-22T08:01:02Z', '20261122T08:01:02Z', '20260230T08:01:02', '20261122T080102', '']) {
      expect(parseLegacyDateTime(text)).toBeUndefined();
    }
  });
});
