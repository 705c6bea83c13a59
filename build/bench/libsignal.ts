/** Signal's own library beside our live sessions. It is native code that this machine may not have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Contender } from './bench-case.ts';
import { installPeers, PEERS } from './install-peers.ts';

const PACKAGE = '@signalapp/libsignal-client';

/** What `peers/libsignal.mjs` gives: two people, made with their keys, and what they do. */
interface SignalModule {
  readonly meet: () => unknown;
  readonly negotiate: (people: unknown) => Promise<void>;
  readonly talk: (people: unknown, count: number, octets: Uint8Array) => Promise<void>;
}

export interface Libsignal {
  /** So many sessions, proven both ways, from identities and prekeys that were made before the round. */
  readonly negotiating: (count: number) => Contender & { readonly beforeRound: () => void };
  /** A session, and that many messages each way in it, in turn. */
  readonly talking: (count: number, octets: Uint8Array) => Contender;
}

/** @returns undefined, with the reason printed, where the library cannot be had or does not run */
export async function loadLibsignal(): Promise<Libsignal | undefined> {
  try {
    installPeers(`${PACKAGE}/package.json`);
    const library = (await import(pathToFileURL(join(PEERS, 'libsignal.mjs')).href)) as SignalModule;
    return contendersOf(library, `${PACKAGE} ${installedVersion()}`);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    console.log(`live: without ${PACKAGE} beside it, which could not be had: ${why ?? 'no reason given'}`);
    return undefined;
  }
}

function contendersOf({ meet, negotiate, talk }: SignalModule, name: string): Libsignal {
  return {
    negotiating: (count) => {
      let met: unknown[] = [];
      return {
        name: `${name}, prekeys made before`,
        beforeRound: () => {
          met = Array.from({ length: count }, meet);
        },
        async run() {
          for (const people of met) await negotiate(people);
        },
      };
    },
    talking: (count, octets) => ({
      name,
      async run() {
        const people = meet();
        await negotiate(people);
        await talk(people, count, octets);
      },
    }),
  };
}

function installedVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(PEERS, 'node_modules', PACKAGE, 'package.json'), 'utf8'));
  return (manifest as { readonly version: string }).version;
}
