import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../main/base/time.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { RetainedSecrets } from '../../../main/services/retained-secrets.ts';
import type { OpenedStores } from '../../../main/stores/opened-stores.ts';
import { parseBareJid, withResource } from '../../../main/wire/jid.ts';
import { openOverDatabase } from '../stores/shelf.ts';

const LAPTOP = withResource(parseBareJid('bob@example.com'), 'laptop');
const PHONE = withResource(parseBareJid('bob@example.com'), 'phone');

describe('RetainedSecrets (profile 7.3)', () => {
  let directory: string;
  let stores: OpenedStores;
  let now: Date;
  let retained: RetainedSecrets;
  const secret = (fill: number) => new Uint8Array(32).fill(fill);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nightlatch-retained-'));
    ({ stores } = openOverDatabase(directory));
    now = new Date('2026-11-22T08:00:00Z');
    const clock = { now: () => now, elapsedMs: () => 0 };
    retained = new RetainedSecrets(stores.retainedSecrets, clock, systemRandom);
  });
  afterEach(async () => {
    stores.close();
    await rm(directory, { recursive: true });
  });

  it('R-119 R-292 keeps the old secret beside the new one until a stanza proves that both sides have it', () => {
    retained.extend(LAPTOP, { secret: secret(1) });
    const [former] = retained.candidates(LAPTOP);
    if (former === undefined) throw new TypeError('nothing kept');
    const link = retained.extend(LAPTOP, { secret: secret(2), former });
    expect(retained.candidates(LAPTOP).map((one) => one.secret[0])).toEqual([1, 2]);
    retained.proven(link);
    expect(retained.candidates(LAPTOP).map((one) => one.secret[0])).toEqual([2]);
  });

  it('R-112 offers no secret that was not used for ninety days', () => {
    retained.extend(LAPTOP, { secret: secret(1) });
    now = new Date(now.getTime() + 90 * DAY_MS);
    expect(retained.candidates(LAPTOP)).toHaveLength(1);
    now = new Date(now.getTime() + 1);
    expect(retained.candidates(LAPTOP)).toEqual([]);
    expect(stores.retainedSecrets.of(LAPTOP.split('/')[0] as never)).toEqual([]);
  });

  it('R-134 remembers whether a chain was ever confirmed, through its later links', () => {
    const first = retained.extend(LAPTOP, { secret: secret(1) });
    retained.confirm(first);
    const [former] = retained.candidates(LAPTOP);
    retained.extend(LAPTOP, { secret: secret(2), ...(former === undefined ? {} : { former }) });
    const kept = stores.retainedSecrets.of(first.address);
    expect(kept.map(({ confirmed }) => confirmed)).toEqual([true, true]);
    retained.extend(PHONE, { secret: secret(3) });
    expect(stores.retainedSecrets.of(first.address).at(-1)?.confirmed).toBe(false);
  });

  it('puts the secrets of the very client first, and forgets a contact whole', () => {
    retained.extend(PHONE, { secret: secret(1) });
    const link = retained.extend(LAPTOP, { secret: secret(2) });
    expect(retained.candidates(LAPTOP).map((one) => one.secret[0])).toEqual([2, 1]);
    retained.forget(link.address);
    expect(retained.candidates(LAPTOP)).toEqual([]);
  });
});
