import { describe, expect, it } from 'vitest';
import { inlineModpEngine } from '../../../../main/crypto/modp-engine.ts';
import { runSchedule } from '../../../support/live-schedules.ts';

/** `SLOW=1` runs all of them; each prints its seed if it fails. */
const SCHEDULES = process.env['SLOW'] === '1' ? 10_000 : 1_000;

describe('two sides of a live session (XEP-0200 §9, profile 8)', () => {
  it(`R-163 R-170 R-173 R-175 R-176 S-032 stay equal or end over ${SCHEDULES} seeded schedules`, async () => {
    const total = { stanzas: 0, rekeys: 0, crossings: 0, copies: 0, loss: 0, time: 0, termination: 0, alive: 0 };
    for (let seed = 0; seed < SCHEDULES; seed += 1) {
      const result = await runSchedule(seed);
      total.stanzas += result.stanzas;
      total.rekeys += result.rekeys;
      total.crossings += result.crossings;
      total.copies += result.copies;
      total[result.end ?? 'alive'] += 1;
    }
    // Every kind of event really took place.
    for (const [name, count] of Object.entries(total)) expect(count, name).toBeGreaterThan(SCHEDULES / 200);
  }, 600_000);

  it('do so with exponents of full length too', async () => {
    const modp = inlineModpEngine();
    for (let seed = 0; seed < 10; seed += 1) await runSchedule(seed, modp);
  }, 60_000);
});
