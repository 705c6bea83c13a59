import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HIBERNATION_SECONDS } from '../support/cut-exchange.ts';
import { samplePlans, sweep } from '../support/cut-sweep.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

/** Other ones are the long test's matter: this one is the same in each run. */
const SEED = 'line cuts 1';
const LANES = 2;

describe.each(BOTH_SERVERS)('letters over a line that fails while something is being done, on %s', (name, start) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await start({ hibernationSeconds: HIBERNATION_SECONDS });
  });
  afterAll(() => server.stop());

  it('L-040 loses and doubles nothing, tells nobody and comes back, in each phase and each way', async () => {
    const plans = samplePlans(`${SEED} ${name}`);
    const { broken, failed } = await sweep(server, plans, LANES);
    expect(broken).toEqual([]);
    expect(failed).toBe(plans.length);
  }, 300_000);
});
