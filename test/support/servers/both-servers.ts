/** The two servers that every integration test must pass on. */
import { startEjabberd } from './ejabberd.ts';
import { startProsody } from './prosody.ts';
import type { ServerOptions, TestServer } from './test-server.ts';

/** For `describe.each`. */
export const BOTH_SERVERS: readonly (readonly [string, (options?: ServerOptions) => Promise<TestServer>])[] = [
  ['Prosody', startProsody],
  ['ejabberd', startEjabberd],
];
