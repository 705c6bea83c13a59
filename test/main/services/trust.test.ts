import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../main/protocol/esession/xep0116/key-value.ts';
import { Announcer, type AlertFacts, type ServiceEvents } from '../../../main/services/events.ts';
import { Trust } from '../../../main/services/trust.ts';
import type { OpenedStores } from '../../../main/stores/opened-stores.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { publisherKey, senderKey } from '../../support/test-keys.ts';
import { openOverDatabase } from '../stores/shelf.ts';

const BOB = parseBareJid('bob@example.com');
const MALLORY = parseBareJid('mallory@example.com');
const [KEY, OTHER] = [publisherKey.publicKey, senderKey.publicKey];
const [PRINT, OTHER_PRINT] = [fingerprintOf(KEY), fingerprintOf(OTHER)];

describe('Trust (profile 4.4)', () => {
  let directory: string;
  let stores: OpenedStores;
  let now: Date;
  let alerts: AlertFacts[];

  const trust = (): Trust => {
    const announcer = new Announcer<ServiceEvents>();
    announcer.on('alertRaised', (alert) => alerts.push(alert));
    return new Trust(stores.keys, { now: () => now, elapsedMs: () => 0 }, announcer);
  };
  const states = (): readonly (readonly [string, string])[] =>
    trust()
      .all(BOB)
      .map(({ fingerprint, state }) => [fingerprint, state]);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nightlatch-trust-'));
    ({ stores } = openOverDatabase(directory));
    now = new Date('2026-11-22T08:00:00Z');
    alerts = [];
  });
  afterEach(async () => {
    stores.close();
    await rm(directory, { recursive: true });
  });

  it('R-135 remembers every key that was received, with what became of it', () => {
    trust().note(BOB, KEY);
    expect(states()).toEqual([[PRINT, 'known']]);
    trust().decide(BOB, PRINT, 'verified');
    trust().note(BOB, OTHER);
    expect(states()).toEqual([
      [PRINT, 'verified'],
      [OTHER_PRINT, 'changed'],
    ]);
    trust().decide(BOB, OTHER_PRINT, 'refused');
    now = new Date('2026-11-23T08:00:00Z');
    trust().note(BOB, OTHER);
    expect(states()).toEqual([
      [PRINT, 'verified'],
      [OTHER_PRINT, 'refused'],
    ]);
    const [first] = trust().all(BOB);
    expect(first?.verifiedAt).toEqual(new Date('2026-11-22T08:00:00Z'));
  });

  it('R-136 S-027 knows whose key it is: from another address it alerts at once, naming both, and is not used', () => {
    trust().note(BOB, KEY);
    expect(trust().judge(MALLORY, KEY)).toBe('changed');
    trust().note(MALLORY, KEY);
    expect(alerts).toMatchObject([{ code: 'key-shared', address: MALLORY }]);
    expect(alerts[0]?.text).toContain(BOB);
    expect(trust().acceptable(MALLORY)).toEqual([]);
    expect(trust().isBlocked(MALLORY)).toBe(true);
    expect(trust().isBlocked(BOB)).toBe(false);
  });

  it('R-137 S-026 alerts for a different key, whether the one on file was verified or not', () => {
    trust().note(BOB, KEY);
    expect(alerts).toEqual([]);
    expect(trust().judge(BOB, OTHER)).toBe('changed');
    trust().note(BOB, OTHER);
    expect(alerts).toMatchObject([{ code: 'key-changed', address: BOB }]);
    expect(trust().isBlocked(BOB)).toBe(true);
  });

  it('R-137 alerts for somebody who shows none, where one is on file, and not before', () => {
    trust().noteMissing(BOB);
    expect(alerts).toEqual([]);
    trust().note(BOB, KEY);
    trust().noteMissing(BOB);
    expect(alerts).toMatchObject([{ code: 'not-proven', address: BOB }]);
  });
});
