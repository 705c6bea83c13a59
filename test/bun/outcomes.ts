/** Running the checks: what each one gave, in this runtime. */
import { createHash } from 'node:crypto';
import { CHECKS } from './checks.ts';

export type Outcome =
  | { readonly name: string; readonly kind: 'computed'; readonly digest: string; readonly elapsedMs: number }
  | { readonly name: string; readonly kind: 'failed'; readonly message: string };

export async function* outcomes(): AsyncGenerator<Outcome> {
  for (const { name, run } of CHECKS) {
    const start = performance.now();
    try {
      const values = await run();
      const digest = createHash('sha256').update(JSON.stringify(values)).digest('hex');
      yield { name, kind: 'computed', digest, elapsedMs: performance.now() - start };
    } catch (error) {
      yield { name, kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }
}

export async function digestsOf(): Promise<Readonly<Record<string, string>>> {
  const digests: Record<string, string> = {};
  for await (const outcome of outcomes()) {
    digests[outcome.name] = outcome.kind === 'computed' ? outcome.digest : `failed: ${outcome.message}`;
  }
  return digests;
}
