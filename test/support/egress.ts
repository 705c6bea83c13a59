/** What a process had to do with the network, by the recorder that is loaded into it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Egress {
  /** Node's own arguments for a process that is to be recorded. */
  readonly nodeArguments: readonly string[];
  /** What it did so far, each kind of thing once, sorted: `connect HOST:PORT`, `name NAME`, `datagram …`, `program …`. */
  seen(): readonly string[];
}

/** @param folder - Gets the record. @param dns - HOST:PORT of the resolver that the process is to ask. */
export function recordEgress(folder: string, name: string, dns?: string): Egress {
  const file = join(folder, `${name}.egress`);
  const recorder = pathToFileURL(join(import.meta.dirname, 'egress-recorder.ts'));
  recorder.searchParams.set('file', file);
  if (dns !== undefined) recorder.searchParams.set('dns', dns);
  return {
    nodeArguments: ['--import', recorder.href],
    seen: () => (existsSync(file) ? [...new Set(readFileSync(file, 'utf8').split('\n').slice(0, -1))].sort() : []),
  };
}
