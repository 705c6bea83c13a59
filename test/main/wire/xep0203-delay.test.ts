import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { arrivalOf, readDelays } from '../../../main/wire/xep0203-delay.ts';
import type { DelayStamp } from '../../../main/wire/xep0203-delay.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';
import { anyElement } from './generators.ts';

const ALICE = parseBareJid('alice@example.org');

const delay = (from: string | undefined, stamp: string): string =>
  `<delay xmlns='urn:xmpp:delay'${from === undefined ? '' : ` from='${from}'`} stamp='${stamp}'>Offline Storage</delay>`;
const legacy = (from: string, stamp: string): string => `<x xmlns='jabber:x:delay' from='${from}' stamp='${stamp}'/>`;
const read = (inner: string): readonly DelayStamp[] =>
  readDelays(parseElement(`<message xmlns='jabber:client'>${inner}</message>`));
const arrival = (inner: string): string | undefined => arrivalOf(read(inner), ALICE)?.toISOString();

describe('readDelays (XEP-0203 §2)', () => {
  it('R-235 reads who stamped and when, in UTC, as both servers write it', () => {
    expect(
      read(delay('example.org', '2026-11-22T08:01:02Z') + delay('example.org', '2026-11-22T07:20:45.715892Z')),
    ).toEqual([
      { from: 'example.org', at: new Date('2026-11-22T08:01:02Z') },
      { from: 'example.org', at: new Date('2026-11-22T07:20:45.715Z') },
    ]);
    expect(read(delay(undefined, '2026-11-22T08:01:02Z'))).toEqual([{ at: new Date('2026-11-22T08:01:02Z') }]);
  });

  it('R-234 R-237 reads the legacy stamp where there is no <delay/>', () => {
    expect(read(legacy('example.org', '20261122T08:01:02'))).toEqual([
      { from: 'example.org', at: new Date('2026-11-22T08:01:02Z') },
    ]);
  });

  it('R-237 leaves the legacy stamp where there is a <delay/>', () => {
    expect(
      read(legacy('example.org', '20261122T09:00:00') + delay('example.org', '2026-11-22T08:01:02Z')),
    ).toHaveLength(1);
    expect(arrival(legacy('example.org', '20261122T09:00:00') + delay('example.org', '2026-11-22T08:01:02Z'))).toBe(
      '2026-11-22T08:01:02.000Z',
    );
  });

  it.each(['', 'yesterday', '20261122T08:01:02', '2026-11-22', '2026-13-01T00:00:00Z'])(
    'passes over the stamp "%s"',
    (stamp) => {
      expect(read(delay('example.org', stamp))).toEqual([]);
      expect(read("<delay xmlns='urn:xmpp:delay'/>")).toEqual([]);
    },
  );

  it('never throws', () => {
    fc.assert(
      fc.property(anyElement, (el) => {
        expect(Array.isArray(readDelays(el))).toBe(true);
      }),
      { seed: 14 },
    );
  });
});

describe('arrivalOf (S-090)', () => {
  it.each([
    ['the own domain', 'example.org'],
    ['the own account', 'alice@example.org'],
    ['the own domain in upper case', 'EXAMPLE.ORG'],
  ])('R-236 believes %s', (_name, from) => {
    expect(arrival(delay(from, '2026-11-22T08:01:02Z'))).toBe('2026-11-22T08:01:02.000Z');
  });

  it.each([
    ['the sender', 'bob@example.com'],
    ["the sender's server", 'example.com'],
    ['nobody', undefined],
    ['a look-alike domain', 'examp1e.org'],
    ['a domain below the own one', 'conference.example.org'],
    ['a resource of the own account', 'alice@example.org/pda'],
    ['a resource of the own domain', 'example.org/x'],
    ['another account of the own domain', 'mallory@example.org'],
    ['no address', '@/x'],
  ])('R-236 does not believe %s', (_name, from) => {
    expect(arrival(delay(from, '2020-01-01T00:00:00Z'))).toBeUndefined();
  });

  it('R-236 takes the last stamp of the own server: one that a sender put in stands before it', () => {
    const forged = delay('example.org', '2020-01-01T00:00:00Z');
    expect(arrival(forged + delay('example.org', '2026-11-22T08:01:02Z'))).toBe('2026-11-22T08:01:02.000Z');
    expect(arrival(delay('example.org', '2026-11-22T08:01:02Z') + delay('example.com', '2020-01-01T00:00:00Z'))).toBe(
      '2026-11-22T08:01:02.000Z',
    );
  });
});
