/** Many exchanges over lines that fail, a few side by side: they wait for most of their time. */
import { startModpEngine } from '../../main/crypto/modp-engine.ts';
import type { ModpEngine } from '../../main/crypto/modp.ts';
import { CutExchange } from './cut-exchange.ts';
import { LINE_FAULTS, PHASES } from './line-plan.ts';
import type { Plan } from './line-plan.ts';
import { seededRandom } from './seeded-random.ts';
import type { TestServer } from './servers/test-server.ts';

export interface Sweep {
  /** Exchanges whose line failed, and those that were over before it could. */
  readonly failed: number;
  readonly beyond: number;
  readonly longestMs: number;
  /** What broke, and in which exchange; empty is good. */
  readonly broken: readonly string[];
}

/** What an exchange over a line that holds has to say, as counted in the longest of a few. */
export async function measureExchange(server: TestServer): Promise<{ stanzas: number; octets: number }> {
  const modp = newEngine();
  const exchange = await CutExchange.start(server, 0, modp);
  const most = { stanzas: 0, octets: 0 };
  for (let runs = 0; runs < 4; runs += 1) {
    const { stanzas, octets } = await exchange.run();
    most.stanzas = Math.max(most.stanzas, stanzas);
    most.octets = Math.max(most.octets, octets);
  }
  await exchange.stop();
  modp.close();
  return most;
}

/** Runs one exchange for each plan. An exchange that does not come to its end is told of, and others take its place. */
export async function sweep(server: TestServer, plans: readonly Plan[], lanes: number): Promise<Sweep> {
  const modp = newEngine();
  const total = { failed: 0, beyond: 0, longestMs: 0, broken: [] as string[] };
  const waiting = [...plans];
  let started = 0;
  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      started += 1;
      const exchange = await CutExchange.start(server, started, modp);
      await runThrough(exchange, waiting, total).finally(() => exchange.stop());
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  modp.close();
  return total;
}

async function runThrough(
  exchange: CutExchange,
  waiting: Plan[],
  total: { failed: number; beyond: number; longestMs: number; broken: string[] },
): Promise<void> {
  for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) {
    const since = performance.now();
    try {
      const { hasFailed, broken } = await exchange.run(plan);
      total[hasFailed ? 'failed' : 'beyond'] += 1;
      total.longestMs = Math.max(total.longestMs, Math.round(performance.now() - since));
      total.broken.push(...broken.map((what) => `${JSON.stringify(plan)}: ${what}`));
      if (broken.length > 0) return;
    } catch (error) {
      total.broken.push(`${JSON.stringify(plan)}: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
  }
}

/** Each phase once, before it or behind it, and each fault at least once; which with which, the seed says. */
export function samplePlans(seed: string): readonly Plan[] {
  const random = seededRandom(seed);
  const draw = (below: number): number => (random.bytes(1)[0] ?? 0) % below;
  const from = draw(LINE_FAULTS.length);
  return PHASES.map((phase, index) => {
    const how = LINE_FAULTS[(from + index) % LINE_FAULTS.length] ?? 'reset';
    return { unit: 'phase', phase, side: draw(2) === 0 ? 'before' : 'behind', how };
  });
}

/** Every boundary of an exchange with every fault. */
export function boundaryPlans(stanzas: number): readonly Plan[] {
  return Array.from({ length: stanzas + 1 }, (_none, after) =>
    LINE_FAULTS.map((how): Plan => ({ unit: 'stanzas', after, how })),
  ).flat();
}

/** That many places in the octets of an exchange, the faults in turn. */
export function octetPlans(seed: string, count: number, octets: number): readonly Plan[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_none, index) => {
    const drawn = Buffer.from(random.bytes(4)).readUInt32BE() / 2 ** 32;
    const how = LINE_FAULTS[index % LINE_FAULTS.length] ?? 'reset';
    return { unit: 'octets', after: Math.floor(drawn * octets), how };
  });
}

function newEngine(): ModpEngine {
  return startModpEngine(new URL('../../main/crypto/modp-worker.ts', import.meta.url));
}
