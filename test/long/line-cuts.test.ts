/**
 * A line that fails at every boundary between two stanzas of an exchange, in each of five ways, and at 200 octets
 * (L-040). `PART=2/8` runs the second, the tenth, … of all: eight such runs are the whole.
 */
import { describe, expect, it } from 'vitest';
import { HIBERNATION_SECONDS } from '../support/cut-exchange.ts';
import { boundaryPlans, measureExchange, octetPlans, sweep } from '../support/cut-sweep.ts';
import type { Plan } from '../support/line-plan.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';

const HOURS_3 = 3 * 3_600_000;
const OCTETS = 200;
const SEED = 'nightlatch';
const LANES = Number(process.env['LANES'] ?? 4);
const [part = 1, parts = 1] = (process.env['PART'] ?? '1/1').split('/').map(Number);

describe.each(BOTH_SERVERS)('a line that fails once, on %s', (name, start) => {
  async function run(what: string, plansOf: (most: { stanzas: number; octets: number }) => readonly Plan[]) {
    const server = await start({ hibernationSeconds: HIBERNATION_SECONDS });
    const since = performance.now();
    const most = await measureExchange(server);
    const plans = plansOf(most).filter((_plan, index) => index % parts === part - 1);
    const found = await sweep(server, plans, LANES).finally(() => server.stop());
    const seconds = ((performance.now() - since) / 1_000).toFixed(0);
    console.log(`${name}, ${what}, part ${part} of ${parts}: ${JSON.stringify(most)} in an exchange; in ${seconds} s:`);
    console.log(JSON.stringify(found, undefined, 1));
    return found;
  }

  it(
    'L-040 loses and doubles nothing, tells nobody and comes back, at every boundary in five ways',
    async () => {
      const { failed, broken } = await run('boundaries', ({ stanzas }) => boundaryPlans(stanzas));
      expect(broken).toEqual([]);
      expect(failed).toBeGreaterThan(0);
    },
    HOURS_3,
  );

  it(
    'L-040 loses and doubles nothing, tells nobody and comes back, at 200 octets in five ways',
    async () => {
      const { failed, broken } = await run('octets', ({ octets }) => octetPlans(SEED, OCTETS, octets));
      expect(broken).toEqual([]);
      expect(failed).toBeGreaterThan(0);
    },
    HOURS_3,
  );
});
